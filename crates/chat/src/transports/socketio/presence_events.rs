//! `watch` and `typing`: what a socket may ask of presence.

use std::sync::Arc;

use serde::Serialize;
use socketioxide::extract::{AckSender, Extension, State, TryData};
use store::Person;
use web::SessionStatus;

use super::ack::{answer, answer_read};
use super::events::{require_session, verify_session};
use super::sockets::ConnectedSocket;
use super::transport::SocketTransport;
use crate::args::Args;
use crate::chat::Chat;
use crate::hub::Subscription;
use crate::nack::Nack;
use crate::presence::{Snapshot, TypingCall, WatchCall};
use crate::wire::people;

/// The acknowledgement of `watch`.
#[derive(Serialize)]
struct Watched<'a> {
    ok: bool,
    #[serde(serialize_with = "people")]
    people: &'a [Person],
    #[serde(serialize_with = "people")]
    typing: &'a [Person],
    count: u64,
}

/// The acknowledgement of `typing`.
#[derive(Serialize)]
struct Done {
    ok: bool,
}

/// What a client says about itself counts in the order in which it says so: that part is not in a task of its own.
pub(super) fn watch(
    State(transport): State<Arc<SocketTransport>>,
    Extension(socket): Extension<Arc<ConnectedSocket>>,
    TryData(args): TryData<Args>,
    ack: AckSender,
) -> impl Future<Output = ()> + Send {
    let call = begin_watch(&transport.chat, &socket.subscription, args.unwrap_or_default());
    async move {
        match call {
            Ok(call) => show(&transport.chat, &socket, call, ack).await,
            Err(nack) => answer::<()>(ack, Err(nack)),
        }
    }
}

/// A message that is sent right after it ends it, so it must not be overtaken by one: not in a task of its own.
pub(super) fn typing(
    State(transport): State<Arc<SocketTransport>>,
    Extension(socket): Extension<Arc<ConnectedSocket>>,
    TryData(args): TryData<Args>,
    ack: AckSender,
) -> impl Future<Output = ()> + Send {
    let status = begin_typing(&transport.chat, &socket.subscription, args.unwrap_or_default());
    async move {
        let done = match status {
            Ok((call, SessionStatus::Unknown)) => type_once_verified(&transport.chat, &socket, call).await,
            Ok(_) => Ok(Done { ok: true }),
            Err(nack) => Err(nack),
        };
        answer(ack, done);
    }
}

/// Reads what is asked, and notes what needs no question to the store.
fn begin_watch(
    chat: &Chat,
    subscription: &Subscription,
    args: Args,
) -> Result<(WatchCall, SessionStatus), Nack> {
    let status = require_session(chat, subscription)?;
    let call = WatchCall::from_event(args)?;
    if let (SessionStatus::Active, Some(away)) = (status, call.away) {
        chat.presence.attend(subscription, away);
    }
    Ok((call, status))
}

/// Answers with everybody who is here and makes the socket a watcher, both between two announcements: the client misses
/// no change, and gets no departure of somebody that it was not shown.
async fn show(
    chat: &Chat,
    socket: &ConnectedSocket,
    (call, status): (WatchCall, SessionStatus),
    ack: AckSender,
) {
    // Before anything is waited for: what waits is bounded too.
    let Some(_permit) = socket.reads.begin(&socket.session) else {
        return answer::<()>(ack, Err(Nack::overloaded()));
    };
    let subscription = &socket.subscription;
    if status == SessionStatus::Unknown {
        if let Err(nack) = verify_session(chat, subscription).await {
            return answer::<()>(ack, Err(nack));
        }
        if let Some(away) = call.away {
            chat.presence.attend(subscription, away);
        }
    }
    let _nothing_is_announced = chat.presence.between_announcements().await;
    if !chat.hub.watch(subscription, call.room) {
        return answer::<()>(ack, Err(Nack::signed_out()));
    }
    let snapshot = chat.presence.snapshot(call.room);
    let Snapshot { people, typing, count } = &snapshot;
    let watched = Watched { ok: true, people, typing, count: *count };
    answer_read(socket, ack, &watched, snapshot.size());
}

/// Reads what is said, and notes it unless the store must be asked first.
fn begin_typing(
    chat: &Chat,
    subscription: &Subscription,
    args: Args,
) -> Result<(TypingCall, SessionStatus), Nack> {
    let status = require_session(chat, subscription)?;
    let call = TypingCall::from_event(args)?;
    if status == SessionStatus::Active {
        chat.presence.type_on(call.room, subscription);
    }
    Ok((call, status))
}

async fn type_once_verified(chat: &Chat, socket: &ConnectedSocket, call: TypingCall) -> Result<Done, Nack> {
    let _permit = socket.reads.begin(&socket.session).ok_or_else(Nack::overloaded)?;
    verify_session(chat, &socket.subscription).await?;
    chat.presence.type_on(call.room, &socket.subscription);
    Ok(Done { ok: true })
}
