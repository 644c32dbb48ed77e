//! What a broadcast sends at once: whole frames, encoded once for all sockets.
//!
//! A batch lives as long as somebody needs it: the task that distributes it, and cursors that are behind. Each batch
//! holds the next one, so a cursor that is behind holds all that it has yet to write, and nothing is kept for nobody.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;

/// Whole frames of one broadcast.
#[derive(Debug)]
pub(in super::super) struct Batch {
    /// The position of the first byte: bytes of the broadcast before it.
    pub(super) start: u64,
    pub(super) bytes: Bytes,
    next: OnceLock<Arc<Batch>>,
}

impl Batch {
    /// A batch at a position.
    pub(in super::super) fn new(start: u64, bytes: Bytes) -> Arc<Self> {
        Arc::new(Self { start, bytes, next: OnceLock::new() })
    }

    /// The position after the last byte.
    pub(in super::super) fn end(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }

    /// Sets what comes after this one, which begins where this one ends. It is set once, by the task that distributes.
    pub(in super::super) fn continue_by(&self, next: &Arc<Self>) {
        debug_assert_eq!(self.end(), next.start, "a broadcast has no hole");
        let _ = self.next.set(Arc::clone(next));
    }

    /// The batch after this one.
    pub(super) fn next(&self) -> Option<&Arc<Self>> {
        self.next.get()
    }

    /// The bytes between two positions of this batch.
    pub(super) fn slice(&self, from: u64, to: u64) -> &[u8] {
        &self.bytes[self.offset(from)..self.offset(to)]
    }

    fn offset(&self, position: u64) -> usize {
        usize::try_from(position.saturating_sub(self.start))
            .map_or(self.bytes.len(), |at| at.min(self.bytes.len()))
    }
}

/// A chain can be thousands of batches long, so it is dropped in a loop instead of by recursion.
impl Drop for Batch {
    fn drop(&mut self) {
        let mut next = self.next.take();
        while let Some(mut batch) = next.and_then(Arc::into_inner) {
            next = batch.next.take();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_chain_is_dropped_without_recursion() {
        let first = Batch::new(0, Bytes::new());
        let mut last = Arc::clone(&first);
        for _ in 0..200_000 {
            let next = Batch::new(0, Bytes::new());
            last.continue_by(&next);
            last = next;
        }
        let weak = Arc::downgrade(&last);
        drop(last);
        drop(first);
        assert!(weak.upgrade().is_none());
    }
}
