//! Reading rows of `entries`, and the ends of a room's log.

use rusqlite::{Row, Transaction};

use crate::{Entry, Kind, RoomId, Sender};

/// The entry of a whole row.
pub(super) fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        room: row.get("room")?,
        seq: row.get::<_, i64>("seq")?.cast_unsigned(),
        kind: Kind::parse(row.get_ref("kind")?.as_str()?),
        id: row.get("id")?,
        sender: sender(row)?,
        text: row.get("text")?,
        sent_at: row.get("sent_at")?,
    })
}

fn sender(row: &Row<'_>) -> rusqlite::Result<Option<Sender>> {
    let names = (row.get("sender_username")?, row.get("sender_display_name")?);
    let (Some(username), Some(display_name)) = names else { return Ok(None) };
    Ok(Some(Sender { id: row.get("sender_id")?, username, display_name }))
}

/// The number of a room's newest entry; 0 for an empty log.
pub(super) fn last_seq(tx: &Transaction<'_>, room: RoomId) -> rusqlite::Result<u64> {
    end(tx, "SELECT max(seq) FROM entries WHERE room = ?1", room).map(|seq| seq.unwrap_or(0))
}

/// The number of a room's oldest entry; 1 for an empty log.
pub(super) fn first_seq(tx: &Transaction<'_>, room: RoomId) -> rusqlite::Result<u64> {
    end(tx, "SELECT min(seq) FROM entries WHERE room = ?1", room).map(|seq| seq.unwrap_or(1))
}

fn end(tx: &Transaction<'_>, sql: &str, room: RoomId) -> rusqlite::Result<Option<u64>> {
    let seq: Option<i64> = tx.prepare_cached(sql)?.query_row([room], |row| row.get(0))?;
    Ok(seq.map(i64::cast_unsigned))
}
