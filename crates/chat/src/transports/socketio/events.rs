//! What a socket may ask. Every wrong payload is answered and changes nothing.

use std::cell::Cell;
use std::sync::Arc;

use serde::{Serialize, Serializer};
use socketioxide::extract::{AckSender, Event, SocketRef, TryData};
use store::LogPage;
use web::SessionStatus;

use super::presence_events;
use super::sockets::Member;
use crate::args::Args;
use crate::chat::Chat;
use crate::draft::SendRequest;
use crate::history::{self, Wanted};
use crate::log::journal::{QueuedMessage, Reply};
use crate::nack::Nack;
use crate::wire;

/// The acknowledgement of a read.
#[derive(Serialize)]
struct Read<'a> {
    ok: bool,
    #[serde(flatten)]
    page: wire::Page<'a>,
}

/// Binds a socket's events to their handlers.
pub(super) fn register(chat: &Arc<Chat>, socket: &SocketRef, member: &Arc<Member>) {
    let sending = (Arc::clone(chat), Arc::clone(member));
    // Not async: the library runs each event in a task of its own, and they would overtake one another.
    socket.on("chat message", move |TryData(args): TryData<Args>, ack: AckSender| {
        send(&sending.0, &sending.1, args.unwrap_or_default(), ack);
        std::future::ready(())
    });
    let reading = (Arc::clone(chat), Arc::clone(member));
    socket.on("history", move |TryData(args): TryData<Args>, ack: AckSender| {
        let (chat, member) = reading.clone();
        async move {
            let args = args.unwrap_or_default();
            // Before anything is waited for: what waits is bounded too.
            let Some(_permit) = member.reads.begin(&member.session) else {
                return answer::<()>(ack, Err(Nack::overloaded()));
            };
            match read(&chat, &member, args).await {
                Ok(page) => {
                    let size = history::size(&page);
                    answer_read(&member, ack, &Read { ok: true, page: wire::Page::from(&page) }, size);
                }
                Err(nack) => answer::<()>(ack, Err(nack)),
            }
        }
    });
    presence_events::register(chat, socket, member);
    socket.on_fallback(async |Event(_): Event, ack: AckSender| {
        answer::<()>(ack, Err(Nack::invalid("There is no such event here.")));
    });
}

/// Hands a message to the journal, at once.
fn send(chat: &Chat, member: &Member, args: Args, ack: AckSender) {
    let reply = Reply::Socket(member.sid, ack);
    let refused = match prepare(chat, member, args) {
        Ok((draft, unproven)) => {
            let unproven = unproven.then(|| Arc::clone(&member.principal));
            let accepted = chat.journal.accept(QueuedMessage::new(draft, member.sender(), unproven, reply));
            if accepted.is_ok() {
                chat.presence.sent(Some(member.sid), member.user());
            }
            accepted.err()
        }
        Err(nack) => Some((reply, nack)),
    };
    if let Some((Reply::Socket(_, ack), nack)) = refused {
        answer::<()>(ack, Err(nack));
    }
}

/// The message, and whether the store must be asked about the session first.
fn prepare(chat: &Chat, member: &Member, args: Args) -> Result<(SendRequest, bool), Nack> {
    let verdict = still_in(chat, member)?;
    Ok((SendRequest::from_event(args)?, verdict == SessionStatus::Unknown))
}

async fn read(chat: &Chat, member: &Member, args: Args) -> Result<LogPage, Nack> {
    if still_in(chat, member)? == SessionStatus::Unknown {
        prove(chat, member).await?;
    }
    let wanted = Wanted::from_event(args)?;
    history::read(&*chat.stores.log, wanted).await.map_err(|_| Nack::unavailable())
}

/// Asks the store whether the session is still good.
pub(super) async fn prove(chat: &Chat, member: &Member) -> Result<(), Nack> {
    chat.authenticator.verify_session(&member.principal).await.map_err(|refusal| match refusal {
        web::AuthError::Invalid => Nack::signed_out(),
        web::AuthError::Unavailable => Nack::unavailable(),
    })
}

/// Whether the session is still good, as far as that is known without asking the store.
pub(super) fn still_in(chat: &Chat, member: &Member) -> Result<SessionStatus, Nack> {
    match chat.authenticator.session_status(&member.principal) {
        SessionStatus::Ended => Err(Nack::signed_out()),
        _ if member.session.is_over() => Err(Nack::signed_out()),
        verdict => Ok(verdict),
    }
}

/// A client that does not read its answers is found by delivery, or by its own next message.
pub(super) fn answer<T: Serialize>(ack: AckSender, result: Result<T, Nack>) {
    let _ = match result {
        Ok(value) => ack.send(&value),
        Err(nack) => ack.send(&nack),
    };
}

/// An answer that may be large counts until its client has taken it, if the client wants one at all.
pub(super) fn answer_read(member: &Member, ack: AckSender, answer: &impl Serialize, bytes: u64) {
    let asked = Asked { answer, written: Cell::new(false) };
    member.reads.answered(&member.session, bytes);
    let _ = ack.send(&asked);
    if !asked.written.get() {
        member.reads.take_back(bytes);
    }
}

/// Notes whether it was written: the library does so only for a client that waits for an acknowledgement.
struct Asked<'a, T> {
    answer: &'a T,
    written: Cell<bool>,
}

impl<T: Serialize> Serialize for Asked<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.written.set(true);
        self.answer.serialize(serializer)
    }
}
