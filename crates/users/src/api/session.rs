//! `POST /token` and `POST /logout`: both services have them, and `web` does them.

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use web::Problem;

use crate::App;
use crate::openapi::{ProblemBody, TokenBody};

/// A fresh token of the same session. No session outlives its log-in by more than the operator allows.
///
/// Beside a token that has expired, or none, browsers show the renewal credential that a log-in by form and the chat page
/// leave with them as a cookie of this path alone. It opens nothing else and ends with the session. An urlencoded form is
/// answered 303 to the chat page instead.
#[utoipa::path(
    post,
    path = "/token",
    tag = "sessions",
    security(("token" = [])),
    responses(
        (status = 200, description = "A fresh token", body = TokenBody),
        (status = 303, description = "To the chat page, for a form", headers(("Location"))),
    )
)]
pub(crate) async fn token(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    app.sessions.renew(&headers).await
}

/// End the session. An urlencoded form is answered 303 to the log-in page instead.
#[utoipa::path(
    post,
    path = "/logout",
    tag = "sessions",
    security(("token" = [])),
    responses(
        (status = 204, description = "The session is over"),
        (status = 303, description = "To the log-in page, for a form", headers(("Location"))),
        (status = 409, description = "For a form that means another user (`somebody_else`)", body = ProblemBody),
    )
)]
pub(crate) async fn log_out(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    app.sessions.end(request).await
}
