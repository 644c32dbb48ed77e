//! Acknowledgements: how the answer to an event goes back to its socket.

use std::cell::Cell;
use std::sync::Arc;

use serde::{Serialize, Serializer};
use socketioxide::extract::AckSender;
use store::{LogPage, Person};
use web::{Code, Refusal};

use super::sink::is_full;
use super::sockets::ConnectedSocket;
use super::websocket::Unanswered;
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

/// The acknowledgement of one event, on its way to the client. Until it is written or dropped, it counts as unanswered.
pub(super) struct Answer {
    ack: AckSender,
    unanswered: Option<Unanswered>,
}

impl Answer {
    /// To an event of this socket.
    pub(super) fn new(ack: AckSender, socket: &ConnectedSocket) -> Self {
        Self { ack, unanswered: socket.entries.wire().map(|wire| wire.begin_answer()) }
    }

    /// Answers. A client that does not read its answers is found by its heartbeat.
    pub(super) fn send(self, answer: &impl Serialize) {
        let _ = self.try_send(answer);
    }

    /// Answers an event that is refused.
    pub(super) fn refuse(self, refusal: &Refusal) {
        self.send(&refusal.ack());
    }

    /// Answers with data that may be large. It counts until the client has taken it, if the client asked for an
    /// acknowledgement.
    pub(super) fn send_large(self, socket: &ConnectedSocket, answer: &impl Serialize, bytes: u64) {
        socket.reads.count_answer(&socket.engine_session, bytes);
        if self.try_send(answer) != Ok(true) {
            socket.reads.uncount_answer(bytes);
        }
    }

    /// Answers a send. A socket whose buffer has no room for the answer is disconnected; so is one that sends too often
    /// and waits for no answer, which would not know that its message is not stored.
    pub(super) fn into_reply(self, hub: Arc<Hub>, id: SubscriptionId) -> Reply {
        Box::new(move |result| {
            let is_too_often = matches!(&result, Err(refusal) if refusal.code() == Code::RateLimited);
            let sent = match result {
                Ok(sent) => self.try_send(&SendAck { ok: true, message: wire::Entry::from(&sent.entry) }),
                Err(refusal) => self.try_send(&refusal.ack()),
            };
            if sent == Err(Full) || is_too_often && sent == Ok(false) {
                hub.disconnect(id);
            }
        })
    }

    /// Whether the client waits for the answer.
    fn try_send(self, answer: &impl Serialize) -> Result<bool, Full> {
        let observed = Observed { answer, is_encoded: Cell::new(false) };
        let sent = self.ack.send(&observed);
        if is_full(&sent) {
            return Err(Full);
        }
        if observed.is_encoded.get()
            && let Some(unanswered) = self.unanswered
        {
            unanswered.sent();
        }
        Ok(observed.is_encoded.get())
    }
}

/// The socket's buffer had no room.
#[derive(Debug, PartialEq)]
struct Full;

/// Notes whether it was encoded: the library encodes it only for a client that waits for an acknowledgement.
struct Observed<'a, T> {
    answer: &'a T,
    is_encoded: Cell<bool>,
}

impl<T: Serialize> Serialize for Observed<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.is_encoded.set(true);
        self.answer.serialize(serializer)
    }
}
