//! How much of the log one socket may have on its way: reads under way, and answers that its client does not take.

use parking_lot::Mutex;

use tokio::sync::{Semaphore, SemaphorePermit};

use super::engine_sessions::EngineSession;

/// ReadBudget under way.
const MAX_CONCURRENT_READS: usize = 4;
/// Bytes of answers that may wait to be written out. Another read waits until the client has taken them.
const MAX_UNREAD_BYTES: u64 = 1024 * 1024;

/// The reads of one socket.
pub(crate) struct ReadBudget {
    permits: Semaphore,
    answered: Mutex<Answered>,
}

/// Answers since the client had last taken all of them.
#[derive(Default)]
struct Answered {
    bytes: u64,
    /// What had gone out over the session when the first of them was given.
    written_before: u64,
}

impl Default for ReadBudget {
    fn default() -> Self {
        Self { permits: Semaphore::new(MAX_CONCURRENT_READS), answered: Mutex::default() }
    }
}

impl ReadBudget {
    /// Leave to read, unless too much is on its way already.
    pub(super) fn begin(&self, session: &EngineSession) -> Option<SemaphorePermit<'_>> {
        let answered = self.answered.lock();
        let taken = session.written().saturating_sub(answered.written_before);
        if answered.bytes.saturating_sub(taken) > MAX_UNREAD_BYTES {
            return None;
        }
        self.permits.try_acquire().ok()
    }

    /// Notes an answer of so many bytes. Whatever else goes out over the session counts as taken too, so this is a
    /// bound on what waits and not its measure.
    pub(super) fn answered(&self, session: &EngineSession, bytes: u64) {
        let mut answered = self.answered.lock();
        let written = session.written();
        if written.saturating_sub(answered.written_before) >= answered.bytes {
            *answered = Answered { bytes: 0, written_before: written };
        }
        answered.bytes += bytes;
    }

    /// An answer was given that nobody waits for.
    pub(super) fn take_back(&self, bytes: u64) {
        let mut answered = self.answered.lock();
        answered.bytes = answered.bytes.saturating_sub(bytes);
    }
}
