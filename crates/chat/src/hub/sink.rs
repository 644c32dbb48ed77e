//! Where the entries of subscriptions go. A sink knows its transport, the hub does not.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::value::RawValue;
use store::{Entry, RoomId};

/// Maximum time in which a client gets what was on its way to it of a room that it may not read any more. What the operating
/// system has of its connection is not counted.
pub(crate) const DISMISSAL_TIMEOUT: Duration = Duration::from_millis(500);

/// Names a subscription in this process. Never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SubscriptionId(u64);

impl SubscriptionId {
    /// A new id.
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

impl fmt::Display for SubscriptionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Entries of one room, in the order of its log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Delivery<'a> {
    pub(crate) room: RoomId,
    pub(crate) entries: &'a [Entry],
    /// For each entry the subscription that sent it, if it is one of this process. It does not get that entry.
    pub(crate) senders: &'a [Option<SubscriptionId>],
}

/// Why a subscription is ended whose client may reconnect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// It does not keep up with what it gets.
    Slow,
    /// Delivery went on without some entries, and it would not detect that.
    Skipped,
    /// What it sends is refused, and it does not know, or goes on.
    Refused,
}

/// The way to the clients of subscriptions. It may serve one subscription, or all of a transport, so that an entry is
/// encoded once for all of them.
///
/// Of a subscription that is not registered yet, the transport itself begins delivery in its sink, before it calls
/// [`super::Hub::subscribe`].
#[async_trait]
pub(crate) trait Sink: Send + Sync {
    /// Sends entries to the room's subscriptions of this sink. A client that cannot take them is disconnected, never skipped.
    async fn deliver(&self, delivery: Delivery<'_>);

    /// Begins delivery of a room to a registered subscription, unless it has ended. Its client gets an event first, whose data
    /// is made once, at the place in the room's order from which on entries are delivered.
    fn admit(&self, id: SubscriptionId, room: RoomId, event: &str, data: &dyn Fn() -> Box<RawValue>);

    /// Ends delivery of a room to a subscription. What is on its way to the client of this room and is not there within
    /// [`DISMISSAL_TIMEOUT`] never arrives: the client is disconnected rather.
    fn dismiss(&self, id: SubscriptionId, room: RoomId);

    /// Sends an event to one subscription.
    fn send(&self, id: SubscriptionId, event: &str, data: &RawValue);

    /// Sends where a room's log ends to the clients with that option.
    async fn send_log_head(&self, room: RoomId, last_seq: u64);

    /// Sends an event to the room's watchers. False when a client could not take it.
    async fn notify_watchers(&self, room: RoomId, event: &str, data: &RawValue) -> bool;

    /// Makes a subscription a watcher of a room.
    fn watch(&self, id: SubscriptionId, room: RoomId);

    /// Ends a watch.
    fn unwatch(&self, id: SubscriptionId, room: RoomId);

    /// Ends a subscription whose session is over: its client must not reconnect by itself. Nothing is delivered any more.
    fn close_for_good(&self, id: SubscriptionId);

    /// Ends a subscription whose client may reconnect and catch up. Nothing is delivered any more.
    fn disconnect(&self, id: SubscriptionId, cause: Cause);
}
