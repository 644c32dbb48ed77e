//! Watches over an export: it goes on only as long as the session is good and somebody takes what is handed out.
//!
//! The body of an answer is not polled while its reader stalls, so it cannot look for itself; it is a task that looks,
//! and shuts the connection.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use auth::Claims;
use axum::body::Bytes;
use futures_util::Stream;
use futures_util::stream::BoxStream;
use tokio::time::{Instant, sleep};
use tokio_util::task::AbortOnDropHandle;
use web::{Connection, Gate};

use super::lines::Broken;
use super::places::Place;

/// How often it looks: a session that is over opens nothing any more within a second.
const EVERY: Duration = Duration::from_millis(250);
/// A piece that nobody takes for so long ends the export.
const PATIENCE: Duration = Duration::from_secs(30);

/// The pieces of an export, its place, and whoever watches over it until it is dropped.
pub(super) struct Watched {
    pieces: BoxStream<'static, Result<Bytes, Broken>>,
    pace: Arc<Pace>,
    _place: Place,
    _watch: AbortOnDropHandle<()>,
}

/// Since when a piece has been waiting to be taken; `None` while the store is waited for.
#[derive(Default)]
struct Pace {
    handed_out: Mutex<Option<Instant>>,
}

impl Watched {
    pub(super) fn new(
        pieces: BoxStream<'static, Result<Bytes, Broken>>,
        place: Place,
        gate: Gate,
        claims: Claims,
        connection: Connection,
    ) -> Self {
        let pace = Arc::<Pace>::default();
        let watching = watch(gate, claims, Arc::clone(&pace), connection);
        let watch = AbortOnDropHandle::new(tokio::spawn(watching));
        Self { pieces, pace, _place: place, _watch: watch }
    }
}

impl Stream for Watched {
    type Item = Result<Bytes, Broken>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let piece = self.pieces.as_mut().poll_next(cx);
        self.pace.note(piece.is_ready());
        piece
    }
}

impl Pace {
    fn note(&self, is_handed_out: bool) {
        let now = is_handed_out.then(Instant::now);
        *self.handed_out.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    fn is_stalled(&self) -> bool {
        let since = *self.handed_out.lock().unwrap_or_else(PoisonError::into_inner);
        since.is_some_and(|since| since.elapsed() > PATIENCE)
    }
}

/// A session that cannot be judged is not in either.
async fn watch(gate: Gate, claims: Claims, pace: Arc<Pace>, connection: Connection) {
    let reason = loop {
        sleep(EVERY).await;
        if gate.judge_claims(&claims).await.is_err() {
            break "the session is over, or cannot be judged";
        }
        if pace.is_stalled() {
            break "nobody takes it";
        }
    };
    tracing::info!(reason, "cut an export");
    connection.shut();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn only_a_piece_that_nobody_takes_counts_as_stalled() {
        let pace = Pace::default();
        let after = async |handed_out, time| {
            pace.note(handed_out);
            tokio::time::advance(time).await;
            pace.is_stalled()
        };
        let longer = PATIENCE + Duration::from_secs(1);
        assert!(!pace.is_stalled());
        assert!(!after(true, PATIENCE).await);
        assert!(!after(false, 10 * longer).await, "the store is slow, not the reader");
        assert!(after(true, longer).await);
    }
}
