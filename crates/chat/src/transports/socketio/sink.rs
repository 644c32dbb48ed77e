//! The sink of every socket. An entry is encoded once for all websockets; polling sockets get it from the library, as
//! every socket gets all other events.
//!
//! A socket that does not keep up is disconnected: one that has more bytes to take than it may have, over either
//! transport. No entry is skipped for it.

mod entries;
mod library;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::value::RawValue;
use socketioxide::SocketIo;
use store::RoomId;

use super::broadcast::{Broadcasts, Format};
use super::library_event::LibraryEvent;
use super::sockets::{ConnectedSocket, SocketRegistry};
use super::websocket::MAX_BEHIND_BYTES;
use crate::hub::{Cause, DISMISSAL_TIMEOUT, Delivery, Hub, Sink, SubscriptionId};
use crate::wire::Tip;
use library::Library;

/// Time between the disconnect packet and the end of the connection.
const CLOSE_GRACE: Duration = Duration::from_millis(100);

/// The way to every socket of this process. Clones share everything.
#[derive(Clone)]
pub(super) struct SocketSink {
    io: SocketIo,
    hub: Arc<Hub>,
    sockets: Arc<SocketRegistry>,
    broadcasts: Arc<Broadcasts>,
    library: Arc<Library>,
}

#[async_trait]
impl Sink for SocketSink {
    async fn deliver(&self, delivery: Delivery<'_>) {
        for format in [Format::Single, Format::Batch] {
            self.deliver_as(format, delivery).await;
        }
    }

    fn admit(&self, id: SubscriptionId, room: RoomId, event: &str, data: &dyn Fn() -> Box<RawValue>) {
        let Some(connected) = self.sockets.get(id) else { return };
        let Some(socket) = self.io.get_socket(connected.socket_id) else { return };
        let announce = || self.library.send_to(&connected, &LibraryEvent::new(event).with(&data()));
        if !connected.entries.join_later(&connected.engine_session, &socket, room, &announce) {
            self.hub.disconnect(id, Cause::Slow);
        }
    }

    /// Frames that are not begun are left out. What the library holds may be of this room.
    fn dismiss(&self, id: SubscriptionId, room: RoomId) {
        let Some(connected) = self.sockets.get(id) else { return };
        connected.entries.leave(room);
        let backlog = Arc::clone(connected.backlog());
        let mark = backlog.mark();
        if !backlog.has_passed(mark) {
            let hub = Arc::clone(&self.hub);
            tokio::spawn(async move {
                tokio::time::sleep(DISMISSAL_TIMEOUT).await;
                if !backlog.has_passed(mark) {
                    hub.disconnect(id, Cause::Slow);
                }
            });
        }
    }

    fn send(&self, id: SubscriptionId, event: &str, data: &RawValue) {
        let connected = self.sockets.get(id);
        connected.iter().for_each(|connected| self.send_to(connected, &LibraryEvent::new(event).with(data)));
    }

    async fn send_log_head(&self, room: RoomId, last_seq: u64) {
        let event = LibraryEvent::new("tip").with(&Tip { room, last_seq });
        let followers = self.broadcasts.followers(room).into_iter().filter_map(|id| self.sockets.get(id));
        let interested = followers.filter(|connected| connected.subscription.capabilities.log_head);
        interested.for_each(|connected| self.send_to(&connected, &event));
    }

    async fn notify_watchers(&self, room: RoomId, event: &str, data: &RawValue) -> bool {
        let slow = self.library.send_to_watchers(room, &LibraryEvent::new(event).with(data));
        self.disconnect_slow(&slow);
        slow.is_empty()
    }

    fn watch(&self, id: SubscriptionId, room: RoomId) {
        if let Some(connected) = self.sockets.get(id) {
            self.library.add_watcher(room, &connected);
        }
    }

    fn unwatch(&self, id: SubscriptionId, room: RoomId) {
        self.library.remove_watcher(room, id, self.sockets.get(id).as_deref());
    }

    /// The client gets a disconnect, after which stock clients do not reconnect. Then its connection is closed.
    fn close_for_good(&self, id: SubscriptionId) {
        let Some(connected) = self.sockets.get(id) else { return };
        connected.engine_session.end();
        connected.entries.close();
        if let Some(socket) = self.io.get_socket(connected.socket_id) {
            socket.leave_all();
            // With a full buffer it fails; closing the connection is enough then.
            let _ = socket.disconnect();
        }
        let engine_session = Arc::clone(&connected.engine_session);
        tokio::spawn(async move {
            tokio::time::sleep(CLOSE_GRACE).await;
            engine_session.shut();
        });
    }

    /// The connection closes without a disconnect packet, so that a stock client reconnects.
    fn disconnect(&self, id: SubscriptionId, cause: Cause) {
        let Some(connected) = self.sockets.get(id) else { return };
        connected.engine_session.end();
        let behind_bytes = connected.entries.wire().map(|wire| wire.behind_bytes());
        connected.entries.close();
        note_cut(&connected, cause, behind_bytes);
        if let Some(socket) = self.io.get_socket(connected.socket_id) {
            socket.leave_all();
        }
        connected.engine_session.shut();
    }
}

/// Notes why a socket is disconnected: entries over its websocket or packets of the library that it does not take,
/// or its own messages.
fn note_cut(connected: &ConnectedSocket, cause: Cause, behind_bytes: Option<u64>) {
    let kind = match cause {
        Cause::Refused => "refused",
        Cause::Skipped => "skipped",
        Cause::Slow if behind_bytes > Some(MAX_BEHIND_BYTES) => "entries",
        Cause::Slow => "packets",
    };
    let backlog_bytes = connected.backlog().bytes();
    let (socket, user) = (connected.socket_id, connected.subscription.user());
    match cause {
        Cause::Slow => {
            tracing::info!(%socket, %user, kind, behind_bytes, backlog_bytes, "a socket that did not keep up was disconnected");
        }
        Cause::Skipped => {
            tracing::info!(%socket, %user, kind, "a socket that would miss entries was disconnected");
        }
        Cause::Refused => {
            tracing::info!(%socket, %user, kind, "a socket whose events are refused was disconnected");
        }
    }
    metrics::counter!("natter_sockets_cut_total", "kind" => kind).increment(1);
}

impl SocketSink {
    pub(super) fn new(
        io: SocketIo,
        hub: Arc<Hub>,
        sockets: Arc<SocketRegistry>,
        broadcasts: Arc<Broadcasts>,
    ) -> Self {
        let library = Arc::new(Library::new(io.clone()));
        Self { io, hub, sockets, broadcasts, library }
    }

    fn send_to(&self, connected: &ConnectedSocket, event: &LibraryEvent<'_>) {
        if !self.library.send_to(connected, event) {
            self.hub.disconnect(connected.subscription.id, Cause::Slow);
        }
    }

    fn disconnect_slow(&self, slow: &[SubscriptionId]) {
        slow.iter().for_each(|id| self.hub.disconnect(*id, Cause::Slow));
    }
}
