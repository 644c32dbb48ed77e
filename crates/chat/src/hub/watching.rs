//! The watchers of rooms: subscriptions that get `presence` and `typing` of a room.

use serde::Serialize;
use store::RoomId;

use super::{Hub, Subscription, encoded};

/// Why a subscription does not watch a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotWatched {
    /// It has ended.
    Ended,
    /// It watches as many rooms as it may.
    TooMany,
}

impl Hub {
    /// Makes a subscription a watcher of a room.
    ///
    /// # Errors
    /// [`NotWatched`].
    pub(crate) fn watch(&self, subscription: &Subscription, room: RoomId) -> Result<(), NotWatched> {
        subscription.add_watch(room, &self.watched).map_err(|_| NotWatched::TooMany)?;
        subscription.sink.watch(subscription.id, room);
        // One that ended in between has left its rooms already.
        if subscription.is_over() {
            subscription.remove_watch(room);
            subscription.sink.unwatch(subscription.id, room);
            return Err(NotWatched::Ended);
        }
        self.observer.watches(subscription, room);
        Ok(())
    }

    /// Ends a subscription's watch of a room, if there is one.
    pub(crate) fn unwatch(&self, subscription: &Subscription, room: RoomId) {
        if subscription.remove_watch(room) {
            subscription.sink.unwatch(subscription.id, room);
            self.observer.unwatches(subscription, room);
        }
    }

    /// Sends an event to a room's watchers. False when a client's buffer was full: the event may be sent again.
    pub(crate) async fn notify_watchers(&self, room: RoomId, event: &str, data: &impl Serialize) -> bool {
        let data = encoded(data);
        let mut reached_all = true;
        for sink in self.watched.sinks(room) {
            reached_all &= sink.notify_watchers(room, event, &data).await;
        }
        reached_all
    }
}
