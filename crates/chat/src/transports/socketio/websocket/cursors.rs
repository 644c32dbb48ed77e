//! A socket's places in all the broadcasts that it follows, one for each of its rooms.
//!
//! Invariants: `turns` has exactly the cursors that are behind, and `behind_bytes` is their sum. So nothing here costs more in
//! a thousand rooms than in one, but joining and leaving.

use std::collections::VecDeque;
use std::ops::Range;

use super::cursor::{BroadcastId, Cursor, MAX_BEHIND_BYTES};

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

    /// The cursor whose turn it is to write.
    pub(super) fn next(&self) -> Option<Place> {
        self.find(*self.turns.front()?)
    }

    /// Ends the turn of a cursor, if it has one: no room waits for another's backlog.
    pub(super) fn end_turn(&mut self, Place(place): Place) {
        if self.turns.front() == Some(&self.list[place].of) {
            self.turns.rotate_left(1);
        }
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
