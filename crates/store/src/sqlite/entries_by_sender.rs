//! The entries of one sender in SQLite. The index by sender does not have their order, so the numbers are collected from
//! it, and then the entries are read by number.
//!
//! Each read is a short transaction. One that stayed open during a whole download would keep SQLite from checkpointing
//! the WAL.

use std::ops::Range;

use async_trait::async_trait;
use rusqlite::{OptionalExtension, Row, Transaction, params};
use tokio::sync::mpsc;

use super::Sqlite;
use super::generations::Part;
use super::rows::{entry, last_seq};
use crate::{EntriesBySender, Entry, MAX_SENT_PAGE, RoomId, StoreError, UserId};

/// Maximum number of entries erased in one transaction: few enough that other writes do not wait long.
const MAX_ERASED: usize = 1_000;
/// Maximum number of numbers held in memory: half a megabyte. Reading each such set walks the sender's part of the index
/// for the room.
const MAX_HELD_SEQS: usize = 65_536;
/// SQLite keeps no more than LIMIT rows while it sorts, and the index covers the query.
const NEXT_SEQS: &str = "SELECT seq FROM entries INDEXED BY entries_by_sender
    WHERE sender_id = ?1 AND room = ?2 AND seq > ?3 AND seq <= ?4 ORDER BY seq LIMIT ?5";
const NEXT_ROOM: &str =
    "SELECT min(room) FROM entries INDEXED BY entries_by_sender WHERE sender_id = ?1 AND room > ?2";

/// The room and the id of an entry: its key in a sender's part of the index.
type EntryKey = (String, String);

#[async_trait]
impl EntriesBySender for Sqlite {
    async fn read_all(&self, sender: UserId, out: mpsc::Sender<Vec<Entry>>) -> Result<(), StoreError> {
        self.read_rooms(sender, MAX_HELD_SEQS, &out).await
    }

    async fn erase_all(&self, sender: UserId) -> Result<(), StoreError> {
        let mut after = EntryKey::default();
        while let Some(last) = {
            let after = after.clone();
            self.write(Part::Log, move |tx| erase_some(tx, sender, &after)).await?
        } {
            after = last;
        }
        self.writer.checkpoint().await
    }
}

impl Sqlite {
    async fn read_rooms(
        &self,
        sender: UserId,
        max_held: usize,
        out: &mpsc::Sender<Vec<Entry>>,
    ) -> Result<(), StoreError> {
        let mut after = String::new();
        while let Some((room, end)) = {
            let after = after.clone();
            self.read(move |tx| next_room(tx, sender, &after)).await?
        } {
            self.read_room(sender, room, 0..end, max_held, out).await?;
            if out.is_closed() {
                break;
            }
            after = room.to_string();
        }
        Ok(())
    }

    /// Sends the sender's entries in a room, from `range.start` exclusive to `range.end` inclusive.
    async fn read_room(
        &self,
        sender: UserId,
        room: RoomId,
        mut range: Range<u64>,
        max_held: usize,
        out: &mpsc::Sender<Vec<Entry>>,
    ) -> Result<(), StoreError> {
        loop {
            let next = range.clone();
            let seqs = self.read(move |tx| next_seqs(tx, sender, room, next, max_held)).await?;
            for page in seqs.chunks(MAX_SENT_PAGE) {
                let page = page.to_vec();
                let entries = self.read(move |tx| entries(tx, room, &page)).await?;
                if !entries.is_empty() && out.send(entries).await.is_err() {
                    return Ok(());
                }
            }
            match seqs.last() {
                Some(&last) if seqs.len() == max_held => range.start = last,
                _ => return Ok(()),
            }
        }
    }
}

/// The next room that the sender wrote in, by the text of its id, and the number of its last entry.
fn next_room(tx: &Transaction<'_>, sender: UserId, after: &str) -> rusqlite::Result<Option<(RoomId, u64)>> {
    let next: Option<RoomId> =
        tx.prepare_cached(NEXT_ROOM)?.query_row(params![sender, after], |row| row.get(0))?;
    next.map(|room| Ok((room, last_seq(tx, room)?))).transpose()
}

fn next_seqs(
    tx: &Transaction<'_>,
    sender: UserId,
    room: RoomId,
    range: Range<u64>,
    limit: usize,
) -> rusqlite::Result<Vec<u64>> {
    let (after, end) = (range.start.cast_signed(), range.end.cast_signed());
    let parameters = params![sender, room, after, end, i64::try_from(limit).unwrap_or(i64::MAX)];
    let seq = |row: &Row<'_>| row.get::<_, i64>(0).map(i64::cast_unsigned);
    tx.prepare_cached(NEXT_SEQS)?.query_map(parameters, seq)?.collect()
}

