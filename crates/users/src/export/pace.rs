//! How an export goes: whether somebody takes what is handed out, and why it ended before its end.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// A piece that is not taken for so long ends the export: it goes by less than about 500 bytes a second. Whoever takes
/// nothing at all is not waited for so long on Linux, where the kernel gives the connection up after ten seconds
/// (`TCP_USER_TIMEOUT` in [`web::serve()`]); on another system this is what ends it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Shared by the body and by whoever watches over it.
#[derive(Default)]
pub(super) struct Pace {
    state: Mutex<State>,
}

#[derive(Clone, Copy, Default)]
enum State {
    /// Nobody has asked for the body yet, as for a `HEAD`.
    #[default]
    Unasked,
    Waiting,
    /// A piece waits to be taken, since then.
    HandedOut(Instant),
    /// It is cut off, for a reason of this process's own.
    Cut(&'static str),
    /// It came to its end, or its error has been told.
    Ended,
}

impl Pace {
    pub(super) fn hands_out(&self) {
        self.goes_on(State::HandedOut(Instant::now()));
    }

    pub(super) fn waits_for_the_store(&self) {
        self.goes_on(State::Waiting);
    }

    pub(super) fn ends(&self) {
        *self.state() = State::Ended;
    }

    pub(super) fn cut(&self, reason: &'static str) {
        self.goes_on(State::Cut(reason));
    }

    pub(super) fn is_stalled(&self) -> bool {
        matches!(*self.state(), State::HandedOut(since) if since.elapsed() > PATIENCE)
    }

    /// Why it goes no further, when it is given up as it is now; `None` when there is nothing to tell.
    pub(super) fn broken_off(&self) -> Option<&'static str> {
        match *self.state() {
            State::Unasked | State::Ended => None,
            State::Cut(reason) => Some(reason),
            State::Waiting => Some("the connection closed while the store was read"),
            State::HandedOut(_) => Some("the connection closed, or took nothing for too long"),
        }
    }

    /// What is cut or over stays so.
    fn goes_on(&self, to: State) {
        let mut state = self.state();
        if !matches!(*state, State::Cut(_) | State::Ended) {
            *state = to;
        }
    }

    /// It is whole between two statements, so a panic elsewhere does not spoil it.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn only_a_piece_that_nobody_takes_counts_as_stalled() {
        let pace = Pace::default();
        let after = async |time| {
            tokio::time::advance(time).await;
            pace.is_stalled()
        };
        let longer = PATIENCE + Duration::from_secs(1);
        assert!(!after(longer).await);
        pace.hands_out();
        assert!(!after(PATIENCE).await);
        pace.waits_for_the_store();
        assert!(!after(10 * longer).await, "the store is slow, not the reader");
        pace.hands_out();
        assert!(after(longer).await);
    }

    #[test]
    fn what_is_given_up_before_its_end_has_a_reason_and_the_first_one_stays() {
        let pace = Pace::default();
        assert_eq!(pace.broken_off(), None, "nobody asked for it");
        pace.hands_out();
        assert!(pace.broken_off().is_some());
        pace.waits_for_the_store();
        assert!(pace.broken_off().is_some());
        pace.cut("a reason");
        pace.hands_out();
        assert_eq!(pace.broken_off(), Some("a reason"));
        pace.ends();
        assert_eq!(pace.broken_off(), None);
    }
}
