//! What is known of rooms and memberships without asking the store. It is bounded by their number, and not by that of users.
//!
//! The poll repeats each change for ten seconds, so what is dropped or overwritten by a late answer in that time comes
//! back.

use std::collections::HashMap;
use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::unsync::Cache;
use store::{MAX_ROOMS_OF_USER, Membership, Room, RoomId, RoomKind, UserId};
use tokio::time::Instant;
use web::Freshness;

use super::standing::Standing;

/// Maximum number of memberships that are known. The users asked about least are dropped first.
const MAX_MEMBERSHIPS: u64 = 1_000_000;
/// Maximum number of memberships of one user, ended ones included. Beyond it all of them are forgotten.
const MAX_MEMBERSHIPS_OF_USER: usize = 2 * MAX_ROOMS_OF_USER;
/// Maximum approximate bytes of the rooms that are known.
const MAX_ROOM_BYTES: u64 = 64 * 1024 * 1024;
/// Approximate bytes of a room in memory without its texts and people.
const ROOM_BYTES: usize = 320;
/// Approximate bytes of the id of a user.
const USER_BYTES: usize = 16;
/// Number of users, and of rooms, for which the caches have room at first.
const EXPECTED_ITEMS: usize = 1_024;

/// The cache. It is trusted while the poll succeeds.
pub(super) struct Known {
    rooms: Cache<RoomId, Arc<Room>, ByBytes>,
    users: Cache<UserId, Memberships, ByCount>,
    freshness: Freshness,
}

/// The memberships of a user.
#[derive(Default)]
struct Memberships {
    by_room: HashMap<RoomId, Version>,
    /// Whether no membership is missing.
    is_complete: bool,
}

/// One version of a membership.
#[derive(Clone, Copy)]
struct Version {
    is_in: bool,
    changes: u64,
}

#[derive(Clone)]
struct ByBytes;

#[derive(Clone)]
struct ByCount;

impl Weighter<RoomId, Arc<Room>> for ByBytes {
    fn weight(&self, _: &RoomId, room: &Arc<Room>) -> u64 {
        let name = room.name.as_ref().map_or(0, |name| name.as_str().len() + name.folded().len());
        let people = (room.owners.len() + room.people.len()) * USER_BYTES;
        (ROOM_BYTES + name + room.topic.as_str().len() + people) as u64
    }
}

impl Weighter<UserId, Memberships> for ByCount {
    fn weight(&self, _: &UserId, memberships: &Memberships) -> u64 {
        1 + memberships.by_room.len() as u64
    }
}

impl Default for Known {
    fn default() -> Self {
        Self {
            rooms: Cache::with_weighter(EXPECTED_ITEMS, MAX_ROOM_BYTES, ByBytes),
            users: Cache::with_weighter(EXPECTED_ITEMS, MAX_MEMBERSHIPS, ByCount),
            freshness: Freshness::default(),
        }
    }
}

impl Known {
    /// Where a user stands in a room, if that is known, the cache is trusted, and the user may see the room.
    pub(super) fn standing(&self, user: UserId, room: RoomId) -> Option<Standing> {
        if !self.freshness.is_trusted() {
            return None;
        }
        let memberships = self.users.get(&user)?;
        let is_in = match memberships.by_room.get(&room) {
            Some(version) => version.is_in,
            None if memberships.is_complete => false,
            None => return None,
        };
        let room = self.rooms.get(&room)?;
        // Whatever the user may not see is asked about each time, as what does not exist.
        (is_in || room.kind == RoomKind::Public).then(|| Standing::of(user, room, is_in))
    }

    /// The rooms that a user is in, if all are known and the cache is trusted.
    pub(super) fn room_ids_of(&self, user: UserId) -> Option<Vec<RoomId>> {
        let memberships = self.users.get(&user).filter(|memberships| memberships.is_complete)?;
        let rooms = memberships.by_room.iter().filter(|(_, version)| version.is_in).map(|(room, _)| *room);
        self.freshness.is_trusted().then(|| rooms.collect())
    }

    /// Whether a room is known.
    pub(super) fn has_room(&self, room: RoomId) -> bool {
        self.rooms.contains_key(&room)
    }

    /// Stores a room, unless a later version is known.
    pub(super) fn learn_room(&mut self, room: Arc<Room>) {
        if self.rooms.peek(&room.id).is_none_or(|known| known.changes <= room.changes) {
            self.rooms.insert(room.id, room);
        }
    }

    /// Stores a membership (`None`: there never was one), unless a later version is known.
    pub(super) fn learn_membership(&mut self, room: RoomId, user: UserId, membership: Option<&Membership>) {
        let version = membership.map_or(Version { is_in: false, changes: 0 }, |membership| Version {
            is_in: membership.is_in,
            changes: membership.changes,
        });
        self.change(user, |memberships| {
            let known = memberships.by_room.entry(room).or_insert(version);
            if known.changes <= version.changes {
                *known = version;
            }
        });
    }

    /// Notes that every membership of a user was stored.
    pub(super) fn note_complete(&mut self, user: UserId) {
        self.change(user, |memberships| memberships.is_complete = true);
    }

    /// Notes that a poll which began at this time has seen every change.
    pub(super) fn note_poll(&mut self, began: Instant) {
        self.freshness.note_poll(began);
    }

    fn change(&mut self, user: UserId, change: impl FnOnce(&mut Memberships)) {
        if !self.users.contains_key(&user) {
            self.users.insert(user, Memberships::default());
        }
        let Some(mut memberships) = self.users.get_mut(&user) else { return };
        change(&mut memberships);
        if memberships.by_room.len() > MAX_MEMBERSHIPS_OF_USER {
            *memberships = Memberships::default();
        }
    }
}
