//! Bounds what one socket reads: reads under way, and answers that its client has not taken yet.

use tokio::sync::{Semaphore, SemaphorePermit};

use super::backlog::Backlog;

/// Maximum reads under way.
const MAX_CONCURRENT_READS: usize = 4;
/// Maximum bytes that wait for the client. Further reads are refused until it has taken them.
const MAX_UNREAD_BYTES: u64 = 1024 * 1024;

/// The read budget of one socket.
pub(super) struct ReadBudget {
    permits: Semaphore,
}

impl Default for ReadBudget {
    fn default() -> Self {
        Self { permits: Semaphore::new(MAX_CONCURRENT_READS) }
    }
}

impl ReadBudget {
    /// A permit to read, unless too much is on its way already.
    pub(super) fn begin(&self, backlog: &Backlog) -> Option<SemaphorePermit<'_>> {
        if backlog.bytes() > MAX_UNREAD_BYTES {
            return None;
        }
        self.permits.try_acquire().ok()
    }
}
