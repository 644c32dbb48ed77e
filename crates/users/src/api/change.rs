//! `PATCH` and `PUT /users/{id}`: users change their own account.

use axum::Json as JsonBody;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use store::User;
use web::session::{Issued, with_cookies};
use web::{Json, Problem, SignedIn};

use crate::App;
use crate::input::{Changes, Replacement};
use crate::openapi::{ChangedBody, ChangesBody, ProblemBody, ReplacementBody};

/// The user as it is now, and after a new password also a fresh token.
#[derive(Serialize)]
struct Changed {
    #[serde(flatten)]
    user: User,
    #[serde(flatten)]
    issued: Option<Issued>,
}

/// Change some fields of one's own account. A new password ends every session; the answer bears a new token.
#[utoipa::path(
    patch,
    path = "/users/{id}",
    tag = "users",
    params(("id" = String, Path, description = "One's own id or user name, or `me`")),
    request_body = ChangesBody,
    security(("token" = [])),
    responses(
        (status = 200, description = "The user as it is now; with a fresh `token` after a new password", body = ChangedBody),
        (status = 409, description = "Another request changed the password meanwhile (`changed_meanwhile`)", body = ProblemBody),
        (status = 422, description = "Some fields are wrong, `current_password` perhaps", body = ProblemBody),
    )
)]
pub(crate) async fn patch(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    headers: HeaderMap,
    changes: Result<Json<Changes>, Problem>,
) -> Result<Response, Problem> {
    let user = app.accounts.own(&id, &who).await?;
    let Json(changes) = changes?;
    change(&app, &who, user, changes, &headers).await
}

/// Replace one's own account. Read-only fields may be there if they are as stored; no password: unchanged.
#[utoipa::path(
    put,
    path = "/users/{id}",
    tag = "users",
    params(("id" = String, Path, description = "One's own id or user name, or `me`")),
    request_body = ReplacementBody,
    security(("token" = [])),
    responses(
        (status = 200, description = "The user as it is now; with a fresh `token` after a new password", body = ChangedBody),
        (status = 409, description = "Another request changed the password meanwhile (`changed_meanwhile`)", body = ProblemBody),
        (status = 422, description = "Some fields are wrong, missing or not as stored", body = ProblemBody),
    )
)]
pub(crate) async fn put(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    headers: HeaderMap,
    replacement: Result<Json<Replacement>, Problem>,
) -> Result<Response, Problem> {
    let user = app.accounts.own(&id, &who).await?;
    let Json(Replacement(changes)) = replacement?;
    change(&app, &who, user, changes, &headers).await
}

/// A browser whose cookie was this user's goes on with the new token.
async fn change(
    app: &App,
    who: &SignedIn,
    user: User,
    changes: Changes,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let (user, issued) = app.accounts.change(user, changes).await?;
    let replace = |issued| {
        app.sessions.replace_cookies(headers, Some(who.claims.sid), issued, |cookie| cookie.sub == user.id.0)
    };
    let cookies = issued.as_ref().map(replace).unwrap_or_default();
    let answer = ([(CACHE_CONTROL, "no-store")], JsonBody(Changed { user, issued })).into_response();
    Ok(with_cookies(answer, cookies))
}
