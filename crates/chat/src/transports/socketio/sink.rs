//! The sink of every socket: broadcasts over the rooms of the library, which encodes an entry once for all its sockets.
//!
//! A socket that does not keep up is disconnected. No entry is skipped for it.

use std::collections::HashSet;
use std::sync::{Arc, Weak};
use std::time::Duration;

use async_trait::async_trait;
use serde::{Serialize, Serializer, ser};
use serde_json::value::RawValue;
use socketioxide::extract::SocketRef;
use socketioxide::socket::Sid;
use socketioxide::{SendError, SocketError, SocketIo};
use store::{Entry, RoomId};

use super::socket_rooms::Audience;
use super::sockets::{ConnectedSocket, SocketRegistry};
use crate::hub::{Delivery, Hub, Sink, SubscriptionId};
use crate::wire::{self, Tip};

/// Maximum entries in one `chat messages` event.
const MAX_BATCH: usize = 100;
/// How long a client that detects gaps by itself may stay full before it is disconnected.
const FULL_BUFFER_GRACE: Duration = Duration::from_secs(5);
/// Time between the disconnect packet and the end of the connection.
const CLOSE_GRACE: Duration = Duration::from_millis(100);

/// The way to every socket of this process. Clones share everything.
#[derive(Clone)]
pub(super) struct SocketSink {
    io: SocketIo,
    hub: Arc<Hub>,
    sockets: Arc<SocketRegistry>,
}

#[async_trait]
impl Sink for SocketSink {
    async fn deliver(&self, delivery: Delivery<'_>) -> bool {
        let senders: Vec<_> = delivery.senders.iter().map(|sent_by| self.socket(*sent_by)).collect();
        let one_by_one = self.send_one_by_one(delivery.room, delivery.entries, &senders).await;
        let in_batches = self.send_in_batches(delivery.room, delivery.entries, &senders).await;
        one_by_one && in_batches
    }

    /// Volatile: only the latest matters.
    async fn send_log_head(&self, room: RoomId, last_seq: u64) {
        let to = self.io.to(Audience::Tips.of(room)).volatile();
        if let Err(error) = to.emit("tip", &Tip { room, last_seq }).await {
            tracing::debug!(%error, "a tip did not reach every client");
        }
    }

    async fn notify_watchers(&self, room: RoomId, event: &str, data: &RawValue) -> bool {
        let reached = self.io.to(Audience::Watchers.of(room)).emit(event, data).await.is_ok();
        if !reached {
            self.disconnect_the_stalled(room, Audience::Watchers);
        }
        reached
    }

    fn watch(&self, id: SubscriptionId, room: RoomId) {
        if let Some(socket) = self.library_socket(id) {
            socket.join(Audience::Watchers.of(room));
        }
    }

    fn unwatch(&self, id: SubscriptionId, room: RoomId) {
        if let Some(socket) = self.library_socket(id) {
            socket.leave(Audience::Watchers.of(room));
        }
    }

    /// The client gets a disconnect, after which stock clients do not reconnect. Then its connection is closed.
    fn close_for_good(&self, id: SubscriptionId) {
        let Some(connected) = self.sockets.get(id) else { return };
        connected.engine_session.end();
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
    fn disconnect(&self, id: SubscriptionId) {
        let Some(connected) = self.sockets.get(id) else { return };
        connected.engine_session.end();
        tracing::info!(socket = %connected.socket_id, user = %connected.subscription.user(), "a socket that did not keep up was disconnected");
        metrics::counter!("natter_sockets_cut_total").increment(1);
        if let Some(socket) = self.io.get_socket(connected.socket_id) {
            socket.leave_all();
        }
        connected.engine_session.shut();
    }
}

impl SocketSink {
    pub(super) fn new(io: SocketIo, hub: Arc<Hub>, sockets: Arc<SocketRegistry>) -> Self {
        Self { io, hub, sockets }
    }

    /// `chat message (line, entry)`; the line is what stock clients show.
    async fn send_one_by_one(&self, room: RoomId, entries: &[Entry], senders: &[SendingSocket]) -> bool {
        let (singles, mut reached_all) = (Audience::Singles.of(room), true);
        for (entry, sent_by) in entries.iter().zip(senders) {
            // An entry that was erased before its delivery has no text.
            let (Some(sender), Some(text)) = (&entry.sender, &entry.text) else { continue };
            let line = format!("{} : {text}", sender.username);
            let sending = sent_by.as_ref().and_then(|sent_by| self.io.get_socket(sent_by.socket_id));
            let to = match sending {
                Some(socket) => socket.to(singles.clone()),
                None => self.io.to(singles.clone()),
            };
            let reached = to.emit("chat message", &(line, wire::Entry::from(entry))).await.is_ok();
            if reached_all && !reached {
                // At once, while the full buffer is still full.
                self.disconnect_the_stalled(room, Audience::Singles);
            }
            reached_all &= reached;
        }
        reached_all
    }

