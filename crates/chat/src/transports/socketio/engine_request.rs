//! What a request to the Socket.IO service asks for.

use axum::extract::Request;
use axum::http;
use axum::http::header::{CONNECTION, COOKIE, UPGRADE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, Version};

/// The id of the engine session that a request belongs to.
pub(super) fn engine_id(request: &Request) -> Option<String> {
    query_value(request.uri(), "sid").map(str::to_owned)
}

/// Whether a websocket is meant but no upgrade requested: a proxy that does not pass upgrades on removes the headers. The
/// library would answer 101, after which the client waits until it times out.
pub(super) fn is_bare_websocket(request: &Request) -> bool {
    query_value(request.uri(), "transport") == Some("websocket") && !requests_websocket(request)
}

/// Whether an upgrade is requested (RFC 6455, section 4.2.1). HTTP/1.0 has none (RFC 9110, section 7.8).
pub(super) fn requests_websocket(request: &Request) -> bool {
    request.version() >= Version::HTTP_11
        && lists(request.headers(), CONNECTION, "upgrade")
        && lists(request.headers(), UPGRADE, "websocket")
}

/// What the library keeps of a handshake as long as the session lives: where a token may be. A deep copy: slices of the
/// connection's read buffer would keep its 16 KiB.
pub(super) fn kept_head(request: &Request) -> http::Request<()> {
    let mut head = http::Request::new(());
    if let Ok(uri) = request.uri().to_string().parse::<Uri>() {
        *head.uri_mut() = uri;
    }
    head.method_mut().clone_from(request.method());
    let cookies = request.headers().get_all(COOKIE).iter();
    let copies = cookies.filter_map(|cookie| HeaderValue::from_bytes(cookie.as_bytes()).ok());
    head.headers_mut().extend(copies.map(|cookie| (COOKIE, cookie)));
    head
}

/// The raw value of a name in a query. Session ids and transports are never escaped.
fn query_value<'a>(uri: &'a Uri, name: &str) -> Option<&'a str> {
    uri.query()?
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// Whether a header that is a list has a token.
fn lists(headers: &HeaderMap, header: HeaderName, token: &str) -> bool {
    let lines = headers.get_all(header).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|part| part.trim().eq_ignore_ascii_case(token))
}
