//! The rooms' numbers in the file, which need less place than their ids. A room gets its number with its first entry.

use rusqlite::types::{FromSql, FromSqlResult, ToSqlOutput, ValueRef};
use rusqlite::{OptionalExtension, ToSql, Transaction};

use crate::RoomId;

/// A room's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RoomNumber(i64);

impl RoomNumber {
    /// A number before those of all rooms.
    pub(super) const BEFORE_ALL: Self = Self(-1);
    /// What rows have that belong to no room.
    pub(super) const NONE: Self = Self(-2);
    /// What a row has during a write that moves it.
    pub(super) const MOVING: Self = Self(-3);

    /// The number of a room; `None` if it never had an entry.
    pub(super) fn find(tx: &Transaction<'_>, room: RoomId) -> rusqlite::Result<Option<Self>> {
        let sql = "SELECT number FROM room_numbers WHERE room = ?1";
        tx.prepare_cached(sql)?.query_row([room], |row| row.get(0)).optional()
    }

    /// The first room with entries after another one, by the text of their ids.
    pub(super) fn next_with_entries(
        tx: &Transaction<'_>,
        after: Option<RoomId>,
    ) -> rusqlite::Result<Option<RoomId>> {
        let after = after.map_or_else(String::new, |room| room.to_string());
        let sql = "SELECT room FROM room_numbers
                   WHERE room > ?1 AND EXISTS (SELECT 1 FROM entries WHERE entries.room = room_numbers.number)
                   ORDER BY room LIMIT 1";
        tx.prepare_cached(sql)?.query_row([after], |row| row.get(0)).optional()
    }

    /// The number of a room, which gets one if it has none.
    pub(super) fn find_or_add(tx: &Transaction<'_>, room: RoomId) -> rusqlite::Result<Self> {
        if let Some(known) = Self::find(tx, room)? {
            return Ok(known);
        }
        let sql = "INSERT INTO room_numbers (number, room) SELECT max(number) + 1, ?1 FROM room_numbers RETURNING number";
        tx.prepare_cached(sql)?.query_row([room], |row| row.get(0))
    }
}

impl ToSql for RoomNumber {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

impl FromSql for RoomNumber {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(Self)
    }
}
