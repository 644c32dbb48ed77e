//! `GET /users/{id}/export`: the export of one's own data.

use axum::extract::{Path, State};
use axum::response::Response;
use web::{Principal, Problem};

use crate::download::{self, StreamingConnection};
use crate::ops::Target;
use crate::state::App;

/// Export everything that is stored about one's own account, as JSON Lines: first the account (`kind` is `account`), then
/// every room that one is in (`kind` is `room`), with one's role, read mark and setting of notifications, then every message
/// of any room as `GET /messages` of the chat service returns it, oldest first, at last
/// `{"kind": "end", "messages": N}` with the number of messages. An export without that last line is incomplete, even if
/// the answer seems complete: some proxies end a broken answer normally. An export is cut off when the session ends, when
/// the reader takes nothing for 10 seconds, or takes less than 16 KiB in 30 seconds.
#[utoipa::path(
    get,
    path = "/users/{id}/export",
    tag = "users",
    params(("id" = String, Path, description = "One's own id or user name, or `me`")),
    security(("token" = [])),
    responses(
        (status = 200, description = "One JSON object a line, streamed", body = String,
            content_type = "application/jsonl"),
        (status = 403, description = "Another user's account (`forbidden`)", body = Problem),
        (status = 429, description = "Two exports of this user are running already (`too_many_exports`), or there were too many in an hour (`rate_limited`)", body = Problem,
            headers(("Retry-After" = u64))),
        (status = 503, description = "Too many exports at once (`overloaded`), or the store is not available \
            (`unavailable`)",
            body = Problem),
        (status = 505, description = "The request came as HTTP/1.0 (`http_version`)", body = Problem),
    )
)]
pub(crate) async fn export(
    State(app): State<App>,
    caller: Principal,
    Path(id): Path<String>,
    streaming: StreamingConnection,
) -> Result<Response, Problem> {
    let export = app.ops.export(&caller, Target::Named(&id)).await?;
    Ok(download::respond(export, &caller, &app.authenticator, streaming))
}
