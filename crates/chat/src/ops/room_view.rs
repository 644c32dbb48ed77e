//! Rooms as one person sees them, for answers, events and the page. Whether the person may see them is checked before.

use std::collections::HashMap;
use std::sync::Arc;

use store::{Membership, Role, Room, RoomId, RoomKind, Unread, User, UserId};
use web::Refusal;

use crate::access::Standing;
use crate::chat::Chat;
use crate::views::{OwnView, RoomView};

/// The rooms that a person is in, the lobby first.
///
/// # Errors
/// `unavailable`.
pub(crate) async fn mine(chat: &Chat, user: UserId) -> Result<Vec<RoomView>, Refusal> {
    let rooms = chat.access.rooms_of(user).await?;
    let rooms = rooms.into_iter().map(|(room, membership)| (room, Some(membership)));
    views(chat, user, rooms.collect()).await
}

/// One room, if the person may see it.
///
/// # Errors
/// `unavailable`.
pub(crate) async fn of(chat: &Chat, user: UserId, room: RoomId) -> Result<Option<RoomView>, Refusal> {
    let Some((room, membership)) = chat.stores.rooms.membership(room, user).await? else { return Ok(None) };
    let (room, mut membership) = (Arc::new(room), membership.filter(|membership| membership.is_in));
    if room.id == RoomId::LOBBY && membership.is_none() {
        // It is stored when the user's rooms are first asked for.
        membership = chat.access.rooms_of(user).await?.into_iter().next().map(|(_, lobby)| lobby);
    }
    if Standing::of(user, &room, membership.is_some()) == Standing::Unseen {
        return Ok(None);
    }
    let count = async {
        match room.id {
            RoomId::LOBBY => Ok(None),
            id => chat.stores.rooms.count_members(id).await.map(Some).map_err(Refusal::from),
        }
    };
    let views = views(chat, user, vec![(Arc::clone(&room), membership)]);
    let (member_count, views) = tokio::try_join!(count, views)?;
    Ok(views.into_iter().next().map(|view| RoomView { member_count, ..view }))
}

/// Rooms with the person's memberships of them.
///
/// # Errors
/// `unavailable`.
pub(super) async fn views(
    chat: &Chat,
    user: UserId,
    rooms: Vec<(Arc<Room>, Option<Membership>)>,
) -> Result<Vec<RoomView>, Refusal> {
    let (counts, people) = tokio::try_join!(counts(chat, user, &rooms), people(chat, &rooms))?;
    let view = |(room, membership): (Arc<Room>, Option<Membership>)| {
        let counted = counts.get(&room.id).copied().unwrap_or_default();
        let is_owner = room.is_owned_by(user);
        let own = |membership: Membership| OwnView {
            role: if is_owner { Role::Owner } else { Role::Member },
            notify: membership.notify,
            read_seq: membership.read_seq,
            unread: counted.messages.into(),
            mentions: counted.mentions.into(),
        };
        let people = room.people.iter().filter_map(|id| people.get(id).cloned()).collect();
        RoomView { own: membership.map(own), last_seq: counted.last_seq, people, member_count: None, room }
    };
    Ok(rooms.into_iter().map(view).collect())
}

async fn counts(
    chat: &Chat,
    user: UserId,
    rooms: &[(Arc<Room>, Option<Membership>)],
) -> Result<HashMap<RoomId, Unread>, Refusal> {
    // Nothing is unread for one who is not in the room.
    let read = |own: &Option<Membership>| own.as_ref().map_or(u64::MAX, |own| own.read_seq);
    let read: Vec<_> = rooms.iter().map(|(room, own)| (room.id, read(own))).collect();
    Ok(chat.stores.log.unread(user, &read).await?)
}

/// Everybody in the direct rooms among these.
async fn people(
    chat: &Chat,
    rooms: &[(Arc<Room>, Option<Membership>)],
) -> Result<HashMap<UserId, User>, Refusal> {
    let direct = rooms.iter().filter(|(room, _)| room.kind == RoomKind::Direct);
    let mut ids: Vec<UserId> = direct.flat_map(|(room, _)| room.people.iter().copied()).collect();
    ids.sort_unstable();
    ids.dedup();
    match ids.is_empty() {
        true => Ok(HashMap::new()),
        false => Ok(chat.stores.accounts.by_ids(&ids).await?),
    }
}
