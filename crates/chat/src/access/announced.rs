//! What was announced lately. The poll repeats each change for some seconds, and each is announced once.

use std::collections::HashMap;
use std::time::Duration;

use store::{RoomId, UserId};
use tokio::time::Instant;

use super::Changes;

/// After this time twice what was announced is forgotten. It is longer than the poll repeats a change.
const GENERATION_TIME: Duration = Duration::from_secs(20);
/// Maximum number of changes that are remembered in that time. Beyond it, some are announced again.
const MAX_GENERATION: usize = 100_000;

/// What has versions: a room, a user's membership of it, or the read mark of that.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Room(RoomId),
    Membership(RoomId, UserId),
    Read(RoomId, UserId),
}

/// The last versions that were announced, in two generations.
pub(super) struct Announced {
    current: HashMap<Key, u64>,
    previous: HashMap<Key, u64>,
    since: Instant,
}

impl Default for Announced {
    fn default() -> Self {
        Self { current: HashMap::new(), previous: HashMap::new(), since: Instant::now() }
    }
}

impl Announced {
    /// Removes what was announced before, and remembers the rest.
    pub(super) fn retain_new(&mut self, changes: &mut Changes) {
        if self.since.elapsed() > GENERATION_TIME || self.current.len() > MAX_GENERATION {
            self.previous = std::mem::take(&mut self.current);
            self.since = Instant::now();
        }
        changes.rooms.retain(|room| self.is_new(Key::Room(room.id), room.changes));
        changes.memberships.retain(|it| self.is_new(Key::Membership(it.room, it.user), it.changes));
        changes.reads.retain(|it| self.is_new(Key::Read(it.room, it.user), it.changes));
    }

    fn is_new(&mut self, key: Key, changes: u64) -> bool {
        let announced = self.current.get(&key).or_else(|| self.previous.get(&key));
        let is_new = announced.is_none_or(|announced| *announced < changes);
        if is_new {
            self.current.insert(key, changes);
        }
        is_new
    }
}
