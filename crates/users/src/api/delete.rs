//! `DELETE /users/{id}` and `DELETE /users/{id}/tokens`: users leave, or sign out everywhere.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use web::session::with_cookies;
use web::{Problem, SignedIn};

use crate::App;
use crate::accounts::Deletion;
use crate::openapi::{ClosedBody, ProblemBody};

const CLOSED: &str =
    "The account is closed. What its user wrote is being taken out, and then the user name is free.";

/// Delete one's own account and all that one said, for good. Once it has begun it cannot be taken back: should the
/// store fail half-way, the account is closed (202), and the service finishes by itself as soon as it can.
#[utoipa::path(
    delete,
    path = "/users/{id}",
    tag = "users",
    params(("id" = String, Path, description = "One's own id or user name, or `me`")),
    security(("token" = [])),
    responses(
        (status = 202, description = "The account is closed and every session over; the words and the user name follow",
            body = ClosedBody),
        (status = 204, description = "Gone"),
        (status = 503, description = "The store is away: it has not begun, or `detail` says that nobody knows",
            body = ProblemBody),
    )
)]
pub(crate) async fn delete(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let user = app.accounts.own(&id, &who).await?;
    let answer = match app.accounts.delete(user.id).await? {
        Deletion::Done => StatusCode::NO_CONTENT.into_response(),
        Deletion::Begun => (StatusCode::ACCEPTED, Json(ClosedBody { detail: CLOSED })).into_response(),
    };
    Ok(gone(answer, &app, &headers, &who))
}

/// Sign out everywhere: every token issued so far is no longer good.
#[utoipa::path(
    delete,
    path = "/users/{id}/tokens",
    tag = "sessions",
    params(("id" = String, Path, description = "One's own id or user name, or `me`")),
    security(("token" = [])),
    responses(
        (status = 204, description = "Every session is over"),
    )
)]
pub(crate) async fn sign_out_everywhere(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let user = app.accounts.own(&id, &who).await?;
    app.accounts.sign_out_everywhere(user.id).await?;
    Ok(gone(StatusCode::NO_CONTENT.into_response(), &app, &headers, &who))
}

fn gone(answer: Response, app: &App, headers: &HeaderMap, who: &SignedIn) -> Response {
    let cookies = app.sessions.clear_cookies(headers, who.claims.sid, |cookie| cookie.sub == who.claims.sub);
    with_cookies(answer, cookies)
}
