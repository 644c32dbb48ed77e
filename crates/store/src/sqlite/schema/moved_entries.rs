//! The move of the entries to a table with a rowid. A row of a table without one is limited to a quarter of a page, so
//! each longer text had a page of its own (<https://sqlite.org/fileformat2.html#ovflpgs>).
//!
//! The pages that moved rows leave are overwritten with zeros (`secure_delete`) and take the next rows: the file does not
//! grow by more than the index, and does not shrink. Moved rows are never in both tables.
//!
//! A row of the new table never moves again: it is appended at the end, and erasing shortens it where it is. `secure_delete`
//! overwrites what is freed, but not what SQLite leaves in a page from which it moved rows to others.

use rusqlite::{OptionalExtension, Transaction, params};

use super::Pieces;

/// Maximum number of entries that one transaction moves: at most 16 MB of texts.
const MAX_MOVED: u32 = 1_000;

/// From here on earlier releases do not open the file. The lobby has number 0, which needs no byte in the table.
pub(super) const NEW_TABLES: &str = "
    DROP INDEX entries_by_sender;
    ALTER TABLE entries RENAME TO entries_without_rowid;

    CREATE TABLE rooms (
        number INTEGER PRIMARY KEY,
        room   TEXT NOT NULL UNIQUE
    ) STRICT;
    INSERT INTO rooms (number, room) VALUES (0, 'lobby');
    WITH RECURSIVE found (room) AS (
        SELECT min(room) FROM entries_without_rowid
        UNION ALL
        SELECT (SELECT min(room) FROM entries_without_rowid WHERE room > found.room) FROM found WHERE room IS NOT NULL
    )
    INSERT INTO rooms (number, room)
        SELECT row_number() OVER (ORDER BY room), room FROM found WHERE room <> 'lobby';

    CREATE TABLE entries (
        place               INTEGER PRIMARY KEY,  -- in the order of appending
        room                INTEGER NOT NULL,     -- a number of the table rooms
        seq                 INTEGER NOT NULL,
        kind                TEXT NOT NULL,
        id                  ANY NOT NULL,         -- a UUID in lower case is a BLOB: 16 bytes, and 0 if it has no hyphens
        sender_id           BLOB NOT NULL,        -- kept by erasing, served to nobody
        sender_username     TEXT,                 -- these three are NULL once erased
        sender_display_name TEXT,
        text                TEXT,
        sent_at             INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX entries_by_seq ON entries (room, seq);
";

pub(super) const MOVE: Pieces = Pieces {
    what: "entries are moved to a table that needs less disk; the file keeps its size and has room in it then",
    piece: move_some,
    last: "DROP TABLE entries_without_rowid",
};

const INSERT: &str = "
    INSERT INTO entries
            (room, seq, kind, id, sender_id, sender_username, sender_display_name, text, sent_at)
        SELECT ?2, seq, kind,
            CASE
                WHEN replace(id, '-', '') GLOB '*[^0-9a-f]*' THEN id
                WHEN length(id) = 32 AND instr(id, '-') = 0 THEN unhex(id || '00')
                WHEN length(replace(id, '-', '')) = 32 AND id LIKE '________-____-____-____-____________'
                    THEN unhex(replace(id, '-', ''))
                ELSE id
            END,
            sender_id, sender_username, sender_display_name, text, sent_at
        FROM entries_without_rowid WHERE room = ?1 ORDER BY seq LIMIT ?3";

/// Moves the next entries: room by room in the order of the numbers, so that the last entry of the new table is the last one moved. Returns
/// whether there were any.
fn move_some(tx: &Transaction<'_>) -> rusqlite::Result<bool> {
    let next = "SELECT number, room FROM rooms
                WHERE EXISTS (SELECT 1 FROM entries_without_rowid AS old WHERE old.room = rooms.room)
                ORDER BY number LIMIT 1";
    let next: Option<(i64, String)> =
        tx.prepare_cached(next)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((number, room)) = next else { return Ok(false) };
    tx.prepare_cached(INSERT)?.execute(params![room, number, MAX_MOVED])?;
    tx.prepare_cached(
        "DELETE FROM entries_without_rowid
         WHERE room = ?1 AND seq <= (SELECT seq FROM entries ORDER BY place DESC LIMIT 1)",
    )?
    .execute([room])?;
    Ok(true)
}
