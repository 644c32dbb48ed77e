//! Reading many rooms or members.

use rusqlite::{Row, Transaction, params};
use uuid::Uuid;

use super::super::Sqlite;
use super::super::accounts::user;
use super::super::generations::Part;
use super::membership::{come_to_lobby, end_of};
use super::rows::{ROOM_COLUMNS, membership, room, select_rooms};
use super::{is_active, membership_of};
use crate::name::fold;
use crate::{Membership, Notify, PublicRooms, Room, RoomId, StoreError, Timestamp, User, UserId};

impl Sqlite {
    pub(super) async fn rooms_of(&self, user: UserId) -> Result<Vec<(Room, Membership)>, StoreError> {
        let found = self.read_for_client(move |tx| rooms_of(tx, user)).await?;
        match found.first() {
            Some((_, lobby)) if lobby.changes == 0 => {}
            _ => return Ok(found),
        }
        match self.add(Part::Rooms, move |tx| come_to_lobby(tx, RoomId::LOBBY, user)).await {
            Ok(()) => self.read_for_client(move |tx| rooms_of(tx, user)).await,
            // Nothing is lost: the next call tries again.
            Err(StoreError::Full) => Ok(found),
            Err(error) => Err(error),
        }
    }
}

/// The rooms of an active user. A membership of the lobby that is not stored yet has 0 changes.
pub(super) fn rooms_of(tx: &Transaction<'_>, user: UserId) -> rusqlite::Result<Vec<(Room, Membership)>> {
    if !is_active(tx, user)? {
        return Ok(Vec::new());
    }
    let lobby = match membership_of(tx, RoomId::LOBBY, user)? {
        Some(stored) => stored,
        None => Membership {
            room: RoomId::LOBBY,
            user,
            is_in: true,
            since: Timestamp::from_millis(0),
            read_seq: end_of(tx, RoomId::LOBBY)?,
            notify: Notify::All,
            changes: 0,
            changed_at: Timestamp::from_millis(0),
        },
    };
    let sql =
        "SELECT id, kind, name, topic, created_by, owners, people, archived, rooms.changes, rooms.changed_at,
                      room, user, is_in, since, read_seq, notify, memberships.changes, memberships.changed_at
               FROM memberships JOIN rooms ON id = room WHERE user = ?1 AND is_in = 1";
    let both = |row: &Row<'_>| Ok((room(row)?, membership(row, ROOM_COLUMNS)?));
    let mut found = vec![(Room::lobby(), lobby)];
    for row in tx.prepare_cached(sql)?.query_map([user], both)? {
        found.push(row?);
    }
    Ok(found)
}

/// A part of a name as it is looked for.
pub(super) fn folded(part: Option<&str>) -> String {
    part.map_or_else(String::new, |part| fold(part.trim()))
}

pub(super) fn public(
    tx: &Transaction<'_>,
    user: UserId,
    find: &str,
    after: &str,
    limit: u32,
) -> rusqlite::Result<PublicRooms> {
    let sql = select_rooms!(
        "WHERE folded > ?1 AND kind = 'public' AND archived = 0 AND instr(folded, ?2) > 0
           AND NOT EXISTS (SELECT 1 FROM memberships WHERE room = rooms.id AND user = ?3 AND is_in = 1)
         ORDER BY folded LIMIT ?4"
    );
    let params = params![after, find, user, limit + 1];
    let mut rooms = tx.prepare_cached(sql)?.query_map(params, room)?.collect::<Result<Vec<_>, _>>()?;
    let has_more = rooms.len() > limit as usize;
    rooms.truncate(limit as usize);
    Ok(PublicRooms { rooms, has_more })
}

pub(super) fn members(
    tx: &Transaction<'_>,
    room: RoomId,
    after: Option<UserId>,
    count: u32,
) -> rusqlite::Result<Vec<User>> {
    let sql = "SELECT users.* FROM memberships CROSS JOIN users ON id = user
               WHERE room = ?1 AND user > ?2 AND is_in = 1 AND state = 'active' ORDER BY user LIMIT ?3";
    let after = after.unwrap_or(UserId(Uuid::nil()));
    tx.prepare_cached(sql)?.query_map(params![room, after, count], user)?.collect()
}

pub(super) fn find_members(
    tx: &Transaction<'_>,
    room: RoomId,
    prefix: &str,
    limit: u32,
) -> rusqlite::Result<Vec<User>> {
    let sql = "SELECT * FROM users
               WHERE (folded BETWEEN ?1 AND ?2 OR folded_display BETWEEN ?1 AND ?2) AND state = 'active'
                 AND (?3 = 'lobby' OR EXISTS (SELECT 1 FROM memberships WHERE room = ?3 AND user = id AND is_in = 1))
               ORDER BY folded LIMIT ?4";
    let end = format!("{prefix}{}", char::MAX);
    tx.prepare_cached(sql)?.query_map(params![prefix, end, room, limit], user)?.collect()
}

pub(super) fn count_members(tx: &Transaction<'_>, room: RoomId) -> rusqlite::Result<u64> {
    let sql = "SELECT count(*) FROM memberships WHERE room = ?1 AND is_in = 1";
    let count: i64 = tx.prepare_cached(sql)?.query_row([room], |row| row.get(0))?;
    Ok(count.cast_unsigned())
}
