//! What stays of dropped entries for a while: husks, rows of `entries` that belong to no room and hold no words.
//!
//! SQLite overwrites what it frees (`secure_delete`), but not the copies that it leaves in a page from which it moves rows to
//! the next pages, as it does when rows are removed. Such a copy of a row that is erased later would stay on the disk. So a
//! dropped entry first becomes a husk where it is, and rows are removed only where all rows around are husks: at the
//! beginning of the table, which is in the order of appending.

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::super::mentions;
use super::super::room_numbers::RoomNumber;
use crate::MAX_DROPPED;

/// Number of husks that stay before the first row that is none. More than are in the pages that SQLite changes together:
/// one and its two neighbours, of 4 KiB each, where the smallest husk takes 20 bytes.
const MIN_HUSKS: i64 = 1_000;
/// Maximum number of rows that one write removes.
const MAX_REMOVED: i64 = 2 * MAX_DROPPED as i64;

/// Makes husks of a room's entries up to this number. Each takes less bytes than the entry, so no row moves for it. Returns how
/// many there are.
pub(super) fn leave(tx: &Transaction<'_>, room: RoomNumber, last_seq: i64) -> rusqlite::Result<u64> {
    let sql = "UPDATE entries
               SET room = ?3, seq = place, kind = '', id = place, sender_id = x'', sender_username = NULL,
                   sender_display_name = NULL, text = NULL, sent_at = 0, mentions = NULL
               WHERE room = ?1 AND seq <= ?2";
    mentions::drop_up_to(tx, room, last_seq)?;
    let husks = tx.prepare_cached(sql)?.execute(params![room, last_seq, RoomNumber::NONE])?;
    Ok(husks as u64)
}

/// Removes husks from the beginning of the table.
pub(super) fn remove(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    let sql = "SELECT place, room FROM entries WHERE room <> ?1 ORDER BY place LIMIT 1";
    let place_and_room = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let first = tx.prepare_cached(sql)?.query_row([RoomNumber::NONE], place_and_room).optional()?;
    let Some((first, room)) = first else { return Ok(()) };
    let sql = "DELETE FROM entries WHERE place < min(?1, (SELECT min(place) FROM entries) + ?2)";
    tx.prepare_cached(sql)?.execute(params![first - MIN_HUSKS, MAX_REMOVED])?;
    move_to_end(tx, first, room)
}

/// Moves the first row that is no husk to the end of the table, if it is its room's newest entry and husks follow: a room in
/// which nobody writes any more must not keep them there.
fn move_to_end(tx: &Transaction<'_>, place: i64, room: RoomNumber) -> rusqlite::Result<()> {
    let sql = "SELECT seq FROM entries
               WHERE place = ?1 AND seq = (SELECT max(seq) FROM entries WHERE room = ?2)
                   AND EXISTS (SELECT 1 FROM entries WHERE room = ?3 AND seq > ?1)";
    let parameters = params![place, room, RoomNumber::NONE];
    let newest: Option<i64> = tx.prepare_cached(sql)?.query_row(parameters, |row| row.get(0)).optional()?;
    let Some(seq) = newest else { return Ok(()) };
    // Out of the way of the copy, which has the same keys.
    let sql = "UPDATE entries SET room = ?2 WHERE place = ?1";
    tx.prepare_cached(sql)?.execute(params![place, RoomNumber::MOVING])?;
    let sql = "INSERT INTO entries
                   (room, seq, kind, id, sender_id, sender_username, sender_display_name, text, sent_at, mentions)
               SELECT ?2, seq, kind, id, sender_id, sender_username, sender_display_name, text, sent_at, mentions
               FROM entries WHERE place = ?1";
    tx.prepare_cached(sql)?.execute(params![place, room])?;
    leave(tx, RoomNumber::MOVING, seq).map(drop)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::super::Sqlite;
    use super::*;
    use crate::{Retention, RoomId};

    /// Fills the table with old entries of two rooms in turn, and then some young ones.
    async fn filled(store: &Sqlite, rooms: [RoomId; 2]) {
        let fill = move |tx: &Transaction<'_>| {
            let numbers = [RoomNumber::find_or_add(tx, rooms[0])?, RoomNumber::find_or_add(tx, rooms[1])?];
            let sql = "INSERT INTO entries (room, seq, kind, id, sender_id, text, sent_at)
                       VALUES (?1, ?2, 'message', ?3, x'01', 'hello', ?4)";
            let mut insert = tx.prepare(sql)?;
            for number in 0..6_000_i64 {
                let room = numbers[usize::from(number % 2 == 1)];
                let sent_at = if number < 5_000 { 0 } else { i64::MAX / 2 };
                insert.execute(params![room, number / 2 + 1, format!("m{number}"), sent_at])?;
            }
            Ok(())
        };
        store.write(super::super::Part::Log, fill).await.unwrap();
    }

    #[tokio::test]
    async fn rows_are_removed_only_where_all_rows_around_are_husks() {
        let dir = tempfile::tempdir().unwrap();
        let (store, rooms) = (Sqlite::open(dir.path()).unwrap(), [RoomId::LOBBY, RoomId::generate()]);
        filled(&store, rooms).await;
        for round in 0..3 {
            for room in rooms {
                while store.drop_oldest(room, Duration::from_secs(60)).await.unwrap().has_more {}
                let sql = "SELECT min(place), (SELECT min(place) FROM entries WHERE room <> ?1) FROM entries";
                let ends = |tx: &Transaction<'_>| {
                    tx.query_row(sql, [RoomNumber::NONE], |row| {
                        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
                    })
                };
                let (first, first_kept) = store.read(ends).await.unwrap();
                assert!(first == 1 || first == first_kept - MIN_HUSKS, "{first} {first_kept}");
                if round > 0 {
                    assert_eq!((first, first_kept), (5_001 - MIN_HUSKS, 5_001), "the others are gone");
                }
            }
        }
    }
}
