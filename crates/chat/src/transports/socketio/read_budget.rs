//! Bounds what one socket reads: reads under way, and answers that its client has not taken yet.

use parking_lot::Mutex;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::engine_sessions::EngineSession;

/// Maximum reads under way.
const MAX_CONCURRENT_READS: usize = 4;
/// Maximum bytes of answers that wait to be written out. Further reads are refused until the client has taken them.
const MAX_UNREAD_BYTES: u64 = 1024 * 1024;

/// The read budget of one socket.
pub(super) struct ReadBudget {
    permits: Semaphore,
    answered: Mutex<Answered>,
}

/// The answers since the client last had taken all of them.
#[derive(Default)]
struct Answered {
    bytes: u64,
    /// Bytes that had gone out over the session before the first of them.
    written_before: u64,
}

impl Default for ReadBudget {
    fn default() -> Self {
        Self { permits: Semaphore::new(MAX_CONCURRENT_READS), answered: Mutex::default() }
    }
}

impl ReadBudget {
    /// A permit to read, unless too much is on its way already.
    pub(super) fn begin(&self, session: &EngineSession) -> Option<SemaphorePermit<'_>> {
        let answered = self.answered.lock();
        let taken = session.written().saturating_sub(answered.written_before);
        if answered.bytes.saturating_sub(taken) > MAX_UNREAD_BYTES {
            return None;
        }
        self.permits.try_acquire().ok()
    }

    /// Counts an answer of this size. Other output of the session counts as taken too, so this is a bound, not an exact
    /// measure.
    pub(super) fn count_answer(&self, session: &EngineSession, bytes: u64) {
        let mut answered = self.answered.lock();
        let written = session.written();
        if written.saturating_sub(answered.written_before) >= answered.bytes {
            *answered = Answered { bytes: 0, written_before: written };
        }
        answered.bytes += bytes;
    }

    /// Takes back an answer that was not sent: the client waits for none.
    pub(super) fn uncount_answer(&self, bytes: u64) {
        let mut answered = self.answered.lock();
        answered.bytes = answered.bytes.saturating_sub(bytes);
    }
}
