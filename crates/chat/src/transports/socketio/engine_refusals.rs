//! The answers to requests that are refused, by the Socket.IO service or before it, with the reason for the log.

use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::http::StatusCode;
use axum::http::header::{CONNECTION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use web::{Full, Problem, Reason};

/// Maximum bytes of a refusal's body.
const MAX_BODY_BYTES: usize = 4 * 1024;
/// Time after which a client may retry that was refused because of a maximum.
const RETRY_AFTER_SECS: u64 = 5;

/// A websocket for which no upgrade was requested.
pub(super) fn no_upgrade(is_session_known: bool) -> Response {
    let (code, message) = if is_session_known { (3, "Bad request") } else { (1, "Session ID unknown") };
    protocol_error(code, message, "a websocket without Upgrade: a proxy does not pass it on").into_response()
}

/// The session has ended.
pub(super) fn session_over() -> Response {
    let refusal = protocol_error(1, "Session ID unknown", "the session is over");
    ([(CONNECTION, "close")], refusal).into_response()
}

/// A page of another origin.
pub(super) fn foreign_origin() -> Problem {
    let detail = "Pages of this origin may not open a socket; it can be listed in ALLOWED_ORIGINS.";
    Problem::new(StatusCode::FORBIDDEN, "cross_site", detail)
}

/// A maximum of sessions is reached.
pub(super) fn full(full: Full) -> Response {
    let (status, setting, detail) = match full {
        Full::Total => (
            StatusCode::SERVICE_UNAVAILABLE,
            "MAX_SOCKETS",
            "As many sockets are open as this server takes (MAX_SOCKETS).",
        ),
        Full::Key => (
            StatusCode::TOO_MANY_REQUESTS,
            "MAX_SOCKETS_PER_ADDRESS",
            "As many sockets are open as one address may have (MAX_SOCKETS_PER_ADDRESS).",
        ),
    };
    let problem = Problem::new(status, "overloaded", detail).retry_after(RETRY_AFTER_SECS);
    (Extension(Reason(setting.into())), problem).into_response()
}

/// The library's answer. A refusal gets the reason for the log, which only its body has.
pub(super) async fn with_reason(response: Response) -> Response {
    #[derive(Deserialize)]
    struct ProtocolError {
        message: String,
    }
    if !response.status().is_client_error() && !response.status().is_server_error() {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, MAX_BODY_BYTES).await.unwrap_or_default();
    let error = serde_json::from_slice::<ProtocolError>(&body).map(|error| error.message.into());
    let by_status = || parts.status.canonical_reason().unwrap_or_default().into();
    let reason = Reason(error.unwrap_or_else(|_| by_status()));
    parts.extensions.insert(reason);
    Response::from_parts(parts, Body::from(body))
}

/// An error of the protocol, in the reference server's words, and the reason for the log.
fn protocol_error(code: u8, message: &str, reason: &'static str) -> impl IntoResponse {
    let body = format!(r#"{{"code":{code},"message":"{message}"}}"#);
    (StatusCode::BAD_REQUEST, Extension(Reason(reason.into())), [(CONTENT_TYPE, "application/json")], body)
}
