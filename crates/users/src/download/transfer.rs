//! The state of an export in transfer: whether the reader stalls, and why the export ended early.

use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

/// Timeout for a reader to take one piece, so an export needs at least about 500 bytes a second. On Linux a reader that
/// takes nothing at all is cut off after 10 seconds already, by `TCP_USER_TIMEOUT` ([`web::serve()`]).
const PIECE_TIMEOUT: Duration = Duration::from_secs(30);

/// Shared by the body and the task that guards it.
#[derive(Default)]
pub(super) struct TransferState {
    phase: Mutex<Phase>,
}

#[derive(Clone, Copy, Default)]
enum Phase {
    /// The body was never polled, as for a `HEAD` request.
    #[default]
    NotStarted,
    /// The body waits for the store.
    Reading,
    /// A piece waits for the reader since this instant.
    Sending(Instant),
    /// This process cut it off, for this reason.
    Cut(&'static str),
    /// It is complete, or its error was returned.
    Finished,
}

impl TransferState {
    pub(super) fn begin_sending(&self) {
        self.enter(Phase::Sending(Instant::now()));
    }

    pub(super) fn begin_reading(&self) {
        self.enter(Phase::Reading);
    }

    pub(super) fn finish(&self) {
        *self.phase.lock() = Phase::Finished;
    }

    pub(super) fn cut(&self, reason: &'static str) {
        self.enter(Phase::Cut(reason));
    }

    pub(super) fn is_stalled(&self) -> bool {
        matches!(*self.phase.lock(), Phase::Sending(since) if since.elapsed() > PIECE_TIMEOUT)
    }

    /// Why an export that is dropped now ended early. `None` if it is complete or never began.
    pub(super) fn abort_reason(&self) -> Option<&'static str> {
        match *self.phase.lock() {
            Phase::NotStarted | Phase::Finished => None,
            Phase::Cut(reason) => Some(reason),
            Phase::Reading => Some("the connection closed while the store was read"),
            Phase::Sending(_) => Some("the connection closed, or the reader took nothing for too long"),
        }
    }

    /// `Cut` and `Finished` are final.
    fn enter(&self, next: Phase) {
        let mut phase = self.phase.lock();
        if !matches!(*phase, Phase::Cut(_) | Phase::Finished) {
            *phase = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn only_a_piece_that_the_reader_does_not_take_counts_as_stalled() {
        let transfer = TransferState::default();
        let stalls_after = async |duration| {
            tokio::time::advance(duration).await;
            transfer.is_stalled()
        };
        let longer = PIECE_TIMEOUT + Duration::from_secs(1);
        assert!(!stalls_after(longer).await);
        transfer.begin_sending();
        assert!(!stalls_after(PIECE_TIMEOUT).await);
        transfer.begin_reading();
        assert!(!stalls_after(10 * longer).await, "the store is slow, not the reader");
        transfer.begin_sending();
        assert!(stalls_after(longer).await);
    }

    #[test]
    fn an_export_that_ends_early_has_a_reason_and_the_first_one_stays() {
        let transfer = TransferState::default();
        assert_eq!(transfer.abort_reason(), None, "the body was never polled");
        transfer.begin_sending();
        assert!(transfer.abort_reason().is_some());
        transfer.begin_reading();
        assert!(transfer.abort_reason().is_some());
        transfer.cut("a reason");
        transfer.begin_sending();
        assert_eq!(transfer.abort_reason(), Some("a reason"));
        transfer.finish();
        assert_eq!(transfer.abort_reason(), None);
    }
}
