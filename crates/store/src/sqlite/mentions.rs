//! The index of mentions in SQLite: which entries mention a user. The entries have the mentions themselves, and each write to
//! them keeps both equal.

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::room_numbers::RoomNumber;
use super::values::StoredMentions;
use crate::{Mention, UserId};

/// Notes the mentions of an entry that was just stored.
pub(super) fn add(
    tx: &Transaction<'_>,
    room: RoomNumber,
    seq: i64,
    mentions: &[Mention],
) -> rusqlite::Result<()> {
    let mut insert =
        tx.prepare_cached("INSERT OR IGNORE INTO mentions (user, room, seq) VALUES (?1, ?2, ?3)")?;
    mentions.iter().try_for_each(|mention| insert.execute(params![mention.id, room, seq]).map(drop))
}

/// Forgets the mentions of a room's entries up to a number, which are about to be dropped.
pub(super) fn drop_up_to(tx: &Transaction<'_>, room: RoomNumber, last_seq: i64) -> rusqlite::Result<()> {
    let sql = "SELECT seq, mentions FROM entries WHERE room = ?1 AND seq <= ?2 AND mentions IS NOT NULL";
    let dropped = tx
        .prepare_cached(sql)?
        .query_map(params![room, last_seq], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<Vec<(i64, StoredMentions<Vec<Mention>>)>>>()?;
    dropped.iter().try_for_each(|(seq, StoredMentions(mentions))| forget(tx, room, *seq, mentions))
}

/// Forgets the mentions of the entry at a place, which is about to be erased.
pub(super) fn drop_at(tx: &Transaction<'_>, place: i64) -> rusqlite::Result<()> {
    let sql = "SELECT room, seq, mentions FROM entries WHERE place = ?1 AND mentions IS NOT NULL";
    let columns = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let found = tx.prepare_cached(sql)?.query_row([place], columns).optional()?;
    let Some((room, seq, StoredMentions::<Vec<Mention>>(mentions))) = found else { return Ok(()) };
    forget(tx, room, seq, &mentions)
}

/// Whether an entry mentions a user.
pub(super) fn is_mentioned(tx: &Transaction<'_>, user: UserId) -> rusqlite::Result<bool> {
    tx.prepare_cached("SELECT 1 FROM mentions WHERE user = ?1")?.exists([user])
}

/// Takes a user out of the mentions of some entries, at most `limit`.
pub(super) fn take_out(tx: &Transaction<'_>, user: UserId, limit: usize) -> rusqlite::Result<()> {
    let sql = "SELECT room, seq FROM mentions WHERE user = ?1 LIMIT ?2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = tx
        .prepare_cached(sql)?
        .query_map(params![user, limit], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<Vec<(RoomNumber, i64)>>>()?;
    found.iter().try_for_each(|&(room, seq)| take_out_of(tx, user, room, seq))
}

fn take_out_of(tx: &Transaction<'_>, user: UserId, room: RoomNumber, seq: i64) -> rusqlite::Result<()> {
    let sql = "SELECT mentions FROM entries WHERE room = ?1 AND seq = ?2 AND mentions IS NOT NULL";
    let mentions = tx.prepare_cached(sql)?.query_row(params![room, seq], |row| row.get(0)).optional()?;
    if let Some(StoredMentions::<Vec<Mention>>(mut mentions)) = mentions {
        mentions.retain(|mention| mention.id != user);
        let sql = "UPDATE entries SET mentions = ?3 WHERE room = ?1 AND seq = ?2";
        tx.prepare_cached(sql)?.execute(params![room, seq, StoredMentions(mentions.as_slice())])?;
    }
    remove(tx, user, room, seq)
}

fn forget(tx: &Transaction<'_>, room: RoomNumber, seq: i64, mentions: &[Mention]) -> rusqlite::Result<()> {
    mentions.iter().try_for_each(|mention| remove(tx, mention.id, room, seq))
}

fn remove(tx: &Transaction<'_>, user: UserId, room: RoomNumber, seq: i64) -> rusqlite::Result<()> {
    let sql = "DELETE FROM mentions WHERE user = ?1 AND room = ?2 AND seq = ?3";
    tx.prepare_cached(sql)?.execute(params![user, room, seq]).map(drop)
}
