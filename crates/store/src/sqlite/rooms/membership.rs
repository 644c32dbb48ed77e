//! Who comes into a room and leaves it, with which role, and what a member has read and wants notifications of.

use rusqlite::{Transaction, params};

use super::super::room_numbers::RoomNumber;
use super::super::rows::last_seq;
use super::super::tokens::one;
use super::rows::{membership, put_room};
use super::{clock, count_rooms, is_active, membership_of, room_of};
use crate::{
    Added, MAX_OWNERS, MAX_ROOMS_OF_USER, Membership, Notify, ReadMark, Removed, Role, RoleSet, Room, RoomId,
    RoomKind, UserId,
};

/// The columns of [`membership`], after a change.
macro_rules! returning_membership {
    ($change:literal) => {
        concat!($change, " RETURNING room, user, is_in, since, read_seq, notify, changes, changed_at")
    };
}

/// Lets a user in, from the end of the room's log on.
pub(super) fn let_in(tx: &Transaction<'_>, room: RoomId, user: UserId) -> rusqlite::Result<Membership> {
    let sql = returning_membership!(
        "INSERT INTO memberships (room, user, is_in, since, read_seq, notify, changes, changed_at, read_at)
         VALUES (?1, ?2, 1, ?3, ?4, 'all', 1, ?3, 0)
         ON CONFLICT (room, user) DO UPDATE SET
             is_in = 1, since = ?3, read_seq = ?4, notify = 'all', changes = changes + 1, changed_at = ?3"
    );
    let params = params![room, user, clock(tx)?, end_of(tx, room)?.cast_signed()];
    tx.prepare_cached(sql)?.query_row(params, |row| membership(row, 0))
}

/// Ends a membership, if there is one.
pub(super) fn let_out(
    tx: &Transaction<'_>,
    room: RoomId,
    user: UserId,
) -> rusqlite::Result<Option<Membership>> {
    let sql = returning_membership!(
        "UPDATE memberships SET is_in = 0, read_seq = 0, notify = 'all', changes = changes + 1, changed_at = ?3
         WHERE room = ?1 AND user = ?2 AND is_in = 1"
    );
    one(tx, sql, params![room, user, clock(tx)?], |row| membership(row, 0))
}

/// The number of the newest entry of a room.
pub(super) fn end_of(tx: &Transaction<'_>, room: RoomId) -> rusqlite::Result<u64> {
    RoomNumber::find(tx, room)?.map_or(Ok(0), |number| last_seq(tx, number))
}

pub(super) fn add(tx: &Transaction<'_>, id: RoomId, user: UserId) -> rusqlite::Result<Added> {
    let open = shared_room(tx, id)?.filter(|room| !room.is_archived);
    if open.is_none() || !is_active(tx, user)? {
        return Ok(Added::Fixed);
    }
    if let Some(present) = present(tx, id, user)? {
        return Ok(Added::Member(present, false));
    }
    if count_rooms(tx, user)? >= MAX_ROOMS_OF_USER {
        return Ok(Added::TooManyRooms);
    }
    Ok(Added::Member(let_in(tx, id, user)?, true))
}

pub(super) fn remove(tx: &Transaction<'_>, id: RoomId, user: UserId) -> rusqlite::Result<Removed> {
    let (Some(room), Some(_)) = (shared_room(tx, id)?, present(tx, id, user)?) else {
        return Ok(Removed::NotIn);
    };
    if is_last_owner(&room, user) {
        return Ok(Removed::LastOwner);
    }
    let room = if room.is_owned_by(user) { put_room(tx, without_owner(room, user))? } else { room };
    Ok(let_out(tx, id, user)?.map_or(Removed::NotIn, |former| Removed::Former(room, former)))
}

pub(super) fn set_role(
    tx: &Transaction<'_>,
    id: RoomId,
    user: UserId,
    role: Role,
) -> rusqlite::Result<RoleSet> {
    let (Some(mut room), Some(_)) = (shared_room(tx, id)?, present(tx, id, user)?) else {
        return Ok(RoleSet::NotIn);
    };
    match (role, room.is_owned_by(user)) {
        (Role::Owner, true) | (Role::Member, false) => return Ok(RoleSet::Room(room)),
        (Role::Owner, false) if room.owners.len() >= MAX_OWNERS => return Ok(RoleSet::TooManyOwners),
        (Role::Owner, false) => room.owners.push(user),
        (Role::Member, true) if is_last_owner(&room, user) => return Ok(RoleSet::LastOwner),
        (Role::Member, true) => room = without_owner(room, user),
    }
    put_room(tx, room).map(RoleSet::Room)
}

pub(super) fn set_read(tx: &Transaction<'_>, marks: &[ReadMark]) -> rusqlite::Result<Vec<Membership>> {
    let sql = "UPDATE memberships SET read_seq = ?3, changes = changes + 1, read_at = ?4
               WHERE room = ?1 AND user = ?2 AND is_in = 1 AND read_seq <> ?3";
    let now = clock(tx)?;
    let mut moving = tx.prepare_cached(sql)?;
    for &ReadMark { room, user, seq } in marks {
        come_to_lobby(tx, room, user)?;
        moving.execute(params![room, user, i64::try_from(seq).unwrap_or(i64::MAX), now])?;
    }
    let found = marks.iter().map(|mark| present(tx, mark.room, mark.user));
    found.filter_map(Result::transpose).collect()
}

pub(super) fn set_notify(
    tx: &Transaction<'_>,
    room: RoomId,
    user: UserId,
    notify: Notify,
) -> rusqlite::Result<Option<Membership>> {
    come_to_lobby(tx, room, user)?;
    let sql = "UPDATE memberships SET notify = ?3, changes = changes + 1, changed_at = ?4
               WHERE room = ?1 AND user = ?2 AND is_in = 1 AND notify <> ?3";
    tx.prepare_cached(sql)?.execute(params![room, user, notify, clock(tx)?])?;
    present(tx, room, user)
}

/// Stores an active user's membership of the lobby, if `room` is the lobby and there is none yet.
pub(super) fn come_to_lobby(tx: &Transaction<'_>, room: RoomId, user: UserId) -> rusqlite::Result<()> {
    if room == RoomId::LOBBY && membership_of(tx, room, user)?.is_none() && is_active(tx, user)? {
        let_in(tx, room, user)?;
    }
    Ok(())
}

fn present(tx: &Transaction<'_>, room: RoomId, user: UserId) -> rusqlite::Result<Option<Membership>> {
    Ok(membership_of(tx, room, user)?.filter(|membership| membership.is_in))
}

/// A room that people come into and leave.
fn shared_room(tx: &Transaction<'_>, id: RoomId) -> rusqlite::Result<Option<Room>> {
    Ok(room_of(tx, id)?.filter(|room| room.kind != RoomKind::Direct && id != RoomId::LOBBY))
}

fn is_last_owner(room: &Room, user: UserId) -> bool {
    !room.is_archived && room.owners == [user]
}

fn without_owner(mut room: Room, user: UserId) -> Room {
    room.owners.retain(|&owner| owner != user);
    room
}
