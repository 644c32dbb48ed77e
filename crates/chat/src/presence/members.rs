//! The members of the rooms whose rosters are kept. Everybody is in the lobby, so its members are not kept.
//!
//! While the members of a room are read from the store, changes of them are noted: the read may not have them.

use std::collections::{BTreeSet, HashMap, HashSet};

use store::{RoomId, UserId};

/// Maximum number of members kept of a room, those who came first. Its roster has no others.
pub(crate) const MAX_ROSTER_MEMBERS: usize = 10_000;

/// The members of rooms, by room and by user.
#[derive(Default)]
pub(super) struct Members {
    by_room: HashMap<RoomId, HashSet<UserId>>,
    /// The same the other way round. No set is empty.
    by_user: HashMap<UserId, BTreeSet<RoomId>>,
    /// Rooms whose members are being read: who came in or went out since the read began.
    reading: HashMap<RoomId, HashMap<UserId, bool>>,
}

impl Members {
    /// Whether a user is in a room: one that is kept, or the lobby.
    pub(super) fn has(&self, room: RoomId, user: UserId) -> bool {
        room == RoomId::LOBBY || self.by_room.get(&room).is_some_and(|members| members.contains(&user))
    }

    /// The kept rooms that a user is in, the lobby first.
    pub(super) fn rooms_of(&self, user: UserId) -> Vec<RoomId> {
        let rooms = self.by_user.get(&user).into_iter().flatten().copied();
        std::iter::once(RoomId::LOBBY).chain(rooms).collect()
    }

    /// The kept rooms besides the lobby.
    pub(super) fn rooms(&self) -> impl Iterator<Item = RoomId> {
        self.by_room.keys().copied()
    }

    /// A read of a room's members begins.
    pub(super) fn begin_reading(&mut self, room: RoomId) {
        self.reading.insert(room, HashMap::new());
    }

    /// A read of a room's members has failed.
    pub(super) fn stop_reading(&mut self, room: RoomId) {
        self.reading.remove(&room);
    }

    /// Sets the members of a room as they were read, with the changes since. Returns everybody who is or was a member.
    pub(super) fn set(&mut self, room: RoomId, mut read: HashSet<UserId>) -> Vec<UserId> {
        for (user, is_in) in self.reading.remove(&room).unwrap_or_default() {
            if is_in {
                read.insert(user)
            } else {
                read.remove(&user)
            };
        }
        let before = self.forget(room);
        for user in &read {
            self.by_user.entry(*user).or_default().insert(room);
        }
        let concerned = before.union(&read).copied().collect();
        self.by_room.insert(room, read);
        concerned
    }

    /// A user came into a room or went out. Returns whether that changes the members of a kept room.
    pub(super) fn change(&mut self, room: RoomId, user: UserId, is_in: bool) -> bool {
        if let Some(changes) = self.reading.get_mut(&room) {
            changes.insert(user, is_in);
        }
        let Some(members) = self.by_room.get_mut(&room) else { return false };
        if !is_in {
            members.remove(&user) && self.forget_one(room, user)
        } else if members.len() < MAX_ROSTER_MEMBERS {
            self.by_user.entry(user).or_default().insert(room);
            members.insert(user)
        } else {
            false
        }
    }

    /// Keeps the members of a room no longer. Returns who they were.
    pub(super) fn forget(&mut self, room: RoomId) -> HashSet<UserId> {
        let members = self.by_room.remove(&room).unwrap_or_default();
        for user in &members {
            self.forget_one(room, *user);
        }
        members
    }

    fn forget_one(&mut self, room: RoomId, user: UserId) -> bool {
        let Some(rooms) = self.by_user.get_mut(&user) else { return false };
        let was_in = rooms.remove(&room);
        if rooms.is_empty() {
            self.by_user.remove(&user);
        }
        was_in
    }
}
