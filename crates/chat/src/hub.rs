//! The hub: the registry of every subscription of this process, by room and user, and the way to all of them.
//!
//! It knows no transport: what a room's subscriptions get goes to their [`Sink`]s. There are three ends.
//! *Close for good*: the session is over, and the client must not reconnect by itself. *Disconnect*: a slow reader; the
//! client reconnects and catches up. *Drain*: the server stops; each transport does it, after the last answer.

mod rooms;
mod sink;
mod subscription;
#[cfg(test)]
mod tests;
mod watching;

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use store::{RoomId, UserId};

use rooms::Rooms;
pub(crate) use sink::{Cause, Delivery, Sink, SubscriptionId};
pub(crate) use subscription::{ClientCapabilities, Subscription};
pub(crate) use watching::{MAX_WATCHED_ROOMS, NotWatched};

/// Observes subscriptions that come and go. It is called under the hub's lock, so in the order in which they do.
pub(crate) trait Observer: Send + Sync {
    /// A subscription was registered.
    fn joined(&self, subscription: &Subscription);

    /// A registered subscription ended. One that lingers may be back within the leave grace.
    fn left(&self, subscription: &Subscription, lingers: bool);
}

/// Every subscription of this process.
pub(crate) struct Hub {
    observer: Arc<dyn Observer>,
    rooms: Arc<Rooms>,
    /// The rooms with watchers. Who watches a room need not get its entries.
    watched: Arc<Rooms>,
    registry: Mutex<Registry>,
}

#[derive(Default)]
struct Registry {
    by_id: HashMap<SubscriptionId, Arc<Subscription>>,
    by_user: HashMap<UserId, Vec<SubscriptionId>>,
}

impl Hub {
    pub(crate) fn new(observer: Arc<dyn Observer>) -> Arc<Self> {
        Arc::new(Self {
            observer,
            rooms: Arc::default(),
            watched: Arc::default(),
            registry: Mutex::default(),
        })
    }

    /// Subscribes to a room's entries from now on. The subscription need not be registered yet: a client that is being let
    /// in must miss nothing.
    pub(crate) fn subscribe(&self, subscription: &Subscription, room: RoomId) {
        subscription.add(self.rooms.subscribe(room, &subscription.sink));
        if subscription.is_over() {
            subscription.end();
        }
    }

    /// Registers a subscription, unless it has ended already.
    pub(crate) fn register(&self, subscription: &Arc<Subscription>) {
        let mut registry = self.registry.lock();
        if subscription.is_over() {
            return;
        }
        registry.by_user.entry(subscription.user()).or_default().push(subscription.id);
        registry.by_id.insert(subscription.id, Arc::clone(subscription));
        self.observer.joined(subscription);
    }

    /// Ends a subscription whose client left and may be back within the leave grace.
    pub(crate) fn leave(&self, subscription: &Subscription) {
        subscription.end();
        self.remove(subscription, true);
    }

    /// Ends a subscription whose session is over.
    pub(crate) fn close_for_good(&self, subscription: &Subscription) {
        if subscription.end() {
            self.remove(subscription, false);
            subscription.sink.close_for_good(subscription.id);
        }
    }

    /// Ends a subscription whose client may reconnect.
    pub(crate) fn disconnect(&self, id: SubscriptionId, cause: Cause) {
        let found = self.registry.lock().by_id.get(&id).cloned();
        if let Some(subscription) = found
            && subscription.end()
        {
            self.remove(&subscription, true);
            subscription.sink.disconnect(id, cause);
        }
    }

    /// Whether a room has subscriptions here.
    pub(crate) fn is_subscribed(&self, room: RoomId) -> bool {
        self.rooms.is_subscribed(room)
    }

    /// Whether the log of a room with subscriptions is followed already.
    pub(crate) fn is_followed(&self, room: RoomId) -> bool {
        self.rooms.is_followed(room)
    }

    /// Notes that a room's log is followed. The note is valid while the room has subscriptions.
    pub(crate) fn set_followed(&self, room: RoomId) {
        self.rooms.set_followed(room);
    }

    /// A user's subscriptions.
    pub(crate) fn of(&self, user: UserId) -> Vec<Arc<Subscription>> {
        let registry = self.registry.lock();
        let theirs = registry.by_user.get(&user).into_iter().flatten();
        theirs.filter_map(|id| registry.by_id.get(id).cloned()).collect()
    }

    /// Every registered subscription.
    pub(crate) fn all(&self) -> Vec<Arc<Subscription>> {
        self.registry.lock().by_id.values().cloned().collect()
    }

    /// Delivers entries to a room's subscriptions.
    pub(crate) async fn deliver(&self, delivery: Delivery<'_>) {
        for sink in self.rooms.sinks(delivery.room) {
            sink.deliver(delivery).await;
        }
    }

    /// Sends where a room's log ends to the clients with that option.
    pub(crate) async fn send_log_head(&self, room: RoomId, last_seq: u64) {
        for sink in self.rooms.sinks(room) {
            sink.send_log_head(room, last_seq).await;
        }
    }

    /// Delivery of a room goes on from this number, and what is before it was not delivered. Clients that detect gaps by
    /// themselves fetch it; of those, some get where the log ends. The others are disconnected rather than skipped.
    pub(crate) async fn skip_to(&self, room: RoomId, last_seq: u64) {
        let mut unaware = self.all();
        unaware.retain(|it| !it.capabilities.detects_gaps() && it.room_ids().contains(&room));
        unaware.iter().for_each(|subscription| self.disconnect(subscription.id, Cause::Skipped));
        self.send_log_head(room, last_seq).await;
    }

    fn remove(&self, subscription: &Subscription, lingers: bool) {
        let mut registry = self.registry.lock();
        if registry.by_id.remove(&subscription.id).is_none() {
            return;
        }
        if let Some(theirs) = registry.by_user.get_mut(&subscription.user()) {
            theirs.retain(|other| *other != subscription.id);
            if theirs.is_empty() {
                registry.by_user.remove(&subscription.user());
            }
        }
        // Under the lock, so that a join and a leave of one subscription do not change places.
        self.observer.left(subscription, lingers);
    }
}
