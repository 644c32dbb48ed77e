//! `GET /users/{id}/export`: what one has here, to take along.

use axum::extract::{Path, State};
use axum::response::Response;
use web::{Problem, SignedIn};

use crate::App;
use crate::export::Carrier;
use crate::openapi::ProblemBody;

/// All that is kept of one's own: JSON Lines, first the account (`kind` is `account`), then every message as
/// `GET /messages` of the chat service gives it, oldest first, and at last `{"kind": "end", "messages": N}` with the
/// number of messages. Without that line something is missing, even if the answer seems whole: behind some proxies a
/// broken one does. An export breaks off when the session ends, when nothing is taken for 10 seconds, or less than
/// 16 KiB in 30 seconds.
#[utoipa::path(
    get,
    path = "/users/{id}/export",
    tag = "users",
    params(("id" = String, Path, description = "One's own id or user name, or `me`")),
    security(("token" = [])),
    responses(
        (status = 200, description = "One JSON object a line, streamed", body = String,
            content_type = "application/jsonl"),
        (status = 403, description = "Somebody else's account", body = ProblemBody),
        (status = 429, description = "Two exports of one's own are under way (`too_many_exports`)", body = ProblemBody,
            headers(("Retry-After" = u64))),
        (status = 503, description = "Too many export at once, or the store is away", body = ProblemBody),
        (status = 505, description = "Asked by HTTP/1.0 (`http_version`)", body = ProblemBody),
    )
)]
pub(crate) async fn export(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    carrier: Carrier,
) -> Result<Response, Problem> {
    let user = app.accounts.own(&id, &who).await?;
    app.exports.begin(&user, &who, carrier)
}