    /// `chat messages ([entry, …])`, for clients with `batch: true`. A sender gets the entries of others only.
    async fn send_in_batches(&self, room: RoomId, entries: &[Entry], senders: &[SendingSocket]) -> bool {
        let mut reached_all = true;
        for (entries, senders) in entries.chunks(MAX_BATCH).zip(senders.chunks(MAX_BATCH)) {
            let with_batches: HashSet<Sid> = batching(senders).map(|sender| sender.socket_id).collect();
            let to = self.io.to(Audience::Batches.of(room));
            let others = with_batches.iter().fold(to, |to, socket_id| to.except(*socket_id));
            let mut reached = others.emit("chat messages", &List::of(entries)).await.is_ok();
            for socket_id in with_batches {
                reached &= self.send_entries_of_others(socket_id, entries, senders);
            }
            if reached_all && !reached {
                self.disconnect_the_stalled(room, Audience::Batches);
            }
            reached_all &= reached;
        }
        reached_all
    }

    /// A batch for one of its senders.
    fn send_entries_of_others(&self, socket_id: Sid, entries: &[Entry], senders: &[SendingSocket]) -> bool {
        let is_own =
            |sender: &SendingSocket| sender.as_ref().is_some_and(|sender| sender.socket_id == socket_id);
        let of_others = entries.iter().zip(senders).filter(|(_, sender)| !is_own(sender));
        let of_others: Vec<&Entry> = of_others.map(|(entry, _)| entry).collect();
        let socket = self.io.get_socket(socket_id).filter(|_| !of_others.is_empty());
        !socket.is_some_and(|socket| is_full(&socket.emit("chat messages", &List::of(of_others))))
    }

    /// Finds the sockets with a full buffer, which a broadcast's error does not name. One whose client cannot detect the
    /// gap is disconnected now, the others if they are still full after [`FULL_BUFFER_GRACE`]. Watchers never can: what
    /// they get has no numbers.
    fn disconnect_the_stalled(&self, room: RoomId, audience: Audience) {
        let sockets = self.io.within(audience.of(room)).sockets();
        let full = sockets.iter().filter(|socket| has_full_buffer(socket));
        let full = full.filter_map(|socket| socket.extensions.get::<Arc<ConnectedSocket>>());
        let (later, now): (Vec<_>, Vec<_>) = full.partition(|connected| {
            audience.is_numbered() && connected.subscription.capabilities.detects_gaps()
        });
        now.iter().for_each(|connected| self.hub.disconnect(connected.subscription.id));
        if !later.is_empty() {
            let (this, later) = (self.clone(), later.iter().map(Arc::downgrade).collect::<Vec<_>>());
            tokio::spawn(async move {
                tokio::time::sleep(FULL_BUFFER_GRACE).await;
                later
                    .iter()
                    .filter_map(Weak::upgrade)
                    .for_each(|connected| this.disconnect_if_full(&connected));
            });
        }
    }

    fn disconnect_if_full(&self, connected: &ConnectedSocket) {
        if self.io.get_socket(connected.socket_id).is_some_and(|socket| has_full_buffer(&socket)) {
            self.hub.disconnect(connected.subscription.id);
        }
    }

    fn socket(&self, sent_by: Option<SubscriptionId>) -> SendingSocket {
        self.sockets.get(sent_by?)
    }

    fn library_socket(&self, id: SubscriptionId) -> Option<SocketRef> {
        self.io.get_socket(self.sockets.get(id)?.socket_id)
    }
}

/// The socket that sent an entry, if it is one of this process.
type SendingSocket = Option<Arc<ConnectedSocket>>;

/// The senders that get batches.
fn batching(senders: &[SendingSocket]) -> impl Iterator<Item = &Arc<ConnectedSocket>> {
    senders.iter().flatten().filter(|sender| sender.subscription.capabilities.batch)
}

/// Entries as one argument: socketioxide would spread a list over several.
struct List<'a>(Vec<wire::Entry<'a>>);

impl<'a> List<'a> {
    fn of(entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        Self(entries.into_iter().map(wire::Entry::from).collect())
    }
}

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.0)
    }
}

/// Something that cannot be encoded. An emit asks for room in the socket's buffer first and fails then, so it is never
/// sent.
struct Nothing;

impl Serialize for Nothing {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(ser::Error::custom("a probe is never sent"))
    }
}

fn has_full_buffer(socket: &SocketRef) -> bool {
    is_full(&socket.emit("probe", &Nothing))
}

/// Whether a send failed because the socket's buffer is full.
pub(super) fn is_full(sent: &Result<(), SendError>) -> bool {
    matches!(sent, Err(SendError::Socket(SocketError::InternalChannelFull)))
}
