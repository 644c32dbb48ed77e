//! The connection over which an export goes.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{StatusCode, Version};
use web::{Connection, Problem};

/// A connection on which the end of an answer can be told from a break. HTTP/1.0 has no such thing for an answer whose
/// length is not known beforehand: 505.
pub(crate) struct Carrier {
    pub(super) connection: Connection,
}

impl<S: Sync> FromRequestParts<S> for Carrier {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if parts.version < Version::HTTP_11 {
            return Err(too_old());
        }
        Ok(Self { connection: Connection::from_request_parts(parts, state).await? })
    }
}

fn too_old() -> Problem {
    let detail = "An export takes HTTP/1.1, with which an end can be told from a break. A proxy may have asked by 1.0.";
    Problem::new(StatusCode::HTTP_VERSION_NOT_SUPPORTED, "http_version", detail)
}
