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
mod unverified;
mod watching;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use parking_lot::Mutex;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use store::{RoomId, UserId};

use rooms::Rooms;
pub(crate) use sink::{Cause, DISMISSAL_TIMEOUT, Delivery, Sink, SubscriptionId};
pub(crate) use subscription::{ClientCapabilities, MAX_WATCHED_ROOMS, Subscription};
use unverified::Unverified;
pub(crate) use watching::NotWatched;

/// Observes subscriptions that come and go. It is called under the hub's lock, so in the order in which they do.
pub(crate) trait Observer: Send + Sync {
    /// A subscription was registered.
    fn joined(&self, subscription: &Subscription);

    /// A registered subscription ended. One that lingers may be back within the leave grace.
    fn left(&self, subscription: &Subscription, lingers: bool);

    /// A subscription, registered or not yet, watches a room.
    fn watches(&self, subscription: &Subscription, room: RoomId);

    /// A subscription that has not ended watches a room no more.
    fn unwatches(&self, subscription: &Subscription, room: RoomId);
}

/// Every subscription of this process.
pub(crate) struct Hub {
    observer: Arc<dyn Observer>,
    rooms: Arc<Rooms>,
    /// The rooms with watchers. Who watches a room need not get its entries.
    watched: Arc<Rooms>,
    registry: Mutex<Registry>,
    pub(crate) unverified: Unverified,
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
            rooms: Rooms::noting_abandoned(),
            watched: Arc::default(),
            registry: Mutex::default(),
            unverified: Unverified::default(),
        })
    }

    /// Subscribes to the entries of rooms from now on. The subscription need not be registered yet: a client that is being
    /// let in must miss nothing. One that is registered gets them once it is [admitted](Hub::admit).
    pub(crate) fn subscribe(&self, subscription: &Subscription, rooms: &[RoomId]) {
        subscription.add(rooms, &self.rooms);
        if subscription.is_over() {
            subscription.end();
        }
    }

    /// Begins delivery of a followed room to a registered subscription, unless it has unsubscribed in the meantime. The
    /// client gets an event before the room's first entry. `data` makes it from the number of an entry behind which the client gets
    /// all, and perhaps some that are not behind it.
    pub(crate) fn admit<T: Serialize>(
        &self,
        subscription: &Subscription,
        room: RoomId,
        event: &str,
        data: impl Fn(u64) -> T,
    ) {
        let data = || encoded(&data(self.delivered(room).unwrap_or_default()));
        if subscription.is_in(room) {
            subscription.sink.admit(subscription.id, room, event, &data);
        }
    }

    /// Ends a subscription to one room. Nothing of the room is delivered to it any more, and what its transport still holds
    /// for it is delivered within [`DISMISSAL_TIMEOUT`], or never. False if it had none.
    pub(crate) fn unsubscribe(&self, subscription: &Subscription, room: RoomId) -> bool {
        let had_one = subscription.remove(room);
        if had_one {
            subscription.sink.dismiss(subscription.id, room);
        }
        had_one
    }

    /// Sends an event to one registered subscription.
    pub(crate) fn send(&self, subscription: &Subscription, event: &str, data: &impl Serialize) {
        subscription.sink.send(subscription.id, event, &encoded(data));
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

    /// How far a room was delivered here, if it has subscriptions and its log is followed.
    pub(crate) fn delivered(&self, room: RoomId) -> Option<u64> {
        self.rooms.delivered(room)
    }

    /// Those of some rooms whose logs are not followed yet.
    pub(crate) fn not_followed(&self, rooms: &[RoomId]) -> Vec<RoomId> {
        self.rooms.not_followed(rooms)
    }

    /// Notes that a room's log is followed from behind an entry, as long as the room has subscriptions. False if it has none.
    pub(crate) fn set_followed(&self, room: RoomId, end: u64) -> bool {
        self.rooms.set_followed(room, end)
    }

    /// The rooms without subscriptions that had some when this was last called, or later.
    pub(crate) fn take_abandoned(&self) -> HashSet<RoomId> {
        self.rooms.take_abandoned()
    }

    /// A user's subscriptions.
    pub(crate) fn of(&self, user: UserId) -> Vec<Arc<Subscription>> {
        let registry = self.registry.lock();
        let theirs = registry.by_user.get(&user).into_iter().flatten();
        theirs.filter_map(|id| registry.by_id.get(id).cloned()).collect()
    }

    /// The registered subscriptions of a room.
    pub(crate) fn subscribed_to(&self, room: RoomId) -> Vec<Arc<Subscription>> {
        let ids = self.rooms.subscriptions(room);
        let registry = self.registry.lock();
        ids.iter().filter_map(|id| registry.by_id.get(id).cloned()).collect()
    }

    /// Every registered subscription.
    pub(crate) fn all(&self) -> Vec<Arc<Subscription>> {
        self.registry.lock().by_id.values().cloned().collect()
    }

    /// Delivers entries to a room's subscriptions.
    pub(crate) async fn deliver(&self, delivery: Delivery<'_>) {
        let last = delivery.entries.last().map(|entry| entry.seq);
        for sink in self.rooms.sinks_for(delivery.room, last) {
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
        let mut unaware = self.subscribed_to(room);
        unaware.retain(|subscription| !subscription.capabilities.detects_gaps());
        self.set_followed(room, last_seq);
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

fn encoded(data: &impl Serialize) -> Box<RawValue> {
    to_raw_value(data).expect("an event has only names, numbers and lists")
}
