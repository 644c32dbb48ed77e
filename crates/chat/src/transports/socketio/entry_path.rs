//! The way of a socket's entries: from the library while it polls, and as broadcasts over its websocket.
//!
//! A session that polls first and is upgraded, as every stock client does, changes from one to the other amid traffic.
//! Nothing is lost, doubled or reordered: it joins the broadcasts where it leaves the library, and its websocket holds the
//! broadcasts back until the library has written all that it had before ([`FENCE`]). A new websocket holds them back too: its
//! answer to CONNECT comes first. So does the event that tells a client of a room which it joins later.

use std::sync::Arc;

use parking_lot::Mutex;
use socketioxide::extract::SocketRef;
use store::RoomId;

use super::broadcast::{Broadcasts, Format, PollingSocket};
use super::engine_sessions::EngineSession;
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
    is_open: bool,
    /// In order.
    rooms: Vec<RoomId>,
    wire: Option<Arc<Wire>>,
    is_fence_due: bool,
}

impl EntryPath {
    pub(super) fn new(broadcasts: Arc<Broadcasts>, id: SubscriptionId, format: Format) -> Self {
        Self { broadcasts, id, format, state: Mutex::default() }
    }

    /// From now on the socket gets the entries of these rooms, which are in order. It happens before CONNECT is answered, and
    /// [`EntryPath::settle`] comes after that.
    pub(super) fn open(&self, session: &EngineSession, socket: &SocketRef, rooms: &[RoomId]) {
        let mut state = self.state.lock();
        state.wire = session.wire();
        state.is_fence_due = state.wire.is_some();
        state.wire.iter().for_each(|wire| wire.hold());
        if state.wire.is_none() {
            // A room of its own: the library finds it there.
            socket.join(socket.id.to_string());
        }
        rooms.iter().for_each(|room| self.join(&state, session, socket, *room, || ()));
        (state.is_open, state.rooms) = (true, rooms.to_vec());
    }

    /// Changes to the session's websocket, if it has one now. Called once the socket is connected, and when its session is
    /// upgraded. False when the socket's buffer is full.
    pub(super) fn settle(&self, session: &EngineSession, socket: &SocketRef) -> bool {
        let mut state = self.state.lock();
        if !state.is_open {
            return true;
        }
        if state.wire.is_none()
            && let Some(wire) = session.wire()
        {
            wire.hold();
            state.wire = Some(wire);
            state.is_fence_due = true;
            state.rooms.iter().for_each(|room| self.join(&state, session, socket, *room, || ()));
        }
        !std::mem::take(&mut state.is_fence_due) || socket.emit(FENCE, &()).is_ok()
    }

    /// From now on a connected socket gets the entries of one more room. `announce` emits an event at that place of the room's
    /// order, and the client gets it before all those entries. It does nothing when the socket has ended. False when the
    /// socket's buffer is full.
    pub(super) fn join_later(
        &self,
        session: &EngineSession,
        socket: &SocketRef,
        room: RoomId,
        announce: &dyn Fn() -> bool,
    ) -> bool {
        let mut state = self.state.lock();
        let Err(place) = state.rooms.binary_search(&room) else { return announce() };
        if !state.is_open {
            return true;
        }
        state.wire.iter().for_each(|wire| wire.hold());
        let mut is_announced = false;
        self.join(&state, session, socket, room, || is_announced = announce());
        state.rooms.insert(place, room);
        is_announced && (state.wire.is_none() || socket.emit(FENCE, &()).is_ok())
    }

    fn join(
        &self,
        state: &State,
        session: &EngineSession,
        socket: &SocketRef,
        room: RoomId,
        at_once: impl FnMut(),
    ) {
        match &state.wire {
            Some(wire) => self.broadcasts.join(room, self.format, self.id, wire, at_once),
            None => {
                let polling = PollingSocket { socket_id: socket.id, backlog: Arc::clone(session.backlog()) };
                self.broadcasts.join_polling(room, self.format, self.id, &polling, at_once);
            }
        }
    }

    /// The socket gets no entries of a room any more.
    pub(super) fn leave(&self, room: RoomId) {
        let mut state = self.state.lock();
        if let Ok(place) = state.rooms.binary_search(&room) {
            state.rooms.remove(place);
            self.leave_broadcast(&state.wire, room);
        }
    }

    /// The socket gets no entries any more.
    pub(super) fn close(&self) {
        let State { rooms, wire, is_fence_due, .. } = std::mem::take(&mut *self.state.lock());
        wire.iter().filter(|_| is_fence_due).for_each(Wire::release);
        rooms.into_iter().for_each(|room| self.leave_broadcast(&wire, room));
    }

    fn leave_broadcast(&self, wire: &Option<Arc<Wire>>, room: RoomId) {
        match wire {
            Some(_) => self.broadcasts.leave(room, self.format, self.id),
            None => self.broadcasts.leave_polling(room, self.format, self.id),
        }
    }

    /// The websocket that carries the entries.
    pub(super) fn wire(&self) -> Option<Arc<Wire>> {
        self.state.lock().wire.clone()
    }
}

impl Drop for EntryPath {
    fn drop(&mut self) {
        self.close();
    }
}
