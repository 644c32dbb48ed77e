//! A socket's place in a broadcast.
//!
//! Invariants: `at` is the end of a frame. A cursor without a batch is *level*: all that was distributed is written, and
//! it holds nothing. A cursor with a batch is *behind*: `at` is in that batch, and everything after it is reachable from
//! there. A socket has one for each of its rooms, hundreds perhaps, and nearly all of them are level and small.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use super::batch::Batch;
use super::frame::Frame;

/// Maximum bytes that all cursors of a socket together may be behind. With more its client does not keep up.
pub(in super::super) const MAX_BEHIND_BYTES: u64 = 4 * 1024 * 1024;

/// Names a broadcast in this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) struct BroadcastId(pub(in super::super) u64);

/// What became of a batch that was offered to a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Pushed {
    /// It is written, or will be.
    Done,
    /// It goes out with what else is about to be written, an answer or other batches, or by [`super::Wire::go_on`].
    Later,
    /// The socket is more than [`MAX_BEHIND_BYTES`] behind.
    TooFarBehind,
    /// The connection has ended, or it does not follow this broadcast any more.
    Gone,
}

/// A place in a broadcast.
#[derive(Debug)]
pub(super) struct Cursor {
    pub(super) of: BroadcastId,
    at: u64,
    ahead: Option<Box<Ahead>>,
}

/// What is not passed yet.
#[derive(Debug, Default)]
struct Ahead {
    behind: Option<Arc<Batch>>,
    /// The end of the last batch that was offered.
    end: u64,
    /// Whole frames that this socket does not get, in order.
    skips: VecDeque<Range<u64>>,
}

/// A part of a batch that is for this socket.
pub(super) struct Part {
    batch: Arc<Batch>,
    from: u64,
    to: u64,
}

impl Cursor {
    pub(super) fn new(of: BroadcastId, at: u64) -> Self {
        Self { of, at, ahead: None }
    }

    /// Leaves out frames that are not distributed yet.
    pub(super) fn skip(&mut self, frames: Range<u64>) {
        let skips = &mut self.ahead.get_or_insert_default().skips;
        match skips.back_mut() {
            Some(last) if last.end == frames.start => last.end = frames.end,
            _ => skips.push_back(frames),
        }
    }

    /// Whether there is something to write.
    pub(super) fn is_behind(&self) -> bool {
        self.behind().is_some()
    }

    /// Bytes that were distributed and are not passed yet.
    pub(super) fn behind_bytes(&self) -> u64 {
        let ahead = self.ahead.as_ref().filter(|ahead| ahead.behind.is_some());
        ahead.map_or(0, |ahead| ahead.end.saturating_sub(self.at))
    }

    /// Those of them that are to be written.
    pub(super) fn unwritten_bytes(&self) -> u64 {
        let Some(ahead) = &self.ahead else { return 0 };
        let skipped = ahead.skips.iter().map(|skip| skip.end.min(ahead.end).saturating_sub(skip.start));
        self.behind_bytes().saturating_sub(skipped.sum())
    }

    /// Whether a batch is the next thing to write, and all of it.
    pub(super) fn is_next(&self, batch: &Batch) -> bool {
        self.at == batch.start && self.ahead.is_none()
    }

    /// Whether a batch has frames of the socket itself, and nothing else is to be written before it.
    pub(super) fn sent_some_of(&self, batch: &Batch) -> bool {
        let Some(ahead) = &self.ahead else { return false };
        ahead.behind.is_none() && ahead.skips.front().is_some_and(|skip| skip.start < batch.end())
    }

    /// Notes that a batch was written up to an offset. Returns what is left of the frame in which that is.
    pub(super) fn wrote(&mut self, batch: &Arc<Batch>, bytes: usize) -> Bytes {
        let (at, unfinished) = Part::whole(batch).after(bytes);
        self.at = at;
        self.take(batch);
        unfinished
    }

    /// Takes a batch that was distributed: as what is next, if nothing is.
    pub(super) fn take(&mut self, batch: &Arc<Batch>) {
        if self.is_behind() {
            // It is reachable from where this cursor is, or before it.
            self.ahead.iter_mut().for_each(|ahead| ahead.end = ahead.end.max(batch.end()));
        } else if self.ahead.is_some() || self.at < batch.end() {
            let ahead = self.ahead.get_or_insert_default();
            (ahead.behind, ahead.end) = (Some(Arc::clone(batch)), batch.end());
            self.advance();
        }
    }

    /// What is next to write, at most `max` parts.
    pub(super) fn parts(&self, max: usize) -> Vec<Part> {
        let mut parts = Vec::with_capacity(2);
        let (mut at, mut batch) = (self.at, self.behind());
        let mut skips = self.ahead.iter().flat_map(|ahead| &ahead.skips).peekable();
        while let Some(this) = batch.filter(|_| parts.len() < max) {
            let to = skips.peek().map_or(this.end(), |skip| skip.start.min(this.end()));
            if at < to {
                parts.push(Part { batch: Arc::clone(this), from: at, to });
                at = to;
            }
            if let Some(skip) = skips.next_if(|skip| skip.start <= at) {
                at = at.max(skip.end);
            }
            if at >= this.end() {
                batch = this.next();
            }
        }
        parts
    }

    /// Notes that the next part was written up to an offset. Returns what is left of the frame in which that is.
    pub(super) fn pass(&mut self, part: &Part, bytes: usize) -> Bytes {
        let (at, unfinished) = part.after(bytes);
        self.at = at;
        self.advance();
        unfinished
    }

    fn behind(&self) -> Option<&Arc<Batch>> {
        self.ahead.as_ref()?.behind.as_ref()
    }

    /// Passes over skips, and over batches that are done.
    fn advance(&mut self) {
        let Some(ahead) = &mut self.ahead else { return };
        while let Some(skip) = ahead.skips.front().filter(|skip| skip.start <= self.at) {
            self.at = self.at.max(skip.end);
            ahead.skips.pop_front();
        }
        while let Some(done) = ahead.behind.take_if(|batch| self.at >= batch.end()) {
            ahead.behind = done.next().cloned();
        }
        if ahead.behind.is_none() && ahead.skips.is_empty() {
            self.ahead = None;
        }
    }
}

impl Part {
    fn whole(batch: &Arc<Batch>) -> Self {
        Self { batch: Arc::clone(batch), from: batch.start, to: batch.end() }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.batch.slice(self.from, self.to)
    }

    /// The end of the frame in which a write of it ended, and what is left of that frame.
    fn after(&self, written: usize) -> (u64, Bytes) {
        let bytes = self.bytes();
        if written >= bytes.len() {
            return (self.to, Bytes::new());
        }
        let mut end = 0;
        while end < written {
            // A part has whole frames only.
            end = Frame::at(&bytes[end..]).map_or(bytes.len(), |frame| end + frame.length);
        }
        (self.from + end as u64, self.batch.bytes.slice_ref(&bytes[written..end]))
    }
}
