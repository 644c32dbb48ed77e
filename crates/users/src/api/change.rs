//! `PATCH /users/{id}` and `PUT /users/{id}`.

use axum::Json as JsonBody;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use web::resources::User;
use web::{Json, Principal, Problem, with_cookies};

use crate::input::{AccountChanges, Replacement};
use crate::ops::{AccountChanged, Target};
use crate::state::App;

/// The user after a change, and the new token after a new password.
#[derive(Serialize, ToSchema)]
#[schema(as = ChangedUser)]
struct Reply<'a> {
    #[schema(inline)]
    #[serde(flatten)]
    user: User<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<u64>,
}

/// Change some fields of one's own account. A new password ends every session; the answer holds a new token.
#[utoipa::path(
    patch,
    path = "/users/{id}",
    tag = "users",
    params(("id" = String, Path, description = "One's own id or user name, or `me`")),
    request_body = AccountChanges,
    security(("token" = [])),
    responses(
        (status = 200, description = "The changed user; after a new password with a new `token`", body = Reply),
        (status = 409, description = "Another request changed the password at the same time (`changed_meanwhile`)",
            body = Problem),
        (status = 422, description = "Some fields are wrong (`invalid`); `current_password` may be one of them",
            body = Problem),
    )
)]
pub(crate) async fn patch(
    State(app): State<App>,
    caller: Principal,
    Path(id): Path<String>,
    headers: HeaderMap,
    changes: Result<Json<AccountChanges>, Problem>,
) -> Result<Response, Problem> {
    change(&app, &caller, &id, &headers, changes.map(|Json(changes)| changes)).await
}

/// Replace one's own account. Read-only fields are accepted if they have the stored values. Without a `password` it stays.
#[utoipa::path(
    put,
    path = "/users/{id}",
    tag = "users",
    params(("id" = String, Path, description = "One's own id or user name, or `me`")),
    request_body = Replacement,
    security(("token" = [])),
    responses(
        (status = 200, description = "The changed user; after a new password with a new `token`", body = Reply),
        (status = 409, description = "Another request changed the password at the same time (`changed_meanwhile`)",
            body = Problem),
        (status = 422, description = "Some fields are wrong, missing, or differ from the stored values (`invalid`)",
            body = Problem),
    )
)]
pub(crate) async fn put(
    State(app): State<App>,
    caller: Principal,
    Path(id): Path<String>,
    headers: HeaderMap,
    replacement: Result<Json<Replacement>, Problem>,
) -> Result<Response, Problem> {
    change(&app, &caller, &id, &headers, replacement.map(|Json(Replacement(changes))| changes)).await
}

/// If the browser's cookie is a token of this user, the new token replaces it.
async fn change(
    app: &App,
    caller: &Principal,
    id: &str,
    headers: &HeaderMap,
    changes: Result<AccountChanges, Problem>,
) -> Result<Response, Problem> {
    let AccountChanged { user, issued } = app.ops.change(caller, Target::Named(id), changes).await?;
    let replace = |issued| app.session_routes.cookies().replace(headers, Some(caller), issued, user.id);
    let cookies = issued.as_ref().map(replace).unwrap_or_default();
    let reply = Reply {
        user: User::from(&user),
        token_type: issued.as_ref().map(|issued| issued.token_type),
        expires_in: issued.as_ref().map(|issued| issued.expires_in),
        token: issued.map(|issued| issued.token),
    };
    let answer = ([(CACHE_CONTROL, "no-store")], JsonBody(reply)).into_response();
    Ok(with_cookies(answer, cookies))
}
