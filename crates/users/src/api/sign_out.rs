//! `DELETE /users/{id}/tokens`.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use web::{Principal, Problem};

use super::delete::clear_cookies;
use crate::ops::Target;
use crate::state::App;

/// Sign out everywhere: no token issued until now is valid any more.
#[utoipa::path(
    delete,
    path = "/users/{id}/tokens",
    tag = "sessions",
    params(("id" = String, Path, description = "One's own id or user name, or `me`")),
    security(("token" = [])),
    responses(
        (status = 204, description = "Every session has ended"),
    )
)]
pub(crate) async fn sign_out_everywhere(
    State(app): State<App>,
    caller: Principal,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    app.ops.sign_out_everywhere(&caller, Target::Named(&id)).await?;
    Ok(clear_cookies(StatusCode::NO_CONTENT.into_response(), &app, &headers, &caller))
}
