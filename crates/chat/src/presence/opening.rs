//! Beginning to keep the roster of a room: its members are read from the store.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::time::Instant;

use store::{MAX_PAGE, RoomId, Rooms, StoreError, UserId};
use tokio::sync::{Mutex, MutexGuard};

use super::Presence;
use super::members::MAX_ROSTER_MEMBERS;

/// Rooms whose members are read at the same time. Others wait.
const MAX_READS: usize = 16;

/// The turns to read members. Rooms share them, and one room has always the same: many who begin to watch it at once cost
/// one read.
pub(super) struct Turns {
    hasher: RandomState,
    turns: [Mutex<()>; MAX_READS],
}

impl Default for Turns {
    fn default() -> Self {
        Self { hasher: RandomState::new(), turns: std::array::from_fn(|_| Mutex::default()) }
    }
}

impl Turns {
    async fn take(&self, room: RoomId) -> MutexGuard<'_, ()> {
        let index = self.hasher.hash_one(room) % MAX_READS as u64;
        self.turns[index as usize].lock().await
    }
}

/// A read of a room's members that may fail. Changes of them are noted until it is dropped, or over.
struct Reading<'a> {
    presence: &'a Presence,
    room: RoomId,
}

impl Presence {
    /// Keeps the roster of a room, for a watcher who is about to come.
    ///
    /// # Errors
    /// That of the store.
    pub(crate) async fn open(&self, rooms: &dyn Rooms, room: RoomId) -> Result<(), StoreError> {
        let is_kept = || self.change(|rosters, now| rosters.expect_watcher(room, now));
        if is_kept() {
            return Ok(());
        }
        let _turn = self.turns.take(room).await;
        if is_kept() { Ok(()) } else { self.read_members(rooms, room).await }
    }

    /// Reads the members of the rooms whose rosters are kept once more.
    ///
    /// # Errors
    /// That of the store.
    pub(super) async fn read_all_members(&self, rooms: &dyn Rooms) -> Result<(), StoreError> {
        let kept = self.rosters().kept_rooms();
        for room in kept {
            let _turn = self.turns.take(room).await;
            self.read_members(rooms, room).await?;
        }
        Ok(())
    }

    async fn read_members(&self, rooms: &dyn Rooms, room: RoomId) -> Result<(), StoreError> {
        self.change(|rosters, _| rosters.begin_reading(room));
        let reading = Reading { presence: self, room };
        let members = members_of(rooms, room).await?;
        self.change(|rosters, now: Instant| rosters.set_members(room, members, now));
        drop(reading);
        Ok(())
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.presence.change(|rosters, _| rosters.stop_reading(self.room));
    }
}

/// The members of a room, as many as a roster may have.
async fn members_of(rooms: &dyn Rooms, room: RoomId) -> Result<HashSet<UserId>, StoreError> {
    let (mut members, mut after) = (HashSet::new(), None);
    loop {
        let page = rooms.members(room, after, MAX_PAGE).await?;
        after = page.users.last().map(|user| user.id);
        members.extend(page.users.iter().map(|user| user.id));
        if !page.has_more || after.is_none() || members.len() >= MAX_ROSTER_MEMBERS {
            return Ok(members);
        }
    }
}
