//! Dropping beginnings of logs in SQLite, each piece in a transaction of its own.

mod husks;

use std::time::Duration;

use async_trait::async_trait;
use rusqlite::{Row, Transaction, params};

use super::Sqlite;
use super::generations::Part;
use super::room_numbers::RoomNumber;
use crate::retention::Droppable;
use crate::{Dropped, MAX_DROPPED, NodeId, Retention, RoomId, StoreError, Timestamp};

#[async_trait]
impl Retention for Sqlite {
    async fn claim(&self, _: NodeId) -> Result<bool, StoreError> {
        Ok(true)
    }

    async fn release(&self, _: NodeId) -> Result<(), StoreError> {
        Ok(())
    }

    async fn next_room(&self, after: Option<RoomId>) -> Result<Option<RoomId>, StoreError> {
        self.read(move |tx| RoomNumber::next_with_entries(tx, after)).await
    }

    async fn drop_oldest(&self, room: RoomId, max_age: Duration) -> Result<Dropped, StoreError> {
        let before = Timestamp::now().plus_millis(-(max_age.as_millis() as i64));
        self.write(Part::Log, move |tx| drop_oldest(tx, room, before)).await
    }

    async fn purge(&self) -> Result<(), StoreError> {
        self.writer.checkpoint().await
    }
}

fn drop_oldest(tx: &Transaction<'_>, room: RoomId, before: Timestamp) -> rusqlite::Result<Dropped> {
    let Some(room) = RoomNumber::find(tx, room)? else { return Ok(Dropped::NOTHING) };
    let sql = "SELECT seq, sent_at FROM entries WHERE room = ?1 ORDER BY seq LIMIT ?2";
    let seq_and_age = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, Timestamp>(1)? < before));
    let oldest = tx
        .prepare_cached(sql)?
        .query_map(params![room, MAX_DROPPED as i64 + 1], seq_and_age)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let droppable = Droppable::of(oldest);
    let entries = droppable.as_ref().map_or(Ok(0), |old| husks::leave(tx, room, old.last))?;
    husks::remove(tx)?;
    Ok(Dropped { entries, has_more: droppable.is_some_and(|old| old.has_more) })
}
