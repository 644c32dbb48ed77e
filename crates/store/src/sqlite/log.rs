//! The rooms' logs in SQLite.

mod append;

use std::collections::HashMap;

use async_trait::async_trait;
use rusqlite::{Row, Transaction, params};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::writer::WriteError;
use super::{Sqlite, corrupt, sent};
use crate::{
    AppendOutcome, Entry, Kind, Log, LogPage, MAX_PAGE, NewEntry, RoomId, Sender, StoreError, Timestamp,
    UserId,
};

/// Entries blanked in one transaction: few enough that other writes do not wait long.
const ERASE_BATCH: usize = 1_000;

/// The room and the id of an entry: its key in the index by sender.
type EntryKey = (String, String);

#[async_trait]
impl Log for Sqlite {
    async fn append(&self, batch: &[NewEntry]) -> Vec<AppendOutcome> {
        let (owned, count) = (batch.to_vec(), batch.len());
        let result = self.database.writer.write(move |tx| append::append(tx, &owned)).await;
        result.unwrap_or_else(|error| {
            tracing::error!(messages = count, ?error, "a batch of messages was not stored");
            let outcome = match error {
                WriteError::NotStored(_) => AppendOutcome::NotStored,
                WriteError::Unknown(_) => AppendOutcome::Unknown,
            };
            vec![outcome; count]
        })
    }

    async fn page_after(&self, room: RoomId, after: u64, limit: u32) -> Result<LogPage, StoreError> {
        let limit = limit.clamp(1, MAX_PAGE);
        self.read(move |tx| {
            let last_seq = last_seq(tx, room)?;
            let sql = "SELECT * FROM entries WHERE room = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3";
            let messages = entries(tx, sql, room, after, limit)?;
            let full = messages.len() == limit as usize;
            let covered_to = messages.last().filter(|_| full).map_or(last_seq, |entry| entry.seq);
            Ok(LogPage { messages, covered_to, last_seq })
        })
        .await
    }

    async fn page_before(
        &self,
        room: RoomId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<LogPage, StoreError> {
        let limit = limit.clamp(1, MAX_PAGE);
        self.read(move |tx| {
            let last_seq = last_seq(tx, room)?;
            let sql = "SELECT * FROM entries WHERE room = ?1 AND seq < ?2 AND kind = 'message'
                       ORDER BY seq DESC LIMIT ?3";
            let mut messages = entries(tx, sql, room, before.unwrap_or(last_seq + 1), limit)?;
            messages.reverse();
            let full = messages.len() == limit as usize;
            let covered_to = match messages.first() {
                Some(oldest) if full => oldest.seq,
                _ => first_seq(tx, room)?,
            };
            Ok(LogPage { messages, covered_to, last_seq })
        })
        .await
    }

    async fn sent_by(&self, sender: UserId, out: mpsc::Sender<Vec<Entry>>) -> Result<(), StoreError> {
        self.send_all(sender, sent::MAX_HELD_SEQS, &out).await
    }

    async fn last_seqs(&self, rooms: &[RoomId]) -> Result<HashMap<RoomId, u64>, StoreError> {
        let rooms = rooms.to_vec();
        self.read(move |tx| rooms.into_iter().map(|room| Ok((room, last_seq(tx, room)?))).collect()).await
    }

    async fn erase_sender(&self, sender: UserId) -> Result<(), StoreError> {
        let mut after = EntryKey::default();
        while let Some(last) = {
            let after = after.clone();
            self.write(move |tx| erase_some(tx, sender, &after)).await?
        } {
            after = last;
        }
        self.database.writer.checkpoint().await
    }
}

/// Blanks the next entries of a sender after a key of the index, and returns the last key, unless it was the last entry.
fn erase_some(tx: &Transaction<'_>, sender: UserId, after: &EntryKey) -> rusqlite::Result<Option<EntryKey>> {
    let mut statement = tx.prepare_cached(
        "UPDATE entries SET sender_username = NULL, sender_display_name = NULL, text = NULL
         WHERE (room, seq) IN
             (SELECT room, seq FROM entries INDEXED BY entries_by_sender
              WHERE sender_id = ?1 AND (room, id) > (?2, ?3) ORDER BY room, id LIMIT ?4)
         RETURNING room, id",
    )?;
    let key = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let erased = statement.query_map(params![sender.0, after.0, after.1, ERASE_BATCH as i64], key)?;
    let erased = erased.collect::<rusqlite::Result<Vec<EntryKey>>>()?;
    Ok((erased.len() == ERASE_BATCH).then(|| erased.into_iter().max()).flatten())
}

pub(super) fn last_seq(tx: &Transaction<'_>, room: RoomId) -> rusqlite::Result<u64> {
    edge(tx, "SELECT max(seq) FROM entries WHERE room = ?1", room).map(|seq| seq.unwrap_or(0))
}

fn first_seq(tx: &Transaction<'_>, room: RoomId) -> rusqlite::Result<u64> {
    edge(tx, "SELECT min(seq) FROM entries WHERE room = ?1", room).map(|seq| seq.unwrap_or(1))
}

fn edge(tx: &Transaction<'_>, sql: &str, room: RoomId) -> rusqlite::Result<Option<u64>> {
    let seq: Option<i64> = tx.prepare_cached(sql)?.query_row([room.to_string()], |row| row.get(0))?;
    Ok(seq.map(i64::cast_unsigned))
}

fn entries(
    tx: &Transaction<'_>,
    sql: &str,
    room: RoomId,
    edge: u64,
    limit: u32,
) -> rusqlite::Result<Vec<Entry>> {
    let edge = i64::try_from(edge).unwrap_or(i64::MAX);
    tx.prepare_cached(sql)?.query_map(params![room.to_string(), edge, limit], entry)?.collect()
}

/// A room in a column that may be NULL.
pub(super) fn optional_room(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<RoomId>> {
    let room = row.get_ref(column)?.as_str_or_null()?;
    room.map(|room| RoomId::parse(room).ok_or_else(|| corrupt(column, "a room of no known name"))).transpose()
}

pub(super) fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let room = row.get_ref("room")?.as_str()?;
    let kind = row.get_ref("kind")?.as_str()?;
    Ok(Entry {
        room: RoomId::parse(room).ok_or_else(|| corrupt(0, "a room of no known name"))?,
        seq: row.get::<_, i64>("seq")?.cast_unsigned(),
        kind: Kind::parse(kind),
        id: row.get("id")?,
        sender: sender(row)?,
        text: row.get("text")?,
        sent_at: Timestamp::from_millis(row.get("sent_at")?),
    })
}

fn sender(row: &Row<'_>) -> rusqlite::Result<Option<Sender>> {
    let id = UserId(row.get::<_, Uuid>("sender_id")?);
    let names = (row.get("sender_username")?, row.get("sender_display_name")?);
    let (Some(username), Some(display_name)) = names else { return Ok(None) };
    Ok(Some(Sender { id, username, display_name }))
}
