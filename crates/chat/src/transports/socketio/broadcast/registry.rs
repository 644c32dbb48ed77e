//! The broadcasts of all rooms. One that nobody follows is not kept.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use parking_lot::Mutex;
use store::RoomId;

use super::super::websocket::{BroadcastId, Wire};
use super::{Broadcast, PollingSocket, Shared};
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
    shared: Arc<Shared>,
}

#[derive(Default)]
struct State {
    by_room: HashMap<(RoomId, Format), Arc<Broadcast>>,
    created: u64,
}

impl Broadcasts {
    /// `on_slow` is called with each socket that does not keep up.
    pub(in super::super) fn new(on_slow: impl Fn(SubscriptionId) + Send + Sync + 'static) -> Self {
        let shared = Shared { on_slow: Box::new(on_slow), distributing: AtomicUsize::new(0) };
        Self { state: Mutex::default(), shared: Arc::new(shared) }
    }

    /// The broadcast of a room, if somebody follows it.
    pub(in super::super) fn find(&self, room: RoomId, format: Format) -> Option<Arc<Broadcast>> {
        self.state.lock().by_room.get(&(room, format)).cloned()
    }

    /// From now on a websocket gets a room's entries, also one that polled. `at_once` happens at that place of the room's
    /// order.
    pub(in super::super) fn join(
        &self,
        room: RoomId,
        format: Format,
        id: SubscriptionId,
        wire: &Arc<Wire>,
        mut at_once: impl FnMut(),
    ) {
        self.enter(room, format, |broadcast| broadcast.join(id, wire, &mut at_once));
    }

    /// As [`Broadcasts::join`], for a polling socket, which gets them from the library.
    pub(in super::super) fn join_polling(
        &self,
        room: RoomId,
        format: Format,
        id: SubscriptionId,
        socket: &PollingSocket,
        mut at_once: impl FnMut(),
    ) {
        self.enter(room, format, |broadcast| broadcast.join_polling(id, socket, &mut at_once));
    }

    /// The sockets of a room, whatever their format.
    pub(in super::super) fn followers(&self, room: RoomId) -> Vec<SubscriptionId> {
        let broadcasts =
            [Format::Single, Format::Batch].into_iter().filter_map(|format| self.find(room, format));
        broadcasts.flat_map(|broadcast| broadcast.followers()).collect()
    }

    /// A websocket gets no more of a room.
    pub(in super::super) fn leave(&self, room: RoomId, format: Format, id: SubscriptionId) {
        self.exit(room, format, |broadcast| broadcast.leave(id));
    }

    /// A polling socket gets no more of a room.
    pub(in super::super) fn leave_polling(&self, room: RoomId, format: Format, id: SubscriptionId) {
        self.exit(room, format, |broadcast| broadcast.leave_polling(id));
    }

    /// Enters a broadcast, which is created if there is none. One that was removed in the meantime lets nobody in.
    fn enter(&self, room: RoomId, format: Format, mut enter: impl FnMut(&Broadcast) -> bool) {
        while !enter(&self.find_or_create(room, format)) {}
    }

    fn find_or_create(&self, room: RoomId, format: Format) -> Arc<Broadcast> {
        let State { by_room, created } = &mut *self.state.lock();
        let broadcast = by_room.entry((room, format)).or_insert_with(|| {
            *created += 1;
            Broadcast::new(BroadcastId(*created), Arc::clone(&self.shared))
        });
        Arc::clone(broadcast)
    }

    /// Leaves a broadcast, and removes it after the last one.
    fn exit(&self, room: RoomId, format: Format, exit: impl FnOnce(&Broadcast)) {
        let Some(broadcast) = self.find(room, format) else { return };
        exit(&broadcast);
        // The registry is locked only for the last one: the broadcast may be busy.
        if broadcast.is_unused() {
            let mut state = self.state.lock();
            if broadcast.remove_unused() {
                state.by_room.remove(&(room, format));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use socketioxide::socket::Sid;

    use super::*;

    #[test]
    fn a_broadcast_is_removed_once_however_many_leave_it_at_the_same_time() {
        let (broadcasts, room) = (Broadcasts::new(|_| ()), RoomId::LOBBY);
        let id = SubscriptionId::new();
        let socket = PollingSocket { socket_id: Sid::new(), backlog: Arc::default() };
        broadcasts.join_polling(room, Format::Single, id, &socket, || ());
        let first = broadcasts.find(room, Format::Single).unwrap();
        broadcasts.leave_polling(room, Format::Single, id);
        assert!(broadcasts.find(room, Format::Single).is_none(), "a room without followers has none");
        broadcasts.join_polling(room, Format::Single, id, &socket, || ());
        // Another one that left the first one comes to remove it only now.
        assert!(!first.remove_unused());
        assert!(!first.join_polling(id, &socket, &mut || ()), "it lets nobody in");
        let second = broadcasts.find(room, Format::Single).unwrap();
        assert!(!Arc::ptr_eq(&first, &second) && !second.is_unused());
    }
}
