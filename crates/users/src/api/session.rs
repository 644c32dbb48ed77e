//! `POST /token` and `POST /logout`. Both services have them; `web` implements them.

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use web::Problem;

use crate::openapi::{ProblemBody, TokenBody};
use crate::state::App;

/// Renew a token: the new one belongs to the same session. The operator limits how long a session can be renewed.
///
/// A browser whose token has expired or is gone may send a renewal credential instead, a cookie for this path only, which
/// a log-in by form and the chat page set. It is accepted nowhere else, and ends with the session. An urlencoded form is
/// answered with 303 to the chat page.
#[utoipa::path(
    post,
    path = "/token",
    tag = "sessions",
    security(("token" = [])),
    responses(
        (status = 200, description = "A new token", body = TokenBody),
        (status = 303, description = "For a form: to the chat page", headers(("Location"))),
    )
)]
pub(crate) async fn token(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    app.sessions.renew(&headers).await
}

/// Log out: end this session. An urlencoded form is answered with 303 to the log-in page.
#[utoipa::path(
    post,
    path = "/logout",
    tag = "sessions",
    security(("token" = [])),
    responses(
        (status = 204, description = "The session has ended"),
        (status = 303, description = "For a form: to the log-in page", headers(("Location"))),
        (status = 409, description = "The form was made for another user (`somebody_else`)", body = ProblemBody),
    )
)]
pub(crate) async fn log_out(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    app.sessions.end(request).await
}
