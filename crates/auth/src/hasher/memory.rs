//! The memory that hashes work in: kept from one hash to the next, and given back to the system soon after the last one.
//!
//! Fresh memory costs nearly as much time as the hash that fills it, since the system clears and maps each of its pages.
//! There is never more of it than hashes were at work at once.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::argon2id::{Argon2id, Blocks};

/// How long memory is kept for the next hash.
const KEPT_FOR: Duration = Duration::from_secs(1);

/// The memory that no hash works in at the moment. Clones share it.
#[derive(Clone, Default)]
pub(super) struct WorkMemory {
    kept: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    /// Each with the time since which it is unused, the longest one first.
    unused: Vec<(Instant, Blocks)>,
    /// Whether a task frees what is unused for too long.
    is_freed: bool,
}

impl WorkMemory {
    /// Memory for one hash.
    pub(super) fn take(&self) -> Blocks {
        let last_used = self.kept().unused.pop();
        last_used.map_or_else(Argon2id::memory, |(_, blocks)| blocks)
    }

    /// Keeps memory for the next hash, for a while. Called in a tokio runtime.
    pub(super) fn put_back(&self, blocks: Blocks) {
        let mut kept = self.kept();
        kept.unused.push((Instant::now(), blocks));
        if !mem::replace(&mut kept.is_freed, true) {
            tokio::spawn(self.clone().free_unused());
        }
    }

    async fn free_unused(self) {
        while let Some(due) = self.free_due() {
            sleep_until(due).await;
        }
    }

    /// Frees what is unused for long enough, and returns when to look again; `None` ends the task.
    fn free_due(&self) -> Option<Instant> {
        let mut kept = self.kept();
        kept.unused.retain(|(since, _)| since.elapsed() < KEPT_FOR);
        let due = kept.unused.first().map(|(since, _)| *since + KEPT_FOR);
        kept.is_freed = due.is_some();
        due
    }

    /// Nothing panics while it is locked.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl WorkMemory {
        pub(in crate::hasher) fn unused(&self) -> usize {
            self.kept().unused.len()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn memory_is_used_again_and_given_back_after_a_while() {
        let memory = WorkMemory::default();
        let (one, other) = (memory.take(), memory.take());
        let (first, second) = (one.as_ptr(), other.as_ptr());
        memory.put_back(one);
        tokio::time::sleep(KEPT_FOR / 2).await;
        memory.put_back(other);
        let again = memory.take();
        assert_eq!(again.as_ptr(), second, "the one that was used last");
        memory.put_back(again);
        tokio::time::sleep(KEPT_FOR * 3 / 4).await;
        assert_eq!(memory.unused(), 1, "the one that was used first is given back");
        let other = memory.take();
        assert_ne!(other.as_ptr(), first);
        tokio::time::sleep(KEPT_FOR * 2).await;
        memory.put_back(other);
        assert_eq!(memory.unused(), 1, "kept, however long the hash took");
        tokio::time::sleep(KEPT_FOR * 2).await;
        assert_eq!(memory.unused(), 0);
    }
}
