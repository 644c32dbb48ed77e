//! `GET /socket.io/socket.io.js`: the official Socket.IO client, as the build got it from the npm registry.

use axum::extract::RawQuery;
use axum::http::HeaderMap;
use axum::response::Response;
use web::files::{Caching, serve};

const CLIENT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/socket.io.js"));
const HASH: &str = env!("SOCKET_IO_CLIENT_HASH");
/// Where pages find it.
pub(crate) const PATH: &str = "/socket.io/socket.io.js";

/// The address for a page. It changes with the content, so that browsers can keep it for good.
pub(crate) fn url() -> String {
    format!("{PATH}?v={HASH}")
}

/// Get the official Socket.IO client for browsers.
#[utoipa::path(
    get,
    path = PATH,
    tag = "pages",
    responses(
        (status = 200, description = "The client, a script", body = String, content_type = "text/javascript"),
        (status = 304, description = "The client is as in `If-None-Match`"),
    )
)]
pub(crate) async fn get(RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let version = query.as_deref().and_then(|query| query.strip_prefix("v="));
    let caching = if version == Some(HASH) { Caching::Immutable } else { Caching::Revalidate };
    serve(&headers, "text/javascript; charset=utf-8", HASH, CLIENT, caching)
}
