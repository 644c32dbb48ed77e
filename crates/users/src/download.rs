//! The HTTP answer that carries an export, as a stream of any size.
//!
//! It never ends early without a sign. Any failure closes the connection before the last chunk; since some proxies turn a
//! broken answer into a complete one, a complete export also ends with a line that says so.

mod connection;
mod file_name;
mod guard;
mod transfer;

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use web::{Authenticator, Principal};

use crate::ops::Export;
pub(crate) use connection::StreamingConnection;
use guard::GuardedStream;

/// JSON Lines has no registered media type; this is the one that <https://jsonlines.org> proposes.
const MEDIA_TYPE: &str = "application/jsonl; charset=utf-8";

/// Answers with an export, over `streaming`. When the session of `caller` ends, the connection is cut.
pub(crate) fn respond(
    export: Export,
    caller: &Principal,
    authenticator: &Authenticator,
    streaming: StreamingConnection,
) -> Response {
    let headers = [
        (CONTENT_TYPE, MEDIA_TYPE.to_owned()),
        (CONTENT_DISPOSITION, file_name::attachment(&export.username)),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    let session = (authenticator.clone(), caller.clone());
    let guarded = GuardedStream::new(export, session, streaming.connection);
    (headers, Body::from_stream(guarded)).into_response()
}