/// The entries with these numbers, without the erased ones.
fn entries(tx: &Transaction<'_>, room: RoomId, seqs: &[u64]) -> rusqlite::Result<Vec<Entry>> {
    let mut by_seq =
        tx.prepare_cached("SELECT * FROM entries WHERE room = ?1 AND seq = ?2 AND text IS NOT NULL")?;
    let mut read =
        |&seq: &u64| by_seq.query_row(params![room, seq.cast_signed()], entry).optional().transpose();
    seqs.iter().filter_map(&mut read).collect()
}

/// Erases the next entries of a sender after a key of the index, and returns the last key, unless it was the last entry.
fn erase_some(tx: &Transaction<'_>, sender: UserId, after: &EntryKey) -> rusqlite::Result<Option<EntryKey>> {
    let mut statement = tx.prepare_cached(
        "UPDATE entries SET sender_username = NULL, sender_display_name = NULL, text = NULL
         WHERE (room, seq) IN
             (SELECT room, seq FROM entries INDEXED BY entries_by_sender
              WHERE sender_id = ?1 AND (room, id) > (?2, ?3) ORDER BY room, id LIMIT ?4)
         RETURNING room, id",
    )?;
    let key = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let erased = statement.query_map(params![sender, after.0, after.1, MAX_ERASED as i64], key)?;
    let erased = erased.collect::<rusqlite::Result<Vec<EntryKey>>>()?;
    Ok((erased.len() == MAX_ERASED).then(|| erased.into_iter().max()).flatten())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Accounts, ClientId, Created, DisplayName, Log, MessageText, NewEntry, NewUser, Sender, Timestamp,
        Username,
    };

    async fn with_messages(dir: &std::path::Path, count: usize) -> (Sqlite, UserId) {
        let store = Sqlite::open(dir).unwrap();
        let username = Username::parse("ada").unwrap();
        let display_name = DisplayName::from(&username);
        let new = NewUser { username, display_name, password_hash: "hash".into() };
        let Created::User(ada) = store.create(new).await.unwrap() else { panic!("ada is new") };
        say(&store, ada.id, count).await;
        (store, ada.id)
    }

    async fn say(store: &Sqlite, id: UserId, count: usize) {
        let sender = Sender { id, username: "ada".into(), display_name: "ada".into() };
        let message = |_| NewEntry {
            room: RoomId::LOBBY,
            id: ClientId::generate(),
            sender: sender.clone(),
            text: MessageText::parse("hello").unwrap(),
            sent_at: Timestamp::now(),
            sender_checked_at: None,
        };
        store.append(&(0..count).map(message).collect::<Vec<_>>()).await;
    }

    #[tokio::test]
    async fn more_numbers_than_are_held_are_read_in_turns() {
        let dir = tempfile::tempdir().unwrap();
        let (store, ada) = with_messages(dir.path(), 300).await;
        for max_held in [7, 100, 300, 1_000] {
            let (out, mut pages) = mpsc::channel(300);
            store.read_rooms(ada, max_held, &out).await.unwrap();
            drop(out);
            let mut seqs = Vec::new();
            while let Some(page) = pages.recv().await {
                seqs.extend(page.iter().map(|entry| entry.seq));
            }
            assert_eq!(seqs, (1..=300).collect::<Vec<_>>(), "{max_held} held");
        }
    }

    #[tokio::test]
    async fn what_is_appended_during_the_reading_is_left_out() {
        let dir = tempfile::tempdir().unwrap();
        let (store, ada) = with_messages(dir.path(), 3 * MAX_SENT_PAGE).await;
        let (out, mut pages) = mpsc::channel::<Vec<Entry>>(1);
        let taking = async {
            let mut taken = pages.recv().await.unwrap().len();
            say(&store, ada, 3 * MAX_SENT_PAGE).await;
            while let Some(page) = pages.recv().await {
                taken += page.len();
            }
            taken
        };
        let sending = async {
            store.read_rooms(ada, MAX_SENT_PAGE, &out).await.unwrap();
            drop(out);
        };
        assert_eq!(tokio::join!(taking, sending).0, 3 * MAX_SENT_PAGE);
    }

    #[tokio::test]
    async fn rooms_and_numbers_come_from_the_index_alone() {
        let dir = tempfile::tempdir().unwrap();
        let (store, _) = with_messages(dir.path(), 1).await;
        for (sql, parameters) in [(NEXT_SEQS, 5), (NEXT_ROOM, 2)] {
            let plan = store.read(move |tx| {
                let mut plan = tx.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
                let nothing = vec![rusqlite::types::Null; parameters];
                let detail = |row: &Row<'_>| row.get::<_, String>("detail");
                plan.query_map(rusqlite::params_from_iter(nothing), detail)?.collect::<Result<Vec<_>, _>>()
            });
            let plan = plan.await.unwrap();
            assert!(plan[0].contains("SEARCH entries USING COVERING INDEX entries_by_sender"), "{plan:?}");
        }
    }
}
