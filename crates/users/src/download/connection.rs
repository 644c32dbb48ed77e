//! The connection that carries an export.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{StatusCode, Version};
use web::{Connection, Problem};

/// A connection on which a client can tell the end of an answer from a break. HTTP/1.0 cannot: an answer of unknown
/// length ends when the connection closes (RFC 9112, section 6.3). Such a request is rejected with 505.
pub(crate) struct StreamingConnection {
    pub(super) connection: Connection,
}

impl<S: Sync> FromRequestParts<S> for StreamingConnection {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if parts.version < Version::HTTP_11 {
            return Err(version_too_old());
        }
        Ok(Self { connection: Connection::from_request_parts(parts, state).await? })
    }
}

fn version_too_old() -> Problem {
    let detail = "An export needs HTTP/1.1: with HTTP/1.0 a client cannot tell the end of the answer from a broken \
                  connection. A proxy may have sent the request as HTTP/1.0.";
    Problem::new(StatusCode::HTTP_VERSION_NOT_SUPPORTED, "http_version", detail)
}
