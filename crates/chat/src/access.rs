//! Who may do what in which room: the one place that decides it, from a cache that a poll keeps fresh, or from the store.
//!
//! A room that somebody may not see and one that does not exist are found in the same way: nothing of either is cached for
//! that user, so each costs one question to the store, and both get one answer. It knows no operation and no transport.

mod announced;
mod fields;
mod known;
mod polling;
mod rules;
mod standing;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use store::{Membership, Room, RoomId, Rooms, StoreError, UserId};
use tokio::sync::broadcast;

use announced::Announced;
pub(crate) use fields::{required_room_field, room_field, room_of_path, unknown_room};
use known::Known;
pub(crate) use rules::Rule;
pub(crate) use standing::Standing;

use crate::hub::SubscriptionId;

/// Batches of changes that a listener may be behind before it misses some.
const MAX_WAITING_CHANGES: usize = 1_024;

/// What is different from now on, as it is now.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) rooms: Vec<Arc<Room>>,
    /// Those that began, ended, or got other settings.
    pub(crate) memberships: Vec<Membership>,
    /// Those whose read mark moved, and nothing else.
    pub(crate) reads: Vec<Membership>,
    /// The subscription that did it, if one of this process did.
    pub(crate) by: Option<SubscriptionId>,
}

/// The access to all rooms. [`Access::poll`] must keep its cache fresh.
pub(crate) struct Access {
    rooms: Arc<dyn Rooms>,
    lobby: Arc<Room>,
    known: Mutex<Known>,
    announced: Mutex<Announced>,
    changes: broadcast::Sender<Arc<Changes>>,
}

impl Access {
    /// With an empty cache. Until the poll runs, every question goes to the store.
    pub(crate) fn new(rooms: Arc<dyn Rooms>) -> Arc<Self> {
        Arc::new(Self {
            rooms,
            lobby: Arc::new(Room::lobby()),
            known: Mutex::default(),
            announced: Mutex::default(),
            changes: broadcast::Sender::new(MAX_WAITING_CHANGES),
        })
    }

    /// Where a user stands in a room, at once. `None`: it must be asked ([`Access::ask`]), as is always the case for a room that
    /// the user may not see.
    pub(crate) fn standing(&self, user: UserId, room: RoomId) -> Option<Standing> {
        if room == RoomId::LOBBY {
            return Some(Standing::Member(Arc::clone(&self.lobby)));
        }
        self.known.lock().standing(user, room)
    }

    /// Where a user stands in a room, from the store unless it is known.
    ///
    /// # Errors
    /// That of the store.
    pub(crate) async fn ask(&self, user: UserId, room: RoomId) -> Result<Standing, StoreError> {
        match self.standing(user, room) {
            Some(standing) => Ok(standing),
            None => {
                Ok(self.ask_all(&[(room, user)]).await?.remove(&(room, user)).unwrap_or(Standing::Unseen))
            }
        }
    }

    /// Where users stand in rooms other than the lobby, from the store, by one question. Where a pair is missing, the
    /// user may not see the room.
    ///
    /// # Errors
    /// That of the store.
    pub(crate) async fn ask_all(
        &self,
        pairs: &[(RoomId, UserId)],
    ) -> Result<HashMap<(RoomId, UserId), Standing>, StoreError> {
        let found = self.rooms.memberships(pairs).await?;
        let mut known = self.known.lock();
        let standings = found.into_iter().map(|((id, user), (room, membership))| {
            let is_in = membership.as_ref().is_some_and(|membership| membership.is_in);
            let room = Arc::new(room);
            let standing = Standing::of(user, &room, is_in);
            if membership.is_some() || standing.room().is_some() {
                known.learn_room(room);
                known.learn_membership(id, user, membership.as_ref());
            }
            ((id, user), standing)
        });
        Ok(standings.collect())
    }

    /// The rooms that a user is in, as the store has them now, the lobby first.
    ///
    /// # Errors
    /// That of the store.
    pub(crate) async fn rooms_of(&self, user: UserId) -> Result<Vec<(Arc<Room>, Membership)>, StoreError> {
        let found = self.rooms.of_user(user).await?;
        let mut known = self.known.lock();
        let rooms: Vec<_> =
            found.into_iter().map(|(room, membership)| (Arc::new(room), membership)).collect();
        for (room, membership) in &rooms {
            known.learn_room(Arc::clone(room));
            known.learn_membership(room.id, user, Some(membership));
        }
        known.note_complete(user);
        Ok(rooms)
    }

    /// The rooms that a user is in, the lobby included, from the cache if it knows them all.
    ///
    /// # Errors
    /// That of the store.
    pub(crate) async fn room_ids_of(&self, user: UserId) -> Result<Vec<RoomId>, StoreError> {
        match self.known_room_ids_of(user) {
            Some(ids) => Ok(ids),
            None => Ok(self.rooms_of(user).await?.into_iter().map(|(room, _)| room.id).collect()),
        }
    }

    /// The rooms that a user is in, the lobby included, at once. `None`: they must be asked ([`Access::room_ids_of`]).
    pub(crate) fn known_room_ids_of(&self, user: UserId) -> Option<Vec<RoomId>> {
        let mut ids = self.known.lock().room_ids_of(user)?;
        ids.extend((!ids.contains(&RoomId::LOBBY)).then_some(RoomId::LOBBY));
        Some(ids)
    }

    /// What changes from now on, each version once. The cache has it before. A listener that lags has missed changes for
    /// good, and must compare what it has with [`Access::room_ids_of`].
    pub(crate) fn changes(&self) -> broadcast::Receiver<Arc<Changes>> {
        self.changes.subscribe()
    }

    /// Takes in rooms and memberships that changed, and announces those that were not announced. `by` is the subscription
    /// that changed them. A moved read mark is no change here.
    pub(crate) fn absorb(&self, rooms: Vec<Room>, memberships: Vec<Membership>, by: Option<SubscriptionId>) {
        let rooms: Vec<_> = rooms.into_iter().map(Arc::new).collect();
        {
            let mut known = self.known.lock();
            rooms.iter().for_each(|room| known.learn_room(Arc::clone(room)));
            for membership in &memberships {
                known.learn_membership(membership.room, membership.user, Some(membership));
            }
        }
        self.announce(Changes { rooms, memberships, reads: Vec::new(), by });
    }

    /// Announces moved read marks that were not announced.
    pub(crate) fn absorb_reads(&self, reads: Vec<Membership>, by: Option<SubscriptionId>) {
        self.announce(Changes { reads, by, ..Changes::default() });
    }

    fn announce(&self, mut changes: Changes) {
        self.announced.lock().retain_new(&mut changes);
        if !(changes.rooms.is_empty() && changes.memberships.is_empty() && changes.reads.is_empty()) {
            // Nobody may be listening.
            let _ = self.changes.send(Arc::new(changes));
        }
    }
}
