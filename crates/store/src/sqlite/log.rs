//! The rooms' logs in SQLite. One transaction appends a batch.

mod append;
mod ends_watch;
mod newest;
mod room_ends;
mod senders;
mod unread;

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::{Params, Transaction, params};

pub(super) use append::Known;
pub(super) use newest::NewestPages;

use super::Sqlite;
use super::generations::Part;
use super::room_numbers::RoomNumber;
use super::rows::{entry, first_seq, last_seq, select_entries};
use super::writer::WriteError;
use crate::{
    AppendOutcome, EndsWatch, Entry, Log, LogPage, MAX_PAGE, NewEntry, RoomId, StoreError, Unread, UserId,
};

#[async_trait]
impl Log for Sqlite {
    async fn append(&self, batch: &[NewEntry]) -> Vec<AppendOutcome> {
        let (owned, count, known) = (batch.to_vec(), batch.len(), self.appending.clone());
        let result = self.writer.add(Part::Log, move |tx| append::append(tx, &known, owned)).await;
        result.unwrap_or_else(|error| {
            // A full disk is reported once.
            if !matches!(error, WriteError::Full(_)) {
                tracing::error!(messages = count, ?error, "a batch of messages was not stored");
            }
            let outcome = match error {
                WriteError::Full(_) | WriteError::NotStored(_) => AppendOutcome::NotStored,
                WriteError::Unknown(_) => AppendOutcome::Unknown,
            };
            vec![outcome; count]
        })
    }

    async fn page_to_deliver(&self, room: RoomId, after: u64, limit: u32) -> Result<LogPage, StoreError> {
        self.read(move |tx| page_after(tx, room, after, limit.clamp(1, MAX_PAGE))).await
    }

    async fn page_after(&self, room: RoomId, after: u64, limit: u32) -> Result<LogPage, StoreError> {
        let limit = limit.clamp(1, MAX_PAGE);
        self.read_for_client(move |tx| page_after(tx, room, after, limit)).await
    }

    async fn page_before(
        &self,
        room: RoomId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<LogPage, StoreError> {
        let limit = limit.clamp(1, MAX_PAGE);
        self.read_for_client(move |tx| page_before(tx, room, before, limit)).await
    }

    async fn newest(&self, room: RoomId) -> Result<Arc<LogPage>, StoreError> {
        self.newest_page(room).await
    }

    async fn last_seqs(&self, rooms: &[RoomId]) -> Result<HashMap<RoomId, u64>, StoreError> {
        let rooms = rooms.to_vec();
        self.read(move |tx| rooms.into_iter().map(|room| Ok((room, end_of(tx, room)?))).collect()).await
    }

    fn watch_ends(&self) -> Box<dyn EndsWatch> {
        self.appending.watchers.add()
    }

    async fn unread(
        &self,
        user: UserId,
        read: &[(RoomId, u64)],
    ) -> Result<HashMap<RoomId, Unread>, StoreError> {
        let read = read.to_vec();
        let count = move |tx: &Transaction<'_>| {
            read.into_iter().map(|(room, seq)| Ok((room, unread::of_room(tx, user, room, seq)?))).collect()
        };
        self.read_for_client(count).await
    }
}

fn end_of(tx: &Transaction<'_>, room: RoomId) -> rusqlite::Result<u64> {
    RoomNumber::find(tx, room)?.map_or(Ok(0), |number| last_seq(tx, number))
}

fn page_after(tx: &Transaction<'_>, room: RoomId, after: u64, limit: u32) -> rusqlite::Result<LogPage> {
    let Some(number) = RoomNumber::find(tx, room)? else {
        return Ok(LogPage { messages: Vec::new(), covered_to: 0, last_seq: 0 });
    };
    let last_seq = last_seq(tx, number)?;
    let sql = select_entries!("WHERE room = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3");
    let messages = entries(tx, sql, room, params![number, stored(after), limit])?;
    let full = messages.len() == limit as usize;
    let covered_to = messages.last().filter(|_| full).map_or(last_seq, |entry| entry.seq);
    Ok(LogPage { messages, covered_to, last_seq })
}

fn page_before(
    tx: &Transaction<'_>,
    room: RoomId,
    before: Option<u64>,
    limit: u32,
) -> rusqlite::Result<LogPage> {
    let Some(number) = RoomNumber::find(tx, room)? else {
        return Ok(LogPage { messages: Vec::new(), covered_to: 1, last_seq: 0 });
    };
    let last_seq = last_seq(tx, number)?;
    let before = stored(before.unwrap_or(last_seq + 1));
    let sql = select_entries!("WHERE room = ?1 AND seq < ?2 AND kind = 'message' ORDER BY seq DESC LIMIT ?3");
    let mut messages = entries(tx, sql, room, params![number, before, limit])?;
    messages.reverse();
    let full = messages.len() == limit as usize;
    let covered_to = match messages.first() {
        Some(oldest) if full => oldest.seq,
        _ => first_seq(tx, number)?,
    };
    Ok(LogPage { messages, covered_to, last_seq })
}

/// A number as it is stored. One that is larger than any counts as the largest.
fn stored(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

fn entries(
    tx: &Transaction<'_>,
    sql: &str,
    room: RoomId,
    params: impl Params,
) -> rusqlite::Result<Vec<Entry>> {
    tx.prepare_cached(sql)?.query_map(params, |row| entry(room, row))?.collect()
}
