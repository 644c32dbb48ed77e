//! The official Socket.IO client, as the build got it from the npm registry.

use axum::http::HeaderMap;
use axum::response::Response;

const CLIENT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/socket.io.js"));

/// `GET /socket.io/socket.io.js`.
pub(crate) async fn hand_out(headers: HeaderMap) -> Response {
    web::files::serve(&headers, "text/javascript; charset=utf-8", env!("SOCKET_IO_CLIENT_HASH"), CLIENT)
}
