//! The list of rooms, and what a room is: looking it up, creating, changing and archiving it.

use std::sync::Arc;

use store::{MAX_ROOMS_MADE, NewRoom, RoomChange, RoomChanged, RoomCreated, RoomId, RoomKind};
use web::Refusal;

use super::admission::{Caller, admit, admit_anywhere, admit_read, verify};
use super::operation::Operation;
use super::room_refusals::{name_taken, too_many_made, too_many_rooms};
use super::room_requests::{ChangeRequest, CreateRequest, RoomListing};
use super::room_view;
use crate::access::{Rule, Standing, unknown_room};
use crate::chat::Chat;
use crate::views::{RoomList, RoomView};

/// The rooms that the caller is in, and a page of the public ones to join, by name.
///
/// # Errors
/// Those of the admission, `overloaded` when too much is read, and `unavailable`.
pub(crate) async fn list(
    chat: &Chat,
    caller: Caller<'_>,
    RoomListing { find, after, limit }: RoomListing,
) -> Result<RoomList, Refusal> {
    admit_anywhere(chat, Operation::ListRooms, caller).await?;
    let _permit = chat.reads.permit(caller.user(), caller.network()).await?;
    let find = find.as_deref();
    let mine = async {
        match after.is_some() {
            true => Ok(Vec::new()),
            false => room_view::mine(chat, caller.user()).await,
        }
    };
    let public = public(chat, caller, find, after.as_deref(), limit);
    let (mut mine, (public, next)) = tokio::try_join!(mine, public)?;
    mine.retain(|view| find.is_none_or(|part| view.is_named(part)));
    Ok(RoomList { mine, public, next })
}

async fn public(
    chat: &Chat,
    caller: Caller<'_>,
    find: Option<&str>,
    after: Option<&str>,
    limit: u32,
) -> Result<(Vec<RoomView>, Option<String>), Refusal> {
    let page = chat.stores.rooms.public(caller.user(), find, after, limit).await?;
    let last = page.rooms.last().filter(|_| page.has_more).and_then(|room| room.name.as_ref());
    let next = last.map(|name| name.folded().to_owned());
    let rooms = page.rooms.into_iter().map(|room| (Arc::new(room), None)).collect();
    Ok((room_view::views(chat, caller.user(), rooms).await?, next))
}

/// One room.
///
/// # Errors
/// Those of the admission, `overloaded` when too much is read, and `unavailable`.
pub(crate) async fn one(chat: &Chat, caller: Caller<'_>, room: RoomId) -> Result<RoomView, Refusal> {
    let (_, _permit) = admit_read(chat, Operation::ReadRoom, caller, room).await?;
    view(chat, caller, room).await
}

/// A room whose operation was admitted.
pub(super) async fn view(chat: &Chat, caller: Caller<'_>, room: RoomId) -> Result<RoomView, Refusal> {
    room_view::of(chat, caller.user(), room).await?.ok_or_else(unknown_room)
}

/// Creates a room, with the caller as its first member and owner.
///
/// # Errors
/// Those of the admission, `invalid` for a taken name, `forbidden` at a bound, and `unavailable`.
pub(crate) async fn create(
    chat: &Chat,
    caller: Caller<'_>,
    request: CreateRequest,
) -> Result<RoomView, Refusal> {
    admit_anywhere(chat, Operation::CreateRoom, caller).await?;
    let new = NewRoom {
        is_private: request.kind == RoomKind::Private,
        name: request.name,
        topic: request.topic.unwrap_or_default(),
        created_by: caller.user(),
    };
    match chat.stores.rooms.create(new).await? {
        RoomCreated::Room(room, membership) => {
            let id = room.id;
            chat.access.absorb(vec![room], vec![membership], caller.subscription_id());
            view(chat, caller, id).await
        }
        RoomCreated::NameTaken => Err(name_taken()),
        RoomCreated::TooManyMade => Err(too_many_made()),
        RoomCreated::TooManyRooms => Err(too_many_rooms()),
        RoomCreated::UserGone => Err(Refusal::signed_out()),
    }
}

/// Changes a room: its name, its topic, whether it is archived.
///
/// # Errors
/// Those of the admission, `invalid` for a taken name, `forbidden` at a bound, and `unavailable`.
pub(crate) async fn change(
    chat: &Chat,
    caller: Caller<'_>,
    room: RoomId,
    ChangeRequest { name, topic, archived }: ChangeRequest,
) -> Result<RoomView, Refusal> {
    let operation = if archived.is_some() { Operation::ArchiveRoom } else { Operation::ChangeRoom };
    let admission = admit(chat, operation, caller, room)?;
    let standing = verify(chat, caller, admission).await?;
    if archived != Some(false) && (name.is_some() || topic.is_some()) {
        Rule::OWN.judge(&standing)?;
    }
    match chat.stores.rooms.change(room, RoomChange { name, topic, is_archived: archived }).await? {
        RoomChanged::Room(changed) => {
            chat.access.absorb(vec![changed], Vec::new(), caller.subscription_id());
            view(chat, caller, room).await
        }
        RoomChanged::NameTaken => Err(name_taken()),
        RoomChanged::TooManyMade => Err(Refusal::forbidden(format!(
            "The maker of the room has made {MAX_ROOMS_MADE} others since, which is the most. One of them must be \
             archived first."
        ))),
        // It changed in the meantime.
        RoomChanged::Fixed => Err(changed_meanwhile(chat, operation, caller, room).await),
    }
}

/// Why a room that was admitted is not as it was: what the store says now.
pub(super) async fn changed_meanwhile(
    chat: &Chat,
    operation: Operation,
    caller: Caller<'_>,
    room: RoomId,
) -> Refusal {
    let pair = (room, caller.user());
    match chat.access.ask_all(&[pair]).await {
        Ok(mut found) => {
            let standing = found.remove(&pair).unwrap_or(Standing::Unseen);
            operation.rule().judge(&standing).err().unwrap_or_else(Refusal::unavailable)
        }
        Err(error) => error.into(),
    }
}

/// Archives a room. A room that is archived stays so.
///
/// # Errors
/// Those of [`change`].
pub(crate) async fn archive(chat: &Chat, caller: Caller<'_>, room: RoomId) -> Result<(), Refusal> {
    let request = ChangeRequest { name: None, topic: None, archived: Some(true) };
    change(chat, caller, room, request).await.map(drop)
}
