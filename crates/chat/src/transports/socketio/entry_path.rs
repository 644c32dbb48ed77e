//! The way of a socket's entries: from the library while it polls, and as broadcasts over its websocket.
//!
//! A session that polls first and is upgraded, as every stock client does, changes from one to the other amid traffic.
//! Nothing is lost, doubled or reordered: it joins the broadcast where it leaves the library's room, and its websocket
//! holds the broadcast back until the library has written all that it had before ([`FENCE`]). A new websocket holds it
//! back too: its answer to CONNECT comes first.

use std::sync::Arc;

use parking_lot::Mutex;
use socketioxide::extract::SocketRef;
use store::RoomId;

use super::broadcast::{Broadcasts, Format};
use super::engine_sessions::EngineSession;
use super::socket_rooms::Audience;
use super::websocket::{FENCE, Wire};
use crate::hub::SubscriptionId;

/// The way of one socket's entries.
pub(super) struct EntryPath {
    broadcasts: Arc<Broadcasts>,
    id: SubscriptionId,
    format: Format,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    rooms: Vec<RoomId>,
    wire: Option<Arc<Wire>>,
    is_fence_due: bool,
}

impl EntryPath {
    pub(super) fn new(broadcasts: Arc<Broadcasts>, id: SubscriptionId, format: Format) -> Self {
        Self { broadcasts, id, format, state: Mutex::default() }
    }

    /// From now on the socket gets a room's entries. The first room is joined before CONNECT is answered, and
    /// [`EntryPath::settle`] comes after that.
    pub(super) fn join(&self, session: &EngineSession, socket: &SocketRef, room: RoomId) {
        let mut state = self.state.lock();
        if state.rooms.is_empty() {
            state.wire = session.wire();
            state.is_fence_due = state.wire.is_some();
            state.wire.iter().for_each(|wire| wire.hold());
        }
        match &state.wire {
            Some(wire) => self.broadcasts.join(room, self.format, self.id, wire),
            None => {
                // A room of its own too, so that a sender can be left out.
                let join = || socket.join([Audience::from(self.format).of(room), socket.id.to_string()]);
                self.broadcasts.join_polling(room, self.format, self.id, session.backlog(), join);
            }
        }
        // Room for exactly one, which is enough for nearly every socket.
        let more = usize::from(state.rooms.is_empty());
        state.rooms.reserve_exact(more);
        state.rooms.push(room);
    }

    /// Changes to the session's websocket, if it has one now. Called once the socket is connected, and when its session is
    /// upgraded. False when the socket's buffer is full.
    pub(super) fn settle(&self, session: &EngineSession, socket: &SocketRef) -> bool {
        let mut state = self.state.lock();
        if state.rooms.is_empty() {
            return true;
        }
        if state.wire.is_none()
            && let Some(wire) = session.wire()
        {
            self.upgrade(&state.rooms, socket, &wire);
            state.wire = Some(wire);
            state.is_fence_due = true;
        }
        !std::mem::take(&mut state.is_fence_due) || socket.emit(FENCE, &()).is_ok()
    }

    fn upgrade(&self, rooms: &[RoomId], socket: &SocketRef, wire: &Arc<Wire>) {
        wire.hold();
        for room in rooms {
            let leave = || socket.leave(Audience::from(self.format).of(*room));
            self.broadcasts.upgrade(*room, self.format, self.id, wire, leave);
        }
    }

    /// The socket gets no entries any more.
    pub(super) fn leave(&self) {
        let State { rooms, wire, is_fence_due } = std::mem::take(&mut *self.state.lock());
        wire.iter().filter(|_| is_fence_due).for_each(Wire::release);
        for room in rooms {
            match &wire {
                Some(_) => self.broadcasts.leave(room, self.format, self.id),
                None => self.broadcasts.leave_polling(room, self.format, self.id),
            }
        }
    }

    /// The websocket that carries the entries.
    pub(super) fn wire(&self) -> Option<Arc<Wire>> {
        self.state.lock().wire.clone()
    }
}

impl Drop for EntryPath {
    fn drop(&mut self) {
        self.leave();
    }
}
