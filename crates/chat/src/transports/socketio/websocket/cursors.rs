//! A socket's places in all the broadcasts that it follows, one for each of its rooms.
//!
//! Invariants: `turns` has exactly the cursors that are behind, and `behind_bytes` is their sum. So nothing here costs more in
//! a thousand rooms than in one, but joining and leaving.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::ops::Range;

use bytes::Bytes;

use super::cursor::{BroadcastId, Cursor, MAX_BEHIND_BYTES, Part};
use super::try_write::TryWrite;

/// Maximum buffers of one vectored write.
const MAX_PARTS: usize = 128;
/// Those of one cursor among them.
const MAX_PARTS_OF_CURSOR: usize = 16;

/// All cursors of a socket.
#[derive(Debug, Default)]
pub(super) struct Cursors {
    /// In the order of their broadcasts.
    list: Vec<Cursor>,
    /// Those that are behind, in the order in which they write.
    turns: VecDeque<BroadcastId>,
    /// Bytes that were distributed and are not passed yet.
    behind_bytes: u64,
}

/// Where a cursor is among those of its socket.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place(usize);

impl Cursors {
    /// Follows a broadcast from a position.
    pub(super) fn follow(&mut self, of: BroadcastId, at: u64) {
        if let Err(place) = self.search(of) {
            // Room for exactly one, which is enough for nearly every socket.
            self.list.reserve_exact(usize::from(self.list.is_empty()));
            self.list.insert(place, Cursor::new(of, at));
        }
    }

    /// Follows a broadcast no more.
    pub(super) fn unfollow(&mut self, of: BroadcastId) {
        if let Ok(place) = self.search(of) {
            self.behind_bytes -= self.list.remove(place).behind_bytes();
            self.turns.retain(|turn| *turn != of);
        }
    }

    /// Leaves out frames of a broadcast that are not distributed yet.
    pub(super) fn skip(&mut self, of: BroadcastId, frames: Range<u64>) {
        if let Ok(place) = self.search(of) {
            self.list[place].skip(frames);
        }
    }

    /// The place of the cursor in a broadcast.
    pub(super) fn find(&self, of: BroadcastId) -> Option<Place> {
        self.search(of).ok().map(Place)
    }

    /// Whether there is something to write.
    pub(super) fn are_behind(&self) -> bool {
        !self.turns.is_empty()
    }

    /// Writes whole frames of the library, which may be none, and then what is next of each cursor that is behind, in turn,
    /// at most [`MAX_PARTS`] buffers. Returns how many bytes of the library's went out, and what is left of the entry's frame in
    /// which the write ended.
    pub(super) fn write(&mut self, library: &[u8], tcp: &impl TryWrite) -> io::Result<(usize, Bytes)> {
        let parts = self.next_parts();
        let mut slices = [IoSlice::new(&[]); MAX_PARTS + 1];
        slices[0] = IoSlice::new(library);
        for (slice, (_, part)) in slices[1..].iter_mut().zip(&parts) {
            *slice = IoSlice::new(part.bytes());
        }
        let written = match &slices[usize::from(library.is_empty())..=parts.len()] {
            [] => 0,
            [one] => tcp.try_write(one)?,
            several => tcp.try_write_vectored(several)?,
        };
        let of_library = written.min(library.len());
        Ok((of_library, self.pass(&parts, written - of_library)))
    }

    /// What is next to write, in turn.
    fn next_parts(&self) -> Vec<(BroadcastId, Part)> {
        let mut next = Vec::with_capacity(self.turns.len().min(MAX_PARTS));
        for of in &self.turns {
            let Some(place) = self.find(*of) else { continue };
            let max = (MAX_PARTS - next.len()).min(MAX_PARTS_OF_CURSOR);
            if max == 0 {
                break;
            }
            next.extend(self.at(place).parts(max).into_iter().map(|part| (*of, part)));
        }
        next
    }

    /// Notes how much of these parts was written. Returns what is left of the frame in which that ends. A cursor that
    /// wrote ends its turn: no room waits for another's backlog.
    fn pass(&mut self, parts: &[(BroadcastId, Part)], mut written: usize) -> Bytes {
        let mut unfinished = Bytes::new();
        for (of, part) in parts {
            if written == 0 {
                break;
            }
            let Some(place) = self.find(*of) else { continue };
            unfinished = self.change(place, |cursor| cursor.pass(part, written));
            written = written.saturating_sub(part.bytes().len());
            if self.turns.front() == Some(of) {
                self.turns.rotate_left(1);
            }
        }
        unfinished
    }

    /// The cursor at a place.
    pub(super) fn at(&self, Place(place): Place) -> &Cursor {
        &self.list[place]
    }

    /// Changes a cursor, and what is known of all of them.
    pub(super) fn change<R>(&mut self, Place(place): Place, change: impl FnOnce(&mut Cursor) -> R) -> R {
        let cursor = &mut self.list[place];
        let (was_behind, bytes_before) = (cursor.is_behind(), cursor.behind_bytes());
        let result = change(cursor);
        self.behind_bytes = self.behind_bytes - bytes_before + cursor.behind_bytes();
        match (was_behind, cursor.is_behind()) {
            (false, true) => self.turns.push_back(cursor.of),
            // Nearly always it is the first one, which has just written.
            (true, false) if self.turns.front() == Some(&cursor.of) => drop(self.turns.pop_front()),
            (true, false) => self.turns.retain(|turn| *turn != cursor.of),
            _ => {}
        }
        if self.turns.is_empty() {
            // Most sockets are hardly ever behind.
            self.turns = VecDeque::new();
        }
        result
    }

    /// Bytes that were distributed and are not passed yet.
    pub(super) fn behind_bytes(&self) -> u64 {
        self.behind_bytes
    }

    /// Whether more is to be written than a socket may be behind, in all rooms together.
    pub(super) fn are_too_far_behind(&self) -> bool {
        let behind = self.turns.iter().filter_map(|of| self.find(*of));
        self.behind_bytes > MAX_BEHIND_BYTES
            && behind.map(|place| self.at(place).unwritten_bytes()).sum::<u64>() > MAX_BEHIND_BYTES
    }

    fn search(&self, of: BroadcastId) -> Result<usize, usize> {
        self.list.binary_search_by_key(&of, |cursor| cursor.of)
    }
}
