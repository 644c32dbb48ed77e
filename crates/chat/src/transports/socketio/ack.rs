//! Acknowledgements: how the answer to an event goes back to its socket.

use std::cell::Cell;
use std::sync::Arc;

use serde::{Serialize, Serializer};
use socketioxide::extract::AckSender;

use super::sink::is_full;
use super::sockets::ConnectedSocket;
use crate::hub::{Hub, SubscriptionId};
use crate::log::journal::Reply;
use crate::nack::Nack;
use crate::wire;

/// The acknowledgement of a stored message.
#[derive(Serialize)]
struct Stored<'a> {
    ok: bool,
    message: wire::Entry<'a>,
}

/// Answers a send. A socket whose buffer has no room for the answer is disconnected.
pub(super) fn reply_to(ack: AckSender, hub: Arc<Hub>, id: SubscriptionId) -> Reply {
    Box::new(move |result| {
        let sent = match result {
            Ok(sent) => ack.send(&Stored { ok: true, message: wire::Entry::from(&sent.entry) }),
            Err(nack) => ack.send(&nack),
        };
        if is_full(&sent) {
            hub.disconnect(id);
        }
    })
}

/// Answers an event. A client that does not read its answers is found by the next delivery, or by its next message.
pub(super) fn answer<T: Serialize>(ack: AckSender, result: Result<T, Nack>) {
    let _ = match result {
        Ok(value) => ack.send(&value),
        Err(nack) => ack.send(&nack),
    };
}

/// Answers an event by what may be large: it counts until the client has taken it, if the client wants an answer at all.
pub(super) fn answer_read(socket: &ConnectedSocket, ack: AckSender, answer: &impl Serialize, bytes: u64) {
    let observed = Observed { answer, is_written: Cell::new(false) };
    socket.reads.answered(&socket.session, bytes);
    let _ = ack.send(&observed);
    if !observed.is_written.get() {
        socket.reads.take_back(bytes);
    }
}

/// Notes whether it was encoded: the library encodes it only for a client that waits for an acknowledgement.
struct Observed<'a, T> {
    answer: &'a T,
    is_written: Cell<bool>,
}

impl<T: Serialize> Serialize for Observed<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.is_written.set(true);
        self.answer.serialize(serializer)
    }
}
