//! The events about rooms and members. Each waits for the store before it is answered, so their order does not matter.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use socketioxide::ParserError;
use store::RoomId;
use web::{Arguments, Code, Refusal};

use super::ack::{Ack, Answer, Done};
use super::event_request::request;
use super::sockets::ConnectedSocket;
use super::transport::SocketTransport;
use crate::chat::Chat;
use crate::ops::admission::Caller;
use crate::ops::read_marks::{NotifyRequest, ReadRequest};
use crate::ops::room_requests::{
    ChangeRequest, CreateRequest, DirectRequest, InRoom, MemberListing, Nothing, PersonRequest, RoomListing,
    SetRoleRequest,
};
use crate::ops::{direct, members, read_marks, rooms};
use crate::views::{Member, RoomView};
use crate::wire::rooms as wire;

/// What a client asks for.
enum RoomEvent {
    List(RoomListing),
    Create(CreateRequest),
    Direct(DirectRequest),
    Read(RoomId),
    Change(InRoom<ChangeRequest>),
    Members(InRoom<MemberListing>),
    Join(RoomId),
    Leave(RoomId),
    Add(InRoom<PersonRequest>),
    Remove(InRoom<PersonRequest>),
    SetRole(InRoom<SetRoleRequest>),
    MarkRead(InRoom<ReadRequest>),
    MarkAllRead,
    SetNotify(InRoom<NotifyRequest>),
}

/// `{ok: true, …}` with the members of what it answers.
#[derive(Serialize)]
struct Flat<T> {
    ok: bool,
    #[serde(flatten)]
    answer: T,
}

/// `{ok: true, room}`.
#[derive(Serialize)]
struct RoomAck<'a> {
    ok: bool,
    room: wire::Room<'a>,
}

/// `{ok: true, member}`.
#[derive(Serialize)]
struct MemberAck<'a> {
    ok: bool,
    member: wire::Member<'a>,
}

/// Whether an event of this name is one about rooms.
pub(super) fn is_one(name: &str) -> bool {
    matches!(
        name,
        "rooms"
            | "create room"
            | "direct"
            | "room"
            | "change room"
            | "members"
            | "join"
            | "leave"
            | "add"
            | "remove"
            | "set role"
            | "read"
            | "read all"
            | "notify"
    )
}

/// Does what an event about rooms asks for, and answers it.
pub(super) fn on_event(
    name: &str,
    transport: &Arc<SocketTransport>,
    socket: Arc<ConnectedSocket>,
    arguments: Result<Arguments, ParserError>,
    ack: Ack,
) -> BoxFuture<'static, ()> {
    let answer = Answer::new(ack, transport, &socket);
    let event = read(name, transport, &socket, arguments);
    let chat = Arc::clone(&transport.chat);
    Box::pin(async move {
        let event = match event {
            Ok(event) if event.only_reads() && !answer.is_awaited() => {
                // What nobody waits for is not read.
                return answer.refuse(&Refusal::new(Code::Invalid, "It needs an acknowledgement."));
            }
            Ok(event) => event,
            Err(refusal) => return answer.refuse(&refusal),
        };
        // Before anything is waited for: what waits is bounded too.
        let Some(_permit) = socket.begin_read() else {
            return answer.refuse(&Refusal::overloaded());
        };
        match event.act(&chat, Caller::Subscription(&socket.subscription)).await {
            Ok(done) => answer.send(&done),
            Err(refusal) => answer.refuse(&refusal),
        }
    })
}

fn read(
    name: &str,
    transport: &SocketTransport,
    socket: &ConnectedSocket,
    args: Result<Arguments, ParserError>,
) -> Result<RoomEvent, Refusal> {
    let room = |InRoom { room, request: Nothing }| room;
    Ok(match name {
        "create room" => RoomEvent::Create(request(transport, socket, args, &[])?),
        "direct" => RoomEvent::Direct(request(transport, socket, args, &[])?),
        "room" => RoomEvent::Read(room(request(transport, socket, args, &[])?)),
        "change room" => RoomEvent::Change(request(transport, socket, args, &[])?),
        "members" => RoomEvent::Members(request(transport, socket, args, &[])?),
        "join" => RoomEvent::Join(room(request(transport, socket, args, &[])?)),
        "leave" => RoomEvent::Leave(room(request(transport, socket, args, &[])?)),
        "add" => RoomEvent::Add(request(transport, socket, args, &[])?),
        "remove" => RoomEvent::Remove(request(transport, socket, args, &[])?),
        "set role" => RoomEvent::SetRole(request(transport, socket, args, &[])?),
        "read" => RoomEvent::MarkRead(request(transport, socket, args, &[])?),
        "read all" => request(transport, socket, args, &[]).map(|Nothing| RoomEvent::MarkAllRead)?,
        "notify" => RoomEvent::SetNotify(request(transport, socket, args, &[])?),
        _ => RoomEvent::List(request(transport, socket, args, &[])?),
    })
}

impl RoomEvent {
    fn only_reads(&self) -> bool {
        matches!(self, Self::List(_) | Self::Read(_) | Self::Members(_))
    }

    /// Does it. Returns the acknowledgement.
    async fn act(self, chat: &Chat, caller: Caller<'_>) -> Result<Box<RawValue>, Refusal> {
        match self {
            Self::List(listing) => {
                let list = rooms::list(chat, caller, listing).await?;
                Ok(json(&Flat { ok: true, answer: wire::RoomList::from(&list) }))
            }
            Self::Create(request) => Ok(room(&rooms::create(chat, caller, request).await?)),
            Self::Direct(request) => Ok(room(&direct::begin(chat, caller, request).await?.0)),
            Self::Read(id) => Ok(room(&rooms::one(chat, caller, id).await?)),
            Self::Change(InRoom { room: id, request }) => {
                Ok(room(&rooms::change(chat, caller, id, request).await?))
            }
            Self::Members(InRoom { room, request }) => {
                let page = members::list(chat, caller, room, request).await?;
                Ok(json(&Flat { ok: true, answer: wire::MemberPage::from(&page) }))
            }
            Self::Join(id) => Ok(room(&members::join(chat, caller, id).await?)),
            Self::Leave(room) => members::remove(chat, caller, room, "me").await.map(|()| json(&Done::OK)),
            Self::Add(InRoom { room, request }) => {
                Ok(member(&members::add(chat, caller, room, &request.user).await?.0))
            }
            Self::Remove(InRoom { room, request }) => {
                members::remove(chat, caller, room, &request.user).await.map(|()| json(&Done::OK))
            }
            Self::SetRole(InRoom { room, request }) => {
                Ok(member(&members::set_role(chat, caller, room, &request.user, request.role).await?))
            }
            Self::MarkRead(InRoom { room, request }) => {
                let view = read_marks::mark(chat, caller, room, request).await?;
                Ok(json(&Flat { ok: true, answer: wire::ReadMark::from(view) }))
            }
            Self::MarkAllRead => read_marks::mark_all(chat, caller).await.map(|()| json(&Done::OK)),
            Self::SetNotify(InRoom { room, request }) => {
                read_marks::set_notify(chat, caller, room, request).await.map(|()| json(&Done::OK))
            }
        }
    }
}

fn room(view: &RoomView) -> Box<RawValue> {
    json(&RoomAck { ok: true, room: wire::Room::from(view) })
}

fn member(member: &Member) -> Box<RawValue> {
    json(&MemberAck { ok: true, member: wire::Member::from(member) })
}

fn json(answer: &impl Serialize) -> Box<RawValue> {
    to_raw_value(answer).expect("an answer has only names, numbers and lists")
}
