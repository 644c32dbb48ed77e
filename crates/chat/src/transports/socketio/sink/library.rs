//! What the library sends: entries to polling sockets, events to watchers, and events to single sockets.
//!
//! It is counted for each socket before it is sent. Who has too much to take is disconnected by those who call this.
//!
//! The library's own rooms (in the sense of Socket.IO) are few, since each takes memory for each of its sockets: one of each
//! room's watchers, and one of each socket that polled when it connected.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::FutureExt;
use parking_lot::Mutex;
use socketioxide::socket::Sid;
use socketioxide::{SendError, SocketError, SocketIo};
use store::RoomId;

use super::super::backlog::Backlog;
use super::super::broadcast::Publisher;
use super::super::library_event::LibraryEvent;
use super::super::sockets::ConnectedSocket;
use crate::hub::SubscriptionId;

/// The way to the library's rooms.
pub(super) struct Library {
    io: SocketIo,
    watchers: Mutex<HashMap<RoomId, Watchers>>,
}

/// The watchers of a room, never none, each with what the library holds for it.
type Watchers = HashMap<SubscriptionId, Arc<Backlog>>;

impl Library {
    pub(super) fn new(io: SocketIo) -> Self {
        Self { io, watchers: Mutex::default() }
    }

    /// Sends an event to the polling sockets of a broadcast but one. Returns those that do not keep up.
    pub(super) fn send_to_polling(
        &self,
        publisher: &Publisher<'_>,
        event: &LibraryEvent<'_>,
        except: Option<SubscriptionId>,
    ) -> Vec<SubscriptionId> {
        let (recipients, slow) = publisher.count(event, except);
        if !recipients.is_empty() {
            self.send(recipients.iter().map(Sid::to_string).collect(), event);
        }
        slow
    }

    /// Sends an event to one connected socket. False when it does not keep up.
    pub(super) fn send_to(&self, connected: &ConnectedSocket, event: &LibraryEvent<'_>) -> bool {
        let Some(socket) = self.io.get_socket(connected.socket_id) else { return true };
        let keeps_up = event.count_in(connected.backlog());
        let is_full = |error| matches!(error, SendError::Socket(SocketError::InternalChannelFull));
        keeps_up && !socket.emit(event.name(), event).is_err_and(is_full)
    }

    /// Sends an event to the watchers of a room. Returns those that do not keep up.
    pub(super) fn send_to_watchers(&self, room: RoomId, event: &LibraryEvent<'_>) -> Vec<SubscriptionId> {
        // Locked while it is sent: nobody becomes a watcher in between.
        let by_room = self.watchers.lock();
        let Some(watchers) = by_room.get(&room) else { return Vec::new() };
        let slow = watchers.iter().filter(|(_, backlog)| !event.count_in(backlog));
        let slow = slow.map(|(id, _)| *id).collect();
        self.send(vec![watchers_of(room)], event);
        slow
    }

    /// Makes a socket a watcher of a room.
    pub(super) fn add_watcher(&self, room: RoomId, connected: &ConnectedSocket) {
        let Some(socket) = self.io.get_socket(connected.socket_id) else { return };
        let (id, backlog) = (connected.subscription.id, Arc::clone(connected.backlog()));
        let mut by_room = self.watchers.lock();
        socket.join(watchers_of(room));
        by_room.entry(room).or_default().insert(id, backlog);
    }

    /// Ends a watch; `connected` is its socket, unless it is gone.
    pub(super) fn remove_watcher(
        &self,
        room: RoomId,
        id: SubscriptionId,
        connected: Option<&ConnectedSocket>,
    ) {
        let mut by_room = self.watchers.lock();
        if let Some(socket) = connected.and_then(|connected| self.io.get_socket(connected.socket_id)) {
            socket.leave(watchers_of(room));
        }
        if let Some(watchers) = by_room.get_mut(&room) {
            watchers.remove(&id);
            if watchers.is_empty() {
                by_room.remove(&room);
            }
        }
    }

    /// It does not wait: the library's local adapter sends at once. Its error is about sockets that are gone.
    fn send(&self, to: Vec<String>, event: &LibraryEvent<'_>) {
        let _ = self.io.to(to).emit(event.name(), event).now_or_never();
    }
}

/// The library's room of a room's watchers.
fn watchers_of(room: RoomId) -> String {
    format!("{room}:watchers")
}
