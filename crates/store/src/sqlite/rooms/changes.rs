//! Making and changing rooms.

use rusqlite::{Transaction, params};

use super::membership::let_in;
use super::rows::put_room;
use super::{count_rooms, is_active, room_of};
use crate::{
    DirectRoom, MAX_ROOMS_MADE, MAX_ROOMS_OF_USER, NewRoom, Room, RoomChange, RoomChanged, RoomCreated,
    RoomId, RoomKind, RoomName, UserId,
};

pub(super) fn create(tx: &Transaction<'_>, new: &NewRoom) -> rusqlite::Result<RoomCreated> {
    let (kind, by) = (new.kind(), new.created_by);
    if !is_active(tx, by)? {
        return Ok(RoomCreated::UserGone);
    }
    if count_made(tx, by)? >= MAX_ROOMS_MADE {
        return Ok(RoomCreated::TooManyMade);
    }
    if count_rooms(tx, by)? >= MAX_ROOMS_OF_USER {
        return Ok(RoomCreated::TooManyRooms);
    }
    if kind == RoomKind::Public && is_taken(tx, &new.name, None)? {
        return Ok(RoomCreated::NameTaken);
    }
    let room = Room {
        id: RoomId::generate(),
        kind,
        name: Some(new.name.clone()),
        topic: new.topic.clone(),
        owners: vec![by],
        ..Room::not_stored(Some(by))
    };
    let room = put_room(tx, room)?;
    let membership = let_in(tx, room.id, by)?;
    Ok(RoomCreated::Room(room, membership))
}

pub(super) fn direct(tx: &Transaction<'_>, people: &[UserId], by: UserId) -> rusqlite::Result<DirectRoom> {
    let id = RoomId::direct(people);
    if let Some(room) = room_of(tx, id)? {
        return Ok(DirectRoom::Room(room, false));
    }
    for &user in people {
        if !is_active(tx, user)? {
            return Ok(DirectRoom::UserGone(user));
        }
        if count_rooms(tx, user)? >= MAX_ROOMS_OF_USER {
            return Ok(DirectRoom::TooManyRooms(user));
        }
    }
    let room = put_room(tx, Room { id, people: people.to_vec(), ..Room::not_stored(Some(by)) })?;
    for &user in people {
        let_in(tx, id, user)?;
    }
    Ok(DirectRoom::Room(room, true))
}

pub(super) fn change(tx: &Transaction<'_>, id: RoomId, change: RoomChange) -> rusqlite::Result<RoomChanged> {
    let found = room_of(tx, id)?.filter(|room| room.kind != RoomKind::Direct && id != RoomId::LOBBY);
    let Some(before) = found else { return Ok(RoomChanged::Fixed) };
    let after = change.applied_to(&before);
    if after == before {
        return Ok(RoomChanged::Room(before));
    }
    if let (RoomKind::Public, Some(name)) = (after.kind, &after.name)
        && is_taken(tx, name, Some(id))?
    {
        return Ok(RoomChanged::NameTaken);
    }
    if let (true, false, Some(by)) = (before.is_archived, after.is_archived, after.created_by)
        && count_made(tx, by)? >= MAX_ROOMS_MADE
    {
        return Ok(RoomChanged::TooManyMade);
    }
    put_room(tx, after).map(RoomChanged::Room)
}

/// Whether another public room than `but` has this name.
fn is_taken(tx: &Transaction<'_>, name: &RoomName, but: Option<RoomId>) -> rusqlite::Result<bool> {
    if name.folded() == RoomName::lobby().folded() {
        return Ok(true);
    }
    let sql = "SELECT 1 FROM rooms WHERE folded = ?1 AND id IS NOT ?2";
    tx.prepare_cached(sql)?.exists(params![name.folded(), but])
}

fn count_made(tx: &Transaction<'_>, by: UserId) -> rusqlite::Result<usize> {
    let sql = "SELECT count(*) FROM rooms WHERE created_by = ?1 AND archived = 0 AND kind <> 'direct'";
    tx.prepare_cached(sql)?.query_row([by], |row| row.get::<_, i64>(0)).map(|count| count as usize)
}
