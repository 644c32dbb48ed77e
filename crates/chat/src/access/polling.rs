//! The polls of [`Access`]: one keeps its cache fresh, the other one only announces.

use std::sync::Arc;

use store::{RoomChanges, RoomId, StoreError, Timestamp};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use web::{Polled, poll};

use super::Access;

/// The rooms and memberships.
struct PolledRooms(Arc<Access>);

/// The read marks, which other nodes move too. None of them is cached.
struct PolledReads(Arc<Access>);

impl Access {
    /// Keeps the cache fresh until the shutdown.
    pub(crate) async fn poll(self: Arc<Self>, shutdown: CancellationToken) {
        poll(PolledRooms(self), shutdown).await;
    }

    /// Announces the read marks that other nodes move, until the shutdown.
    pub(crate) async fn poll_reads(self: Arc<Self>, shutdown: CancellationToken) {
        poll(PolledReads(self), shutdown).await;
    }
}

impl Access {
    /// Looks up the rooms of memberships that are not known. A membership may be seen shortly before its room: it is left
    /// out then, and comes again.
    async fn retain_with_room(&self, changes: &mut RoomChanges) -> Result<(), StoreError> {
        let rooms = changes.memberships.iter().filter(|membership| membership.is_in).map(|it| it.room);
        let mut unknown: Vec<RoomId> = {
            let known = self.known.lock();
            let is_unknown = |room: &RoomId| *room != RoomId::LOBBY && !known.has_room(*room);
            rooms.filter(is_unknown).collect()
        };
        unknown.retain(|id| !changes.rooms.iter().any(|room| room.id == *id));
        unknown.sort_unstable();
        unknown.dedup();
        if unknown.is_empty() {
            return Ok(());
        }
        let found = self.rooms.by_ids(&unknown).await?;
        changes.memberships.retain(|it| !unknown.contains(&it.room) || found.contains_key(&it.room));
        let mut known = self.known.lock();
        found.into_values().for_each(|room| known.learn_room(Arc::new(room)));
        Ok(())
    }
}

impl Polled for PolledRooms {
    const WHAT: &'static str = "memberships of rooms";
    type Changes = RoomChanges;

    async fn changed_since(&self, since: Timestamp) -> Result<(RoomChanges, Timestamp), StoreError> {
        let mut changes = self.0.rooms.changed_since(since).await?;
        self.0.retain_with_room(&mut changes).await?;
        Ok(with_clock(changes))
    }

    fn absorb(&self, RoomChanges { rooms, memberships, .. }: RoomChanges) {
        self.0.absorb(rooms, memberships, None);
    }

    fn note_poll(&self, began: Instant) {
        self.0.known.lock().note_poll(began);
    }
}

impl Polled for PolledReads {
    const WHAT: &'static str = "read marks";
    /// There are many, and one that is missed does not last.
    const OVERLAP_MILLIS: i64 = 2_000;
    type Changes = RoomChanges;

    async fn changed_since(&self, since: Timestamp) -> Result<(RoomChanges, Timestamp), StoreError> {
        self.0.rooms.read_since(since).await.map(with_clock)
    }

    fn absorb(&self, RoomChanges { memberships, .. }: RoomChanges) {
        self.0.absorb_reads(memberships, None);
    }

    fn note_poll(&self, _: Instant) {}
}

fn with_clock(changes: RoomChanges) -> (RoomChanges, Timestamp) {
    let now = changes.now;
    (changes, now)
}
