//! `DELETE /users/{id}`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use web::{Principal, Problem, with_cookies};

use crate::ops::{Deletion, Target};
use crate::state::App;

const CLOSED: &str =
    "The account is closed. Its messages are being deleted; after that the user name is free.";

/// The rest of a deletion that has begun.
#[derive(Serialize, ToSchema)]
struct Closed {
    detail: &'static str,
}

/// Delete one's own account and all its messages, for good. Once begun, a deletion cannot be cancelled: if the store fails
/// half-way, the account is closed (202), and the service finishes the deletion as soon as it can.
#[utoipa::path(
    delete,
    path = "/users/{id}",
    tag = "users",
    params(("id" = String, Path, description = "One's own id or user name, or `me`")),
    security(("token" = [])),
    responses(
        (status = 202, description = "The account is closed and every session has ended; the messages are deleted and the \
            user name becomes free later", body = Closed),
        (status = 204, description = "The account is deleted"),
        (status = 503, description = "The store is not available (`unavailable`); `detail` says whether it is known that \
            the deletion has not begun", body = Problem),
    )
)]
pub(crate) async fn delete(
    State(app): State<App>,
    caller: Principal,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let answer = match app.ops.delete(&caller, Target::Named(&id)).await? {
        Deletion::Done => StatusCode::NO_CONTENT.into_response(),
        Deletion::Begun => (StatusCode::ACCEPTED, Json(Closed { detail: CLOSED })).into_response(),
    };
    Ok(clear_cookies(answer, &app, &headers, &caller))
}

/// Clears the browser's cookies of sessions that the call has ended.
pub(super) fn clear_cookies(
    answer: Response,
    app: &App,
    headers: &HeaderMap,
    caller: &Principal,
) -> Response {
    with_cookies(answer, app.session_routes.cookies().clear(headers, Some(caller), Some(caller.user_id)))
}
