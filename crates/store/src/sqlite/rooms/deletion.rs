//! What the deletion of a user leaves of rooms.

use rusqlite::Transaction;

use super::membership::let_out;
use super::rows::put_room;
use super::{first_member, room_of};
use crate::{Room, RoomId, RoomKind, UserId};

/// See [`crate::Rooms::remove_everywhere`].
pub(super) fn remove_everywhere(tx: &Transaction<'_>, user: UserId) -> rusqlite::Result<()> {
    let left = ids(tx, "SELECT room FROM memberships WHERE user = ?1 AND is_in = 1", user)?;
    for &id in &left {
        let_out(tx, id, user)?;
    }
    let made = ids(tx, "SELECT id FROM rooms WHERE created_by = ?1 AND kind <> 'direct'", user)?;
    for id in left.into_iter().chain(made).filter(|&id| id != RoomId::LOBBY) {
        let Some(before) = room_of(tx, id)? else { continue };
        let after = without(tx, before.clone(), user)?;
        if after != before {
            put_room(tx, after)?;
        }
    }
    Ok(())
}

fn ids(tx: &Transaction<'_>, sql: &str, user: UserId) -> rusqlite::Result<Vec<RoomId>> {
    tx.prepare_cached(sql)?.query_map([user], |row| row.get(0))?.collect()
}

/// The room without any trace of a user.
fn without(tx: &Transaction<'_>, mut room: Room, user: UserId) -> rusqlite::Result<Room> {
    room.created_by = room.created_by.filter(|&by| by != user);
    room.people.retain(|&person| person != user);
    if room.is_owned_by(user) {
        room.owners.retain(|&owner| owner != user);
        if room.owners.is_empty() && !room.is_archived {
            room.owners.extend(first_member(tx, room.id, user)?);
            room.is_archived = room.owners.is_empty();
        }
    }
    debug_assert!(room.kind == RoomKind::Public || room.kind == RoomKind::Private || room.owners.is_empty());
    Ok(room)
}
