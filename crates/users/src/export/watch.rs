//! Watches over an export: it goes on only as long as the session is good and somebody takes what is handed out.
//!
//! The body of an answer is not polled while its reader stalls, so it cannot look for itself; it is a task that looks,
//! and shuts the connection.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use auth::Claims;
use axum::body::Bytes;
use futures_util::Stream;
use futures_util::stream::BoxStream;
use tokio::time::{sleep, timeout};
use tokio_util::task::AbortOnDropHandle;
use web::{Authenticator, Connection};

use super::lines::Broken;
use super::pace::Pace;
use super::places::Place;

/// How often it looks: a session that is over opens nothing any more within a second.
const EVERY: Duration = Duration::from_millis(250);
/// A store that does not say for so long whether the session is good has not said that it is.
const JUDGING: Duration = Duration::from_secs(2);

/// The pieces of an export, its place, and whoever watches over it until it is dropped.
pub(super) struct Watched {
    pieces: BoxStream<'static, Result<Bytes, Broken>>,
    pace: Arc<Pace>,
    _place: Place,
    _watch: AbortOnDropHandle<()>,
}

impl Watched {
    pub(super) fn new(
        pieces: BoxStream<'static, Result<Bytes, Broken>>,
        place: Place,
        authenticator: Authenticator,
        claims: Claims,
        connection: Connection,
    ) -> Self {
        let pace = Arc::<Pace>::default();
        let watching = watch(authenticator, claims, Arc::clone(&pace), connection);
        let watch = AbortOnDropHandle::new(tokio::spawn(watching));
        Self { pieces, pace, _place: place, _watch: watch }
    }
}

impl Stream for Watched {
    type Item = Result<Bytes, Broken>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let piece = self.pieces.as_mut().poll_next(cx);
        match &piece {
            Poll::Ready(Some(Ok(_))) => self.pace.hands_out(),
            Poll::Ready(_) => self.pace.ends(),
            Poll::Pending => self.pace.waits_for_the_store(),
        }
        piece
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if let Some(reason) = self.pace.broken_off() {
            tracing::info!(reason, "an export was dropped before its end");
        }
    }
}

/// A session that cannot be judged is not in either. The stall is looked at first, as it takes no store.
async fn watch(authenticator: Authenticator, claims: Claims, pace: Arc<Pace>, connection: Connection) {
    let reason = loop {
        sleep(EVERY).await;
        if pace.is_stalled() {
            break "it was taken too slowly";
        }
        match timeout(JUDGING, authenticator.verify_session(&claims)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => break "the session is over, or cannot be judged",
            Err(_) => break "the session could not be judged in time",
        }
    };
    pace.cut(reason);
    connection.shut();
}
