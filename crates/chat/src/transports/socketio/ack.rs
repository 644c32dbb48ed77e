//! Acknowledgements: how the answer to an event goes back to its socket.

use std::convert::Infallible;
use std::sync::Arc;

use serde::Serialize;
use serde_json::value::to_raw_value;
use socketioxide::adapter::LocalAdapter;
use socketioxide::extract::AckSender;
use socketioxide::handler::{FromMessageParts, Value};
use socketioxide::socket::Socket;
use socketioxide::{SendError, SocketError};
use store::{LogPage, Person};
use web::Refusal;

use super::backlog::Backlog;
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

/// The library's end of an acknowledgement, and whether the client waits for one.
pub(super) struct Ack {
    sender: AckSender,
    is_awaited: bool,
}

impl FromMessageParts<LocalAdapter> for Ack {
    type Error = Infallible;

    fn from_message_parts(
        socket: &Arc<Socket>,
        value: &mut Value,
        ack_id: &Option<i64>,
    ) -> Result<Self, Infallible> {
        let sender = AckSender::from_message_parts(socket, value, ack_id)?;
        Ok(Self { sender, is_awaited: ack_id.is_some() })
    }
}

/// The answer to one event of a socket. Until it is written or dropped, the event counts as unanswered.
pub(super) struct Answer {
    ack: Ack,
    unanswered: Option<Unanswered>,
    backlog: Arc<Backlog>,
    recipient: Recipient,
}

/// Who gets an answer.
struct Recipient {
    chat: Arc<Chat>,
    subscription: Arc<Subscription>,
}

impl Answer {
    /// To an event of this socket.
    pub(super) fn new(ack: Ack, transport: &SocketTransport, socket: &ConnectedSocket) -> Self {
        Self {
            ack,
            unanswered: socket.entries.wire().map(|wire| wire.begin_answer()),
            backlog: Arc::clone(socket.backlog()),
            recipient: Recipient {
                chat: Arc::clone(&transport.chat),
                subscription: Arc::clone(&socket.subscription),
            },
        }
    }

    /// Whether the client waits for it.
    pub(super) fn is_awaited(&self) -> bool {
        self.ack.is_awaited
    }

    /// Answers. A client that does not take its answers is disconnected.
    pub(super) fn send(self, answer: &impl Serialize) {
        self.send_to_recipient(answer);
    }

    /// Answers an event that is refused. A client that goes on and on with such events is disconnected.
    pub(super) fn refuse(self, refusal: &Refusal) {
        self.send_to_recipient(&refusal.ack()).count_refusal();
    }

    /// Answers a send. A client is disconnected if it waits for no answer although the same message could be stored later: it
    /// would not know that it is lost.
    pub(super) fn into_reply(self) -> Reply {
        Box::new(move |result| match result {
            Ok(sent) => self.send(&SendAck { ok: true, message: wire::Entry::from(&sent.entry) }),
            Err(refusal) if self.is_awaited() || refusal.delay().is_none() => self.refuse(&refusal),
            Err(_) => self.recipient.disconnect(Cause::Refused),
        })
    }

    fn send_to_recipient(self, answer: &impl Serialize) -> Recipient {
        let Self { ack, unanswered, backlog, recipient } = self;
        if !ack.is_awaited {
            return recipient;
        }
        let answer = to_raw_value(answer).expect("an answer has only names, numbers and lists");
        let length = answer.get().len();
        // Before the library has it: it may go out at once.
        let keeps_up = backlog.add_answer(length);
        let sent = ack.sender.send(&answer);
        match (&sent, unanswered) {
            (Ok(()), Some(unanswered)) => unanswered.sent(),
            (Ok(()), None) => {}
            (Err(_), _) => backlog.remove_answer(length),
        }
        if !keeps_up || is_full(&sent) {
            recipient.disconnect(Cause::Slow);
        }
        recipient
    }
}

/// Whether the library had no room. Its buffer has room for more than a backlog may have, so this is a precaution.
fn is_full(sent: &Result<(), SendError>) -> bool {
    matches!(sent, Err(SendError::Socket(SocketError::InternalChannelFull)))
}

impl Recipient {
    fn count_refusal(&self) {
        if self.chat.rates.refused(self.subscription.user()).is_err() {
            self.disconnect(Cause::Refused);
        }
    }

    fn disconnect(&self, cause: Cause) {
        self.chat.hub.disconnect(self.subscription.id, cause);
    }
}
