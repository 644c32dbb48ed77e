//! Which rooms have subscriptions here, and the sinks that their entries go to.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use store::RoomId;

use super::sink::Sink;

/// The rooms with subscriptions. A room without any is not kept.
#[derive(Default)]
pub(super) struct Rooms {
    by_id: Mutex<HashMap<RoomId, Room>>,
}

#[derive(Default)]
struct Room {
    sinks: HashMap<SinkKey, Subscribed>,
    is_followed: bool,
}

/// The address of a sink, which tells two sinks apart.
type SinkKey = usize;

/// A sink with the number of its subscriptions.
struct Subscribed {
    sink: Arc<dyn Sink>,
    count: usize,
}

/// A subscription of a room, until dropped.
pub(super) struct RoomSubscription {
    rooms: Arc<Rooms>,
    pub(super) room: RoomId,
    key: SinkKey,
}

impl Rooms {
    pub(super) fn subscribe(self: &Arc<Self>, room: RoomId, sink: &Arc<dyn Sink>) -> RoomSubscription {
        let key = Arc::as_ptr(sink).addr();
        let mut by_id = self.by_id.lock();
        let sinks = &mut by_id.entry(room).or_default().sinks;
        sinks.entry(key).or_insert_with(|| Subscribed { sink: Arc::clone(sink), count: 0 }).count += 1;
        RoomSubscription { rooms: Arc::clone(self), room, key }
    }

    /// The sinks of a room, each once.
    pub(super) fn sinks(&self, room: RoomId) -> Vec<Arc<dyn Sink>> {
        let by_id = self.by_id.lock();
        let sinks = by_id.get(&room).into_iter().flat_map(|room| room.sinks.values());
        sinks.map(|subscribed| Arc::clone(&subscribed.sink)).collect()
    }

    pub(super) fn is_subscribed(&self, room: RoomId) -> bool {
        self.by_id.lock().contains_key(&room)
    }

    /// Whether the room's log has been followed since a time at which the room had subscriptions already.
    pub(super) fn is_followed(&self, room: RoomId) -> bool {
        self.by_id.lock().get(&room).is_some_and(|room| room.is_followed)
    }

    pub(super) fn set_followed(&self, room: RoomId) {
        if let Some(room) = self.by_id.lock().get_mut(&room) {
            room.is_followed = true;
        }
    }
}

impl Drop for RoomSubscription {
    fn drop(&mut self) {
        let mut by_id = self.rooms.by_id.lock();
        let Some(Room { sinks, .. }) = by_id.get_mut(&self.room) else { return };
        if let Some(subscribed) = sinks.get_mut(&self.key) {
            subscribed.count -= 1;
            if subscribed.count == 0 {
                sinks.remove(&self.key);
            }
        }
        if sinks.is_empty() {
            by_id.remove(&self.room);
        }
    }
}
