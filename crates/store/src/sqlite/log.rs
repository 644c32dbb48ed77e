//! The rooms' logs in SQLite.

use std::collections::HashMap;

use async_trait::async_trait;
use rusqlite::{OptionalExtension, Row, Transaction, params};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::writer::WriteError;
use super::{Sqlite, corrupt, sent};
use crate::{
    AppendOutcome, Entry, Kind, Log, LogPage, MAX_PAGE, NewEntry, RoomId, Sender, StoreError, Timestamp,
    UserId,
};

/// Entries that are blanked in one transaction.
const ERASED_AT_ONCE: u32 = 1_000;

#[async_trait]
impl Log for Sqlite {
    async fn append(&self, room: RoomId, batch: &[NewEntry]) -> Vec<AppendOutcome> {
        let (owned, count) = (batch.to_vec(), batch.len());
        let result = self.database.writer.write(move |tx| Appending::new(tx, room)?.all(&owned)).await;
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
        self.send_all(sender, sent::NUMBERS_AT_ONCE, &out).await
    }

    async fn erase_sender(&self, sender: UserId) -> Result<(), StoreError> {
        for room in [RoomId::LOBBY] {
            let mut after = String::new();
            while let Some(last) = {
                let after = after.clone();
                self.write(move |tx| erase_some(tx, room, sender, &after)).await?
            } {
                after = last;
            }
        }
        self.database.writer.checkpoint().await
    }
}

/// One batch on its way into a room's log, within one transaction.
struct Appending<'a> {
    tx: &'a Transaction<'a>,
    room: RoomId,
    last_seq: u64,
    /// Whether each sender of the batch may write.
    active: HashMap<UserId, bool>,
}

impl<'a> Appending<'a> {
    fn new(tx: &'a Transaction<'a>, room: RoomId) -> rusqlite::Result<Self> {
        Ok(Self { tx, room, last_seq: last_seq(tx, room)?, active: HashMap::new() })
    }

    fn all(mut self, batch: &[NewEntry]) -> rusqlite::Result<Vec<AppendOutcome>> {
        batch.iter().map(|new| self.one(new)).collect()
    }

    fn one(&mut self, new: &NewEntry) -> rusqlite::Result<AppendOutcome> {
        if !self.is_active(new.sender.id)? {
            return Ok(AppendOutcome::SenderGone);
        }
        Ok(match self.first_sent(new)? {
            Some(first) => new.sent_before(first),
            None => AppendOutcome::Stored(self.insert(new)?),
        })
    }

    fn is_active(&mut self, sender: UserId) -> rusqlite::Result<bool> {
        if let Some(&known) = self.active.get(&sender) {
            return Ok(known);
        }
        let mut statement =
            self.tx.prepare_cached("SELECT 1 FROM users WHERE id = ?1 AND state = 'active'")?;
        let active = statement.exists([sender.0])?;
        self.active.insert(sender, active);
        Ok(active)
    }

    fn first_sent(&self, new: &NewEntry) -> rusqlite::Result<Option<Entry>> {
        self.tx
            .prepare_cached("SELECT * FROM entries WHERE room = ?1 AND sender_id = ?2 AND id = ?3")?
            .query_row(params![self.room.to_string(), new.sender.id.0, new.id.as_str()], entry)
            .optional()
    }

    fn insert(&mut self, new: &NewEntry) -> rusqlite::Result<Entry> {
        self.last_seq += 1;
        self.tx
            .prepare_cached(
                "INSERT INTO entries (room, seq, kind, id, sender_id, sender_username, sender_display_name, text,
                                      sent_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                self.room.to_string(),
                self.last_seq as i64,
                Kind::Message.as_str(),
                new.id.as_str(),
                new.sender.id.0,
                new.sender.username,
                new.sender.display_name,
                new.text.as_str(),
                new.sent_at.as_millis(),
            ])?;
        Ok(Entry {
            room: self.room,
            seq: self.last_seq,
            kind: Kind::Message,
            id: new.id.as_str().to_owned(),
            sender: Some(new.sender.clone()),
            text: Some(new.text.as_str().to_owned()),
            sent_at: new.sent_at,
        })
    }
}

/// Blanks some of a sender's entries whose ids come after one, so few that other writes need not wait long. Gives the
/// last of them, if there may be more.
fn erase_some(
    tx: &Transaction<'_>,
    room: RoomId,
    sender: UserId,
    after: &str,
) -> rusqlite::Result<Option<String>> {
    let (last, found): (Option<String>, u32) = tx
        .prepare_cached(
            "SELECT max(id), count(*) FROM
                 (SELECT id FROM entries INDEXED BY entries_by_id
                  WHERE room = ?1 AND sender_id = ?2 AND id > ?3 ORDER BY id LIMIT ?4)",
        )?
        .query_row(params![room.to_string(), sender.0, after, ERASED_AT_ONCE], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    tx.prepare_cached(
        "UPDATE entries INDEXED BY entries_by_id
         SET sender_username = NULL, sender_display_name = NULL, text = NULL
         WHERE room = ?1 AND sender_id = ?2 AND id > ?3 AND id <= ?4",
    )?
    .execute(params![room.to_string(), sender.0, after, last])?;
    Ok(last.filter(|_| found == ERASED_AT_ONCE))
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
