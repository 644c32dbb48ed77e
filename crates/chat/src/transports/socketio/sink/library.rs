//! What the library sends: entries to polling sockets, and every other event to all sockets.

use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::FutureExt;
use serde::{Serialize, Serializer, ser};
use socketioxide::extract::SocketRef;
use socketioxide::{SendError, SocketError};
use store::RoomId;

use super::super::socket_rooms::Audience;
use super::super::sockets::{ConnectedSocket, SocketSlot};
use super::SocketSink;
use super::entries::Event;
use crate::hub::Cause;

/// How long a client that detects gaps by itself may stay full before it is disconnected.
const FULL_BUFFER_GRACE: Duration = Duration::from_secs(5);

impl SocketSink {
    /// Emits events to a room of the library. False when a socket's buffer was full. It does not wait: the library's
    /// local adapter emits at once.
    pub(super) fn emit(&self, to: &str, events: &[Event<impl Serialize>]) -> bool {
        let mut reached_all = true;
        for Event { name, arguments, except } in events {
            let to = self.io.to(to.to_owned());
            let to = except.iter().fold(to, |to, sent_by| to.except(sent_by.socket_id));
            reached_all &= matches!(to.emit(*name, arguments).now_or_never(), Some(Ok(())));
        }
        reached_all
    }

    /// Finds the sockets with a full buffer, which a broadcast's error does not name. One whose client cannot detect the
    /// gap is disconnected now, the others if they are still full after [`FULL_BUFFER_GRACE`]. Watchers never can: what
    /// they get has no numbers.
    pub(super) fn disconnect_the_stalled(&self, room: RoomId, audience: Audience) {
        let sockets = self.io.within(audience.of(room)).sockets();
        let full = sockets.iter().filter(|socket| has_full_buffer(socket));
        let full = full.filter_map(SocketSlot::get);
        let (later, now): (Vec<_>, Vec<_>) = full.partition(|connected| {
            audience.is_numbered() && connected.subscription.capabilities.detects_gaps()
        });
        now.iter().for_each(|connected| self.hub.disconnect(connected.subscription.id, Cause::Slow));
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
            self.hub.disconnect(connected.subscription.id, Cause::Slow);
        }
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
pub(in super::super) fn is_full(sent: &Result<(), SendError>) -> bool {
    matches!(sent, Err(SendError::Socket(SocketError::InternalChannelFull)))
}
