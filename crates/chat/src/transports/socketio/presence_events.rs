//! `watch` and `typing`: what a socket may ask of presence.

use std::sync::Arc;

use serde::Serialize;
use socketioxide::extract::{AckSender, SocketRef, TryData};
use store::Person;
use web::SessionStatus;

use super::Audience;
use super::events::{answer, answer_read, prove, still_in};
use super::sockets::Member;
use crate::args::Args;
use crate::chat::Chat;
use crate::nack::Nack;
use crate::presence::{Seen, TypingCall, WatchCall};
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

/// Binds the events.
pub(super) fn register(chat: &Arc<Chat>, socket: &SocketRef, member: &Arc<Member>) {
    let watching = (Arc::clone(chat), Arc::clone(member));
    socket.on("watch", move |socket: SocketRef, TryData(args): TryData<Args>, ack: AckSender| {
        let (chat, member) = watching.clone();
        // What it says of itself counts in the order in which it is said, so not in a task of its own.
        let call = begin_watch(&chat, &member, args.unwrap_or_default());
        async move {
            match call {
                Ok(call) => watch(&chat, &member, &socket, call, ack).await,
                Err(nack) => answer::<()>(ack, Err(nack)),
            }
        }
    });
    let typing = (Arc::clone(chat), Arc::clone(member));
    socket.on("typing", move |TryData(args): TryData<Args>, ack: AckSender| {
        let (chat, member) = typing.clone();
        // A message of the same moment ends it, so it must not be overtaken by one.
        let verdict = begin_typing(&chat, &member, args.unwrap_or_default());
        async move {
            let done = match verdict {
                Ok(SessionStatus::Unknown) => type_once_proven(&chat, &member).await,
                Ok(_) => Ok(Done { ok: true }),
                Err(nack) => Err(nack),
            };
            answer(ack, done);
        }
    });
}

/// Reads what is asked, and takes in what needs no proof.
fn begin_watch(chat: &Chat, member: &Member, args: Args) -> Result<(WatchCall, SessionStatus), Nack> {
    let verdict = still_in(chat, member)?;
    let call = WatchCall::from_event(args)?;
    if let (SessionStatus::Active, Some(away)) = (verdict, call.away) {
        chat.presence.attend(member, away);
    }
    Ok((call, verdict))
}

/// Shows a socket everybody and makes it one of those who are told what changes, both between two announcements: it
/// misses nothing, and hears of nobody gone whom it was not shown.
async fn watch(
    chat: &Chat,
    member: &Member,
    socket: &SocketRef,
    (call, verdict): (WatchCall, SessionStatus),
    ack: AckSender,
) {
    // Before anything is waited for: what waits is bounded too.
    let Some(_permit) = member.reads.begin(&member.session) else {
        return answer::<()>(ack, Err(Nack::overloaded()));
    };
    if verdict == SessionStatus::Unknown {
        if let Err(nack) = prove(chat, member).await {
            return answer::<()>(ack, Err(nack));
        }
        if let Some(away) = call.away {
            chat.presence.attend(member, away);
        }
    }
    let _nothing_is_announced = chat.presence.between_announcements().await;
    let audience = Audience::Watchers.of(call.room);
    socket.join(audience.clone());
    // One that ended meanwhile has left its rooms already. Whether it is connected the library does not know yet when a
    // client asks at once.
    if member.session.is_over() || socket.extensions.get::<Arc<Member>>().is_none() {
        socket.leave(audience);
        return answer::<()>(ack, Err(Nack::signed_out()));
    }
    let seen = chat.presence.ask();
    let Seen { people, typing, count } = &seen;
    let watched = Watched { ok: true, people, typing, count: *count };
    answer_read(member, ack, &watched, seen.size());
}

/// Reads what is said, and takes it in unless it needs a proof.
fn begin_typing(chat: &Chat, member: &Member, args: Args) -> Result<SessionStatus, Nack> {
    let verdict = still_in(chat, member)?;
    TypingCall::from_event(args)?;
    if verdict == SessionStatus::Active {
        chat.presence.type_on(member);
    }
    Ok(verdict)
}

async fn type_once_proven(chat: &Chat, member: &Member) -> Result<Done, Nack> {
    let _permit = member.reads.begin(&member.session).ok_or_else(Nack::overloaded)?;
    prove(chat, member).await?;
    chat.presence.type_on(member);
    Ok(Done { ok: true })
}
