//! What a socket may ask. Every wrong payload is answered and changes nothing.

use std::future::{Ready, ready};
use std::sync::Arc;

use serde::Serialize;
use socketioxide::extract::{AckSender, Event, Extension, SocketRef, State, TryData};
use store::LogPage;
use web::SessionStatus;

use super::ack::{answer, answer_read, reply_to};
use super::presence_events::{typing, watch};
use super::sockets::ConnectedSocket;
use super::transport::SocketTransport;
use crate::args::Args;
use crate::chat::Chat;
use crate::draft::SendRequest;
use crate::history::{self, Wanted};
use crate::hub::Subscription;
use crate::log::journal::QueuedMessage;
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
pub(super) fn register(socket: &SocketRef) {
    socket.on("chat message", send);
    socket.on("history", history);
    socket.on("watch", watch);
    socket.on("typing", typing);
    socket.on_fallback(unknown);
}

/// Not async: the library runs each event in a task of its own, and they would overtake one another.
fn send(
    State(transport): State<Arc<SocketTransport>>,
    Extension(socket): Extension<Arc<ConnectedSocket>>,
    TryData(args): TryData<Args>,
    ack: AckSender,
) -> Ready<()> {
    let (chat, subscription) = (&transport.chat, &socket.subscription);
    match prepare(chat, subscription, args.unwrap_or_default()) {
        Ok((request, unverified)) => {
            let reply = reply_to(ack, Arc::clone(&chat.hub), subscription.id);
            let unverified = unverified.then(|| Arc::clone(&subscription.principal));
            let (room, sender) = (request.room, subscription.sender());
            let queued = QueuedMessage::new(request, sender, unverified, Some(subscription.id), reply);
            if chat.journal.accept(queued) {
                chat.presence.sent(room, Some(subscription.id), subscription.user());
            }
        }
        Err(nack) => answer::<()>(ack, Err(nack)),
    }
    ready(())
}

/// The message, and whether the store must be asked about the session first.
fn prepare(chat: &Chat, subscription: &Subscription, args: Args) -> Result<(SendRequest, bool), Nack> {
    let status = require_session(chat, subscription)?;
    Ok((SendRequest::from_event(args)?, status == SessionStatus::Unknown))
}

async fn history(
    State(transport): State<Arc<SocketTransport>>,
    Extension(socket): Extension<Arc<ConnectedSocket>>,
    TryData(args): TryData<Args>,
    ack: AckSender,
) {
    // Before anything is waited for: what waits is bounded too.
    let Some(_permit) = socket.reads.begin(&socket.session) else {
        return answer::<()>(ack, Err(Nack::overloaded()));
    };
    match read(&transport.chat, &socket.subscription, args.unwrap_or_default()).await {
        Ok(page) => {
            let size = history::size(&page);
            answer_read(&socket, ack, &Read { ok: true, page: wire::Page::from(&page) }, size);
        }
        Err(nack) => answer::<()>(ack, Err(nack)),
    }
}

async fn read(chat: &Chat, subscription: &Subscription, args: Args) -> Result<LogPage, Nack> {
    if require_session(chat, subscription)? == SessionStatus::Unknown {
        verify_session(chat, subscription).await?;
    }
    let wanted = Wanted::from_event(args)?;
    history::read(&*chat.stores.log, wanted).await.map_err(|_| Nack::unavailable())
}

async fn unknown(Event(_): Event, ack: AckSender) {
    answer::<()>(ack, Err(Nack::invalid("There is no such event here.")));
}

/// Asks the store whether the session is still good.
pub(super) async fn verify_session(chat: &Chat, subscription: &Subscription) -> Result<(), Nack> {
    chat.authenticator.verify_session(&subscription.principal).await.map_err(|refusal| match refusal {
        web::AuthError::Invalid => Nack::signed_out(),
        web::AuthError::Unavailable => Nack::unavailable(),
    })
}

/// Whether the session is still good, as far as that is known without asking the store.
pub(super) fn require_session(chat: &Chat, subscription: &Subscription) -> Result<SessionStatus, Nack> {
    match chat.authenticator.session_status(&subscription.principal) {
        SessionStatus::Ended => Err(Nack::signed_out()),
        _ if subscription.is_over() => Err(Nack::signed_out()),
        status => Ok(status),
    }
}
