//! The broadcasts of all rooms. One that nobody follows is not kept.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use store::RoomId;

use super::super::websocket::{BroadcastId, Wire};
use super::{Broadcast, OnSlow};
use crate::hub::SubscriptionId;

/// How a socket gets entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in super::super) enum Format {
    /// Each entry as a separate event, `chat message`.
    Single,
    /// `chat messages`, for clients that sent `auth: {batch: true}`.
    Batch,
}

/// Every broadcast of this process.
pub(in super::super) struct Broadcasts {
    state: Mutex<State>,
    on_slow: OnSlow,
}

#[derive(Default)]
struct State {
    by_room: HashMap<(RoomId, Format), Arc<Broadcast>>,
    created: u64,
}

impl Broadcasts {
    /// `on_slow` is called with each socket that does not keep up.
    pub(in super::super) fn new(on_slow: impl Fn(SubscriptionId) + Send + Sync + 'static) -> Self {
        Self { state: Mutex::default(), on_slow: Arc::new(on_slow) }
    }

    /// The broadcast of a room, if somebody follows it.
    pub(in super::super) fn find(&self, room: RoomId, format: Format) -> Option<Arc<Broadcast>> {
        self.state.lock().by_room.get(&(room, format)).cloned()
    }

    /// From now on a websocket gets a room's entries. `also` happens at the same place of the room's order.
    pub(in super::super) fn join(
        &self,
        room: RoomId,
        format: Format,
        id: SubscriptionId,
        wire: &Arc<Wire>,
        also: impl FnOnce(),
    ) {
        self.with(room, format, |broadcast| broadcast.join(id, wire, also));
    }

    /// From now on a polling socket gets a room's entries from the library.
    pub(in super::super) fn join_polling(&self, room: RoomId, format: Format, also: impl FnOnce()) {
        self.with(room, format, |broadcast| {
            let mut pending = broadcast.pending.lock();
            pending.polling += 1;
            also();
        });
    }

    /// A websocket gets no more of a room.
    pub(in super::super) fn leave(&self, room: RoomId, format: Format, id: SubscriptionId) {
        self.with(room, format, |broadcast| broadcast.leave(id));
    }

    /// A polling socket gets no more of a room.
    pub(in super::super) fn leave_polling(&self, room: RoomId, format: Format) {
        self.with(room, format, |broadcast| broadcast.pending.lock().polling -= 1);
    }

    /// A polling socket became a websocket. `also` ends the library's part, at the same place of the room's order.
    pub(in super::super) fn upgrade(
        &self,
        room: RoomId,
        format: Format,
        id: SubscriptionId,
        wire: &Arc<Wire>,
        also: impl FnOnce(),
    ) {
        self.with(room, format, |broadcast| {
            broadcast.join(id, wire, also);
            broadcast.pending.lock().polling -= 1;
        });
    }

    fn with(&self, room: RoomId, format: Format, act: impl FnOnce(&Arc<Broadcast>)) {
        let mut state = self.state.lock();
        let State { by_room, created } = &mut *state;
        let broadcast = by_room.entry((room, format)).or_insert_with(|| {
            *created += 1;
            Broadcast::new(BroadcastId(*created), Arc::clone(&self.on_slow))
        });
        act(broadcast);
        if broadcast.is_unused() {
            by_room.remove(&(room, format));
        }
    }
}
