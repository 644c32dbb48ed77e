//! A subscription: an open channel of a principal, and the rooms whose entries it gets.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use store::{RoomId, Sender, UserId};
use web::{ClientNetwork, Principal, Requester};

use super::rooms::RoomSubscription;
use super::sink::{Sink, SubscriptionId};
use super::watching::{MAX_WATCHED_ROOMS, TooManyWatched};

/// The options with which a client connected.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ClientCapabilities {
    /// It takes entries in batches instead of one by one.
    pub(crate) batch: bool,
    /// It receives where the log ends (`tip` on the wire).
    pub(crate) log_head: bool,
}

impl ClientCapabilities {
    /// Whether the client can tell by itself that it missed something.
    pub(crate) fn detects_gaps(self) -> bool {
        self.batch || self.log_head
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
    rooms: Mutex<Vec<RoomSubscription>>,
    watched: Mutex<Vec<RoomSubscription>>,
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

    /// The rooms that it subscribes to.
    pub(crate) fn room_ids(&self) -> Vec<RoomId> {
        self.rooms.lock().iter().map(|subscription| subscription.room).collect()
    }

    /// The rooms that it watches.
    #[cfg(test)]
    pub(crate) fn watched(&self) -> Vec<RoomId> {
        self.watched.lock().iter().map(|watch| watch.room).collect()
    }

    /// Begins to watch a room; without effect if it does already.
    ///
    /// # Errors
    /// When it watches [`MAX_WATCHED_ROOMS`].
    pub(super) fn add_watch(&self, watch: RoomSubscription) -> Result<(), TooManyWatched> {
        let mut watched = self.watched.lock();
        if watched.iter().any(|other| other.room == watch.room) {
            return Ok(());
        }
        if watched.len() >= MAX_WATCHED_ROOMS {
            return Err(TooManyWatched);
        }
        watched.push(watch);
        Ok(())
    }

    /// Returns whether it watched the room.
    pub(super) fn remove_watch(&self, room: RoomId) -> bool {
        let mut watched = self.watched.lock();
        let before = watched.len();
        watched.retain(|watch| watch.room != room);
        watched.len() < before
    }

    pub(super) fn add(&self, room: RoomSubscription) {
        let mut rooms = self.rooms.lock();
        // Room for exactly one, which is enough for nearly every socket.
        let more = usize::from(rooms.is_empty());
        rooms.reserve_exact(more);
        rooms.push(room);
    }

    /// Marks it as ended and releases its rooms, those too that it watches. False when it had ended before.
    pub(super) fn end(&self) -> bool {
        let first = !self.is_over.swap(true, Ordering::SeqCst);
        self.rooms.lock().clear();
        let watched = std::mem::take(&mut *self.watched.lock());
        watched.iter().for_each(|watch| self.sink.unwatch(self.id, watch.room));
        first
    }
}
