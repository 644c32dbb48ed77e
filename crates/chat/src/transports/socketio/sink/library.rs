//! What the library sends: entries to polling sockets, and events to watchers.
//!
//! It is counted for each socket before it is sent. Who has too much to take is disconnected by those who call this.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::FutureExt;
use parking_lot::Mutex;
use socketioxide::SocketIo;
use store::RoomId;

use super::super::backlog::Backlog;
use super::super::broadcast::Publisher;
use super::super::library_event::LibraryEvent;
use super::super::socket_rooms::Audience;
use super::super::sockets::ConnectedSocket;
use super::entries::SentBy;
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
        to: &str,
        publisher: &Publisher<'_>,
        event: &LibraryEvent<'_>,
        except: Option<SentBy>,
    ) -> Vec<SubscriptionId> {
        let slow = publisher.count(event, except.map(|sent_by| sent_by.id));
        self.send(to, event, except);
        slow
    }

    /// Sends an event to the watchers of a room. Returns those that do not keep up.
    pub(super) fn send_to_watchers(&self, room: RoomId, event: &LibraryEvent<'_>) -> Vec<SubscriptionId> {
        // Locked while it is sent: nobody becomes a watcher in between.
        let by_room = self.watchers.lock();
        let Some(watchers) = by_room.get(&room) else { return Vec::new() };
        let slow = watchers.iter().filter(|(_, backlog)| !event.count_in(backlog));
        let slow = slow.map(|(id, _)| *id).collect();
        self.send(&Audience::Watchers.of(room), event, None);
        slow
    }

    /// Makes a socket a watcher of a room.
    pub(super) fn add_watcher(&self, room: RoomId, connected: &ConnectedSocket) {
        let Some(socket) = self.io.get_socket(connected.socket_id) else { return };
        let (id, backlog) = (connected.subscription.id, Arc::clone(connected.backlog()));
        let mut by_room = self.watchers.lock();
        socket.join(Audience::Watchers.of(room));
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
            socket.leave(Audience::Watchers.of(room));
        }
        if let Some(watchers) = by_room.get_mut(&room) {
            watchers.remove(&id);
            if watchers.is_empty() {
                by_room.remove(&room);
            }
        }
    }

    /// It does not wait: the library's local adapter sends at once. Its error is about sockets that are gone.
    fn send(&self, to: &str, event: &LibraryEvent<'_>, except: Option<SentBy>) {
        let to = self.io.to(to.to_owned());
        let to = except.iter().fold(to, |to, sent_by| to.except(sent_by.socket_id));
        let _ = to.emit(event.name(), event).now_or_never();
    }
}
