//! Acknowledgements: how the answer to an event goes back to its socket.

use std::cell::Cell;
use std::sync::Arc;

use serde::{Serialize, Serializer};
use socketioxide::extract::AckSender;
use store::{LogPage, Person};
use web::Refusal;

use super::sink::is_full;
use super::sockets::ConnectedSocket;
use crate::hub::{Hub, SubscriptionId};
use crate::log::journal::Reply;
use crate::presence::Snapshot;
use crate::wire::{self, people};

/// The acknowledgement of a message.
#[derive(Serialize)]
struct SendAck<'a> {
    ok: bool,
    message: wire::Entry<'a>,
}

/// The acknowledgement of `history`.
#[derive(Serialize)]
pub(super) struct HistoryAck<'a> {
    ok: bool,
    #[serde(flatten)]
    page: wire::HistoryPage<'a>,
}

/// The acknowledgement of `watch`.
#[derive(Serialize)]
pub(super) struct WatchAck<'a> {
    ok: bool,
    #[serde(serialize_with = "people")]
    people: &'a [Person],
    #[serde(serialize_with = "people")]
    typing: &'a [Person],
    count: u64,
}

/// The acknowledgement of an event that has no answer but success.
#[derive(Serialize)]
pub(super) struct Done {
    ok: bool,
}

impl<'a> HistoryAck<'a> {
    pub(super) fn new(page: &'a LogPage) -> Self {
        Self { ok: true, page: wire::HistoryPage::from(page) }
    }
}

impl<'a> WatchAck<'a> {
    pub(super) fn new(Snapshot { people, typing, count }: &'a Snapshot) -> Self {
        Self { ok: true, people, typing, count: *count }
    }
}

impl Done {
    pub(super) const OK: Self = Self { ok: true };
}

/// Answers a send. A socket whose buffer has no room for the answer is disconnected.
pub(super) fn reply_to(ack: AckSender, hub: Arc<Hub>, id: SubscriptionId) -> Reply {
    Box::new(move |result| {
        let sent = match result {
            Ok(sent) => ack.send(&SendAck { ok: true, message: wire::Entry::from(&sent.entry) }),
            Err(refusal) => ack.send(&refusal.ack()),
        };
        if is_full(&sent) {
            hub.disconnect(id);
        }
    })
}

/// Answers an event. A client that does not read its answers is found by the next delivery, or by its next message.
pub(super) fn answer(ack: AckSender, answer: &impl Serialize) {
    let _ = ack.send(answer);
}

/// Answers an event that is refused.
pub(super) fn refuse(ack: AckSender, refusal: &Refusal) {
    answer(ack, &refusal.ack());
}

/// Answers an event with data that may be large. It counts until the client has taken it, if the client asked for an
/// acknowledgement.
pub(super) fn answer_large(socket: &ConnectedSocket, ack: AckSender, answer: &impl Serialize, bytes: u64) {
    let observed = Observed { answer, is_written: Cell::new(false) };
    socket.reads.count_answer(&socket.engine_session, bytes);
    let _ = ack.send(&observed);
    if !observed.is_written.get() {
        socket.reads.uncount_answer(bytes);
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
