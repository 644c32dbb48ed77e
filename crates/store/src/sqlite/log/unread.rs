//! Counting what a user has not read, in SQLite: along the index (room, seq), from the newest entry back.

use rusqlite::{Transaction, params};

use super::super::room_numbers::RoomNumber;
use super::super::rows::last_seq;
use super::stored;
use crate::{MAX_COUNTED_ENTRIES, MAX_UNREAD, RoomId, Unread, UserId};

/// The outer query ends at its limit, so the inner one reads no further than that.
const COUNT_MESSAGES: &str = "
    SELECT count(*) FROM (
        SELECT 1 FROM (
            SELECT kind, sender_id, text IS NULL AS is_erased FROM entries
            WHERE room = ?1 AND seq > ?2 ORDER BY seq DESC LIMIT ?5
        ) WHERE sender_id <> ?3 AND kind = 'message' AND NOT is_erased LIMIT ?4
    )";
const COUNT_MENTIONS: &str = "
    SELECT count(*) FROM (SELECT 1 FROM mentions WHERE user = ?3 AND room = ?1 AND seq > ?2 LIMIT ?4)";

/// What a user has not read of a room after a number.
pub(super) fn of_room(
    tx: &Transaction<'_>,
    user: UserId,
    room: RoomId,
    read: u64,
) -> rusqlite::Result<Unread> {
    let Some(room) = RoomNumber::find(tx, room)? else { return Ok(Unread::default()) };
    let last_seq = last_seq(tx, room)?;
    if read >= last_seq {
        return Ok(Unread { last_seq, ..Unread::default() });
    }
    let read = stored(read);
    let messages = tx
        .prepare_cached(COUNT_MESSAGES)?
        .query_row(params![room, read, user, MAX_UNREAD, MAX_COUNTED_ENTRIES], |row| row.get(0))?;
    let mentions = tx
        .prepare_cached(COUNT_MENTIONS)?
        .query_row(params![room, read, user, MAX_UNREAD], |row| row.get(0))?;
    Ok(Unread { last_seq, messages, mentions })
}
