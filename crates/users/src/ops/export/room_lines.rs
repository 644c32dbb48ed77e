//! The lines of an export about the rooms that the user is in.

use std::collections::HashMap;

use bytes::Bytes;
use serde::Serialize;
use store::{Membership, Role, Room, RoomId, Stores, Timestamp, User, UserId};
use web::Refusal;
use web::resources::as_text;

use super::lines::line;

/// A room, and the user's part in it. Its `kind` differs from the kinds of entries.
#[derive(Serialize)]
struct RoomLine<'a> {
    kind: &'static str,
    #[serde(serialize_with = "as_text")]
    id: RoomId,
    room_kind: &'static str,
    /// Null for a direct message.
    name: Option<&'a str>,
    topic: &'a str,
    archived: bool,
    role: &'static str,
    notify: &'static str,
    read_seq: u64,
    #[serde(serialize_with = "as_text")]
    since: Timestamp,
    /// The user names of everybody in a direct message.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    people: Vec<&'a str>,
}

/// The lines of all rooms.
///
/// # Errors
/// `unavailable`.
pub(super) async fn read(stores: &Stores, user: UserId) -> Result<Bytes, Refusal> {
    let rooms = stores.rooms.of_user(user).await?;
    let mut people: Vec<UserId> = rooms.iter().flat_map(|(room, _)| room.people.iter().copied()).collect();
    people.sort_unstable();
    people.dedup();
    let people = if people.is_empty() { HashMap::new() } else { stores.accounts.by_ids(&people).await? };
    let lines = rooms.iter().flat_map(|(room, own)| line(&room_line(user, room, own, &people)));
    Ok(lines.collect::<Vec<u8>>().into())
}

fn room_line<'a>(
    user: UserId,
    room: &'a Room,
    own: &Membership,
    people: &'a HashMap<UserId, User>,
) -> RoomLine<'a> {
    let username = |id: &UserId| people.get(id).map(|user| user.username.as_str());
    RoomLine {
        kind: "room",
        id: room.id,
        room_kind: room.kind.as_str(),
        name: room.name.as_ref().map(store::RoomName::as_str),
        topic: room.topic.as_str(),
        archived: room.is_archived,
        role: if room.is_owned_by(user) { Role::Owner } else { Role::Member }.as_str(),
        notify: own.notify.as_str(),
        read_seq: own.read_seq,
        since: own.since,
        people: room.people.iter().filter_map(username).collect(),
    }
}
