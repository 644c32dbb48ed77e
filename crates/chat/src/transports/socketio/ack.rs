//! Acknowledgements: how the answer to an event goes back to its socket.

use std::cell::Cell;
use std::sync::Arc;

use serde::{Serialize, Serializer};
use socketioxide::extract::AckSender;
use store::{LogPage, Person};
use web::{RateExceeded, Refusal};

use super::sink::is_full;
use super::sockets::ConnectedSocket;
use super::transport::SocketTransport;
use super::websocket::Unanswered;
use crate::chat::Chat;
use crate::hub::{Cause, Subscription};
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

/// The answer to one event of a socket.
pub(super) struct Answer {
    ack: PendingAck,
    chat: Arc<Chat>,
    subscription: Arc<Subscription>,
}

/// The acknowledgement, on its way to the client. Until it is written or dropped, the event counts as unanswered.
struct PendingAck {
    sender: AckSender,
    unanswered: Option<Unanswered>,
}

impl Answer {
    /// To an event of this socket.
    pub(super) fn new(sender: AckSender, transport: &SocketTransport, socket: &ConnectedSocket) -> Self {
        let unanswered = socket.entries.wire().map(|wire| wire.begin_answer());
        Self {
            ack: PendingAck { sender, unanswered },
            chat: Arc::clone(&transport.chat),
            subscription: Arc::clone(&socket.subscription),
        }
    }

    /// Answers. A client that does not read its answers is found by its heartbeat.
    pub(super) fn send(self, answer: &impl Serialize) {
        let _ = self.ack.try_send(answer);
    }

    /// Answers an event that is refused. A client that goes on and on with such events is disconnected.
    pub(super) fn refuse(self, refusal: &Refusal) {
        let _ = self.ack.try_send(&refusal.ack());
        if self.chat.rates.refused(self.subscription.user()).is_err() {
            self.chat.hub.disconnect(self.subscription.id, Cause::Refused);
        }
    }

    /// Answers with data that may be large. It counts until the client has taken it, if the client asked for an
    /// acknowledgement.
    pub(super) fn send_large(self, socket: &ConnectedSocket, answer: &impl Serialize, bytes: u64) {
        socket.reads.count_answer(&socket.engine_session, bytes);
        if self.ack.try_send(answer) != Ok(true) {
            socket.reads.uncount_answer(bytes);
        }
    }

    /// Answers a send. A socket whose buffer has no room for the answer is disconnected.
    pub(super) fn into_reply(self) -> Reply {
        Box::new(move |result| {
            let cause = match result {
                Ok(sent) => {
                    let answer = SendAck { ok: true, message: wire::Entry::from(&sent.entry) };
                    (self.ack.try_send(&answer) == Err(Full)).then_some(Cause::Slow)
                }
                Err(refusal) => {
                    let sent = self.ack.try_send(&refusal.ack());
                    cause_after_refusal(sent, &refusal, || self.chat.rates.refused(self.subscription.user()))
                }
            };
            if let Some(cause) = cause {
                self.chat.hub.disconnect(self.subscription.id, cause);
            }
        })
    }
}

/// Whether a socket is disconnected after one of its messages was refused: if it goes on and on, or if it waits for no answer
/// although the same message could be stored later. It would not know that it is lost.
fn cause_after_refusal(
    sent: Result<bool, Full>,
    refusal: &Refusal,
    count: impl FnOnce() -> Result<(), RateExceeded>,
) -> Option<Cause> {
    match sent {
        Err(Full) => Some(Cause::Slow),
        Ok(false) if refusal.delay().is_some() => Some(Cause::Refused),
        Ok(_) => count().err().map(|_| Cause::Refused),
    }
}

impl PendingAck {
    /// Whether the client waits for the answer.
    fn try_send(self, answer: &impl Serialize) -> Result<bool, Full> {
        let observed = Observed { answer, is_encoded: Cell::new(false) };
        let sent = self.sender.send(&observed);
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
