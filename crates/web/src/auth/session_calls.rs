//! `POST /token` and `POST /logout`, the handlers of [`SessionRoutes`] with their descriptions.

use axum::extract::{FromRef, Request, State};
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::unknown_sender::LOG_OUT;
use super::{IssuedToken, SessionRoutes};
use crate::Problem;

impl SessionRoutes {
    /// Both calls.
    pub fn routes<S: Clone + Send + Sync + 'static>() -> OpenApiRouter<S>
    where
        Self: FromRef<S>,
    {
        OpenApiRouter::new().routes(routes!(token)).routes(routes!(log_out))
    }
}

/// Renew a token: the new one belongs to the same session. The operator limits how long a session can be renewed.
///
/// A browser whose token has expired or is gone may send a renewal credential instead, a cookie for this path only, which
/// a log-in by form and the chat page set. It is accepted nowhere else, and ends with the session. An urlencoded form is
/// answered with 303 to the chat page, at the room whose id is in its field `room`.
#[utoipa::path(
    post,
    path = "/token",
    tag = "sessions",
    security(("token" = [])),
    responses(
        (status = 200, description = "A new token", body = IssuedToken),
        (status = 303, description = "For a form: to the chat page", headers(("Location"))),
    )
)]
async fn token(State(session_routes): State<SessionRoutes>, request: Request) -> Result<Response, Problem> {
    session_routes.renew(request).await
}

/// Log out: end this session. An urlencoded form is answered with 303 to the log-in page.
#[utoipa::path(
    post,
    path = LOG_OUT,
    tag = "sessions",
    security(("token" = [])),
    responses(
        (status = 204, description = "The session has ended"),
        (status = 303, description = "For a form: to the log-in page", headers(("Location"))),
        (status = 409, description = "The form was made for another user (`somebody_else`)", body = Problem),
    )
)]
async fn log_out(State(session_routes): State<SessionRoutes>, request: Request) -> Result<Response, Problem> {
    session_routes.end(request).await
}
