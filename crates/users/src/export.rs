//! What people take along: their account and every message of theirs, one JSON object a line, as a stream that holds
//! a few pages however much there is.
//!
//! It never ends short in silence: whatever goes wrong closes the connection before the last chunk. Some proxies make a
//! whole answer of a broken one, so a whole export also ends by a line of its own.

mod carrier;
mod file_name;
mod lines;
mod pace;
mod places;
mod watch;

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use store::{Log, User};
use web::{Authenticator, Problem, SignedIn};

pub(crate) use carrier::Carrier;
use places::Places;
use watch::Watched;

/// JSON Lines (<https://jsonlines.org>), which has no registered media type; this is the one that its page names.
const MEDIA_TYPE: &str = "application/jsonl; charset=utf-8";

/// The exports of this process.
#[derive(Clone)]
pub(crate) struct Exports {
    log: Arc<dyn Log>,
    authenticator: Authenticator,
    places: Places,
}

impl Exports {
    pub(crate) fn new(log: Arc<dyn Log>, authenticator: Authenticator) -> Self {
        Self { log, authenticator, places: Places::default() }
    }

    /// Begins an export of `user` for `who` asked over `carrier`. It ends early, and visibly so, when the session does.
    pub(crate) fn begin(&self, user: &User, who: &SignedIn, carrier: Carrier) -> Result<Response, Problem> {
        let place = self.places.take(user.id)?;
        let lines = lines::of(Arc::clone(&self.log), user).boxed();
        let watched =
            Watched::new(lines, place, self.authenticator.clone(), who.claims.clone(), carrier.connection);
        let headers = [
            (CONTENT_TYPE, MEDIA_TYPE.to_owned()),
            (CONTENT_DISPOSITION, file_name::attachment(&user.username)),
            (CACHE_CONTROL, "no-store".to_owned()),
        ];
        Ok((headers, Body::from_stream(watched)).into_response())
    }
}
