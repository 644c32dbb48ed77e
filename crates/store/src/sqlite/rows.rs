//! Reading rows of `entries`, and the ends of a room's log.

use rusqlite::{Row, Transaction};

use super::room_numbers::RoomNumber;
use super::values::{StoredId, StoredMentions};
use crate::{Entry, Kind, RoomId, Sender};

/// The beginning of a query for [`entry`].
macro_rules! select_entries {
    ($rest:literal) => {
        concat!(
            "SELECT seq, kind, id, sender_id, sender_username, sender_display_name, text, sent_at, mentions FROM entries ",
            $rest
        )
    };
}
pub(super) use select_entries;

/// The entry of a row of `select_entries!`, in its room.
pub(super) fn entry(room: RoomId, row: &Row<'_>) -> rusqlite::Result<Entry> {
    let StoredId(id) = row.get(2)?;
    Ok(Entry {
        room,
        seq: row.get::<_, i64>(0)?.cast_unsigned(),
        kind: Kind::parse(row.get_ref(1)?.as_str()?),
        id,
        sender: sender(row)?,
        text: row.get(6)?,
        sent_at: row.get(7)?,
        mentions: row
            .get::<_, Option<StoredMentions<_>>>(8)?
            .map_or_else(Vec::new, |StoredMentions(mentions)| mentions),
    })
}

fn sender(row: &Row<'_>) -> rusqlite::Result<Option<Sender>> {
    let names = (row.get(4)?, row.get(5)?);
    let (Some(username), Some(display_name)) = names else { return Ok(None) };
    Ok(Some(Sender { id: row.get(3)?, username, display_name }))
}

/// The number of a room's newest entry; 0 for an empty log.
pub(super) fn last_seq(tx: &Transaction<'_>, room: RoomNumber) -> rusqlite::Result<u64> {
    end(tx, "SELECT max(seq) FROM entries WHERE room = ?1", room).map(|seq| seq.unwrap_or(0))
}

/// The number of a room's oldest entry; 1 for an empty log.
pub(super) fn first_seq(tx: &Transaction<'_>, room: RoomNumber) -> rusqlite::Result<u64> {
    end(tx, "SELECT min(seq) FROM entries WHERE room = ?1", room).map(|seq| seq.unwrap_or(1))
}

/// The last place that has a row; 0 for an empty table.
pub(super) fn last_place(tx: &Transaction<'_>) -> rusqlite::Result<i64> {
    let last: Option<i64> =
        tx.prepare_cached("SELECT max(place) FROM entries")?.query_row([], |row| row.get(0))?;
    Ok(last.unwrap_or(0))
}

fn end(tx: &Transaction<'_>, sql: &str, room: RoomNumber) -> rusqlite::Result<Option<u64>> {
    let seq: Option<i64> = tx.prepare_cached(sql)?.query_row([room], |row| row.get(0))?;
    Ok(seq.map(i64::cast_unsigned))
}
