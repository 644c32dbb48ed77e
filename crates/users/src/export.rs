//! The export of a user's data: the account and every message that the user wrote, one JSON object a line, as a stream.
//! An export of any size holds a few pages in memory.
//!
//! It never ends early in silence. Any failure closes the connection before the last chunk; since some proxies turn a
//! broken answer into a complete one, a complete export also ends with a line of its own.

mod connection;
mod file_name;
mod guard;
mod lines;
mod permits;
mod transfer;

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use store::{Log, User};
use web::{Authenticator, Problem, SignedIn};

pub(crate) use connection::StreamingConnection;
use guard::GuardedStream;
use permits::Permits;

/// JSON Lines has no registered media type; this is the one that <https://jsonlines.org> proposes.
const MEDIA_TYPE: &str = "application/jsonl; charset=utf-8";

/// The exports of this process.
#[derive(Clone)]
pub(crate) struct Exports {
    log: Arc<dyn Log>,
    authenticator: Authenticator,
    permits: Permits,
}

impl Exports {
    pub(crate) fn new(log: Arc<dyn Log>, authenticator: Authenticator) -> Self {
        Self { log, authenticator, permits: Permits::default() }
    }

    /// Begins an export of `user`'s data for `who`, over `streaming`. When the session of `who` ends, the connection is
    /// cut.
    ///
    /// # Errors
    /// 429 and 503 when too many exports run.
    pub(crate) fn begin(
        &self,
        user: &User,
        who: &SignedIn,
        streaming: StreamingConnection,
    ) -> Result<Response, Problem> {
        let permit = self.permits.take(user.id)?;
        let pieces = lines::stream(Arc::clone(&self.log), user).boxed();
        let (authenticator, claims) = (self.authenticator.clone(), who.claims.clone());
        let guarded = GuardedStream::new(pieces, permit, authenticator, claims, streaming.connection);
        let headers = [
            (CONTENT_TYPE, MEDIA_TYPE.to_owned()),
            (CONTENT_DISPOSITION, file_name::attachment(&user.username)),
            (CACHE_CONTROL, "no-store".to_owned()),
        ];
        Ok((headers, Body::from_stream(guarded)).into_response())
    }
}
