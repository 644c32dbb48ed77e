//! Rows of `rooms` and `memberships`: reading, and writing a whole room.

use rusqlite::{Row, Transaction, params};

use super::super::tokens::one;
use super::super::values::UserIds;
use super::clock;
use crate::{Membership, Room, RoomId, RoomName, UserId};

/// A query for [`room`].
macro_rules! select_rooms {
    ($rest:literal) => {
        concat!(
            "SELECT id, kind, name, topic, created_by, owners, people, archived, changes, changed_at FROM rooms ",
            $rest
        )
    };
}
pub(in crate::sqlite) use select_rooms;

/// The number of columns of [`select_rooms`].
pub(super) const ROOM_COLUMNS: usize = 10;

/// A query for [`membership`].
macro_rules! select_memberships {
    ($rest:literal) => {
        concat!(
            "SELECT room, user, is_in, since, read_seq, notify, changes, changed_at FROM memberships ",
            $rest
        )
    };
}
pub(in crate::sqlite) use select_memberships;

/// The room of a row whose first columns are those of `select_rooms!`.
pub(in crate::sqlite) fn room(row: &Row<'_>) -> rusqlite::Result<Room> {
    let (UserIds(owners), UserIds(people)) = (row.get(5)?, row.get(6)?);
    Ok(Room {
        id: row.get(0)?,
        kind: row.get(1)?,
        name: row.get(2)?,
        topic: row.get(3)?,
        created_by: row.get(4)?,
        owners,
        people,
        is_archived: row.get(7)?,
        changes: row.get::<_, i64>(8)?.cast_unsigned(),
        changed_at: row.get(9)?,
    })
}

/// The membership of a row that has the columns of `select_memberships!` from this one on.
pub(in crate::sqlite) fn membership(row: &Row<'_>, first: usize) -> rusqlite::Result<Membership> {
    Ok(Membership {
        room: row.get(first)?,
        user: row.get(first + 1)?,
        is_in: row.get(first + 2)?,
        since: row.get(first + 3)?,
        read_seq: row.get::<_, i64>(first + 4)?.cast_unsigned(),
        notify: row.get(first + 5)?,
        changes: row.get::<_, i64>(first + 6)?.cast_unsigned(),
        changed_at: row.get(first + 7)?,
    })
}

/// A room with this id.
pub(in crate::sqlite) fn room_of(tx: &Transaction<'_>, id: RoomId) -> rusqlite::Result<Option<Room>> {
    match one(tx, select_rooms!("WHERE id = ?1"), [id], room)? {
        None if id == RoomId::LOBBY => Ok(Some(Room::lobby())),
        found => Ok(found),
    }
}

/// A user's membership of a room, present or past.
pub(in crate::sqlite) fn membership_of(
    tx: &Transaction<'_>,
    room: RoomId,
    user: UserId,
) -> rusqlite::Result<Option<Membership>> {
    one(tx, select_memberships!("WHERE room = ?1 AND user = ?2"), params![room, user], |row| {
        membership(row, 0)
    })
}

/// Inserts a room, or replaces it, as changed once more now. Returns it as it is then.
pub(super) fn put_room(tx: &Transaction<'_>, room: Room) -> rusqlite::Result<Room> {
    let room = Room { changes: room.changes + 1, changed_at: clock(tx)?, ..room };
    let folded = match room.kind {
        crate::RoomKind::Public => room.name.as_ref().map(RoomName::folded),
        _ => None,
    };
    tx.prepare_cached(
        "INSERT INTO rooms
             (id, kind, name, folded, topic, created_by, owners, people, archived, changes, changed_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT (id) DO UPDATE SET
             name = ?3, folded = ?4, topic = ?5, created_by = ?6, owners = ?7, people = ?8, archived = ?9,
             changes = ?10, changed_at = ?11",
    )?
    .execute(params![
        room.id,
        room.kind,
        room.name,
        folded,
        room.topic,
        room.created_by,
        UserIds(room.owners.clone()),
        UserIds(room.people.clone()),
        room.is_archived,
        room.changes.cast_signed(),
        room.changed_at,
    ])?;
    Ok(room)
}
