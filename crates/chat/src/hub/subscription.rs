//! A subscription: an open channel of a principal, and the rooms whose entries it gets.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use store::{RoomId, Sender, UserId};
use web::{ClientNetwork, Principal, Requester};

use super::rooms::{Rooms, SubscribedRooms};
use super::sink::{Sink, SubscriptionId};

/// Maximum number of rooms that a subscription watches.
pub(crate) const MAX_WATCHED_ROOMS: usize = 100;

/// A subscription watches as many rooms as it may.
pub(super) struct TooManyWatched;

/// The options with which a client connected.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ClientCapabilities {
    /// It takes entries in batches instead of one by one.
    pub(crate) batch: bool,
    /// It receives where the log ends (`tip` on the wire).
    pub(crate) log_head: bool,
    /// It gets the entries of all rooms of its user, not only of the lobby.
    pub(crate) rooms: bool,
}

impl ClientCapabilities {
    /// Whether the client can tell by itself that it missed something.
    pub(crate) fn detects_gaps(self) -> bool {
        self.batch || self.log_head || self.rooms
    }
}

/// One open channel of a principal, over any transport.
pub(crate) struct Subscription {
    pub(crate) id: SubscriptionId,
    pub(crate) principal: Arc<Principal>,
    /// Where its client is.
    pub(crate) network: ClientNetwork,
    pub(crate) capabilities: ClientCapabilities,
    pub(super) sink: Arc<dyn Sink>,
    profile: Mutex<Profile>,
    said_away: Mutex<Option<bool>>,
    rooms: Mutex<Option<SubscribedRooms>>,
    watched: Mutex<Option<SubscribedRooms>>,
    is_over: AtomicBool,
}

/// The user's names, and how many changes of the user they include.
struct Profile {
    sender: Sender,
    ///  as long as that is not known.
    as_of: Option<u64>,
}

impl Subscription {
    /// A subscription to no room yet.
    pub(crate) fn new(
        Requester { principal, network }: Requester,
        sender: Sender,
        capabilities: ClientCapabilities,
        sink: Arc<dyn Sink>,
    ) -> Self {
        Self {
            id: SubscriptionId::new(),
            principal: Arc::new(principal),
            network,
            capabilities,
            sink,
            profile: Mutex::new(Profile { sender, as_of: None }),
            said_away: Mutex::default(),
            rooms: Mutex::default(),
            watched: Mutex::default(),
            is_over: AtomicBool::new(false),
        }
    }

    pub(crate) fn user(&self) -> UserId {
        self.principal.user_id
    }

    /// The user as the sender of entries, with the current names.
    pub(crate) fn sender(&self) -> Sender {
        self.profile.lock().sender.clone()
    }

    /// Whether its names may be older than a change of the user, by the number of the user's changes.
    pub(crate) fn is_outdated(&self, changes: u64) -> bool {
        self.profile.lock().as_of < Some(changes)
    }

    /// Replaces the user's names by those since a change of the user.
    pub(crate) fn rename(&self, sender: Sender, changes: u64) {
        *self.profile.lock() = Profile { sender, as_of: Some(changes) };
    }

    /// Whether the client is unattended, as it last sent.
    pub(crate) fn said_away(&self) -> Option<bool> {
        *self.said_away.lock()
    }

    /// Notes whether the client is unattended, as it sent.
    pub(crate) fn say_away(&self, away: bool) {
        *self.said_away.lock() = Some(away);
    }

    /// Whether it has ended, from either side.
    pub(crate) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::SeqCst)
    }

    /// The rooms that it subscribes to, in order.
    pub(crate) fn room_ids(&self) -> Vec<RoomId> {
        self.rooms.lock().as_ref().map(|rooms| rooms.ids().to_vec()).unwrap_or_default()
    }

    /// The rooms that it watches, in order.
    pub(crate) fn watched(&self) -> Vec<RoomId> {
        self.watched.lock().as_ref().map(|rooms| rooms.ids().to_vec()).unwrap_or_default()
    }

    /// Begins to watch a room; without effect if it does already.
    ///
    /// # Errors
    /// When it watches [`MAX_WATCHED_ROOMS`].
    pub(super) fn add_watch(&self, room: RoomId, of: &Arc<Rooms>) -> Result<(), TooManyWatched> {
        let mut watched = self.watched.lock();
        let watched = watched.get_or_insert_with(|| SubscribedRooms::new(of, self.id, &self.sink));
        if watched.ids().len() >= MAX_WATCHED_ROOMS && !watched.contains(room) {
            return Err(TooManyWatched);
        }
        watched.add(&[room], &self.sink);
        Ok(())
    }

    /// Returns whether it watched the room.
    pub(super) fn remove_watch(&self, room: RoomId) -> bool {
        self.watched.lock().as_mut().is_some_and(|watched| watched.remove(room))
    }

    /// Whether it subscribes to a room.
    pub(crate) fn is_in(&self, room: RoomId) -> bool {
        self.rooms.lock().as_ref().is_some_and(|rooms| rooms.contains(room))
    }

    pub(super) fn add(&self, rooms: &[RoomId], of: &Arc<Rooms>) {
        let mut subscribed = self.rooms.lock();
        subscribed
            .get_or_insert_with(|| SubscribedRooms::new(of, self.id, &self.sink))
            .add(rooms, &self.sink);
    }

    /// Subscribes to a room no more. False if it did not.
    pub(super) fn remove(&self, room: RoomId) -> bool {
        self.rooms.lock().as_mut().is_some_and(|rooms| rooms.remove(room))
    }

    /// Marks it as ended and releases its rooms, those too that it watches. False when it had ended before.
    pub(super) fn end(&self) -> bool {
        let first = !self.is_over.swap(true, Ordering::SeqCst);
        let rooms = self.rooms.lock().take();
        drop(rooms);
        let watched = self.watched.lock().take();
        let watched = watched.iter().flat_map(SubscribedRooms::ids);
        watched.for_each(|room| self.sink.unwatch(self.id, *room));
        first
    }
}
