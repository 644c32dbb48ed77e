//! All entries of one sender, room by room and in order. No index has that order, so the numbers are collected from the
//! index by sender, and then the entries are read by number.
//!
//! Each read is a short transaction. One that stayed open during a whole download would keep SQLite from checkpointing
//! the WAL.

use rusqlite::{OptionalExtension, Row, Transaction, params};
use tokio::sync::mpsc;

use super::Sqlite;
use super::log::{entry, last_seq, optional_room};
use crate::{Entry, RoomId, SENT_AT_ONCE, StoreError, UserId};

/// Maximum number of numbers held in memory: half a megabyte. Reading each such set walks the sender's part of the index
/// for the room.
pub(super) const MAX_HELD_SEQS: usize = 65_536;
/// SQLite keeps no more than LIMIT rows while it sorts, and the index covers the query.
const NEXT_SEQS: &str = "SELECT seq FROM entries INDEXED BY entries_by_sender
    WHERE sender_id = ?1 AND room = ?2 AND seq > ?3 AND seq <= ?4 ORDER BY seq LIMIT ?5";
const NEXT_ROOM: &str =
    "SELECT min(room) FROM entries INDEXED BY entries_by_sender WHERE sender_id = ?1 AND room > ?2";

impl Sqlite {
    pub(super) async fn send_all(
        &self,
        sender: UserId,
        max_held: usize,
        out: &mpsc::Sender<Vec<Entry>>,
    ) -> Result<(), StoreError> {
        let mut after_room = String::new();
        while let Some((room, end)) = {
            let after_room = after_room.clone();
            self.read(move |tx| next_room(tx, sender, &after_room)).await?
        } {
            let mut after = 0;
            while let Some(last) = {
                let seqs = self.read(move |tx| next_seqs(tx, room, sender, after..end, max_held)).await?;
                self.send_these(room, &seqs, out).await?;
                seqs.last().filter(|_| seqs.len() == max_held && !out.is_closed()).copied()
            } {
                after = last;
            }
            if out.is_closed() {
                break;
            }
            after_room = room.to_string();
        }
        Ok(())
    }

    async fn send_these(
        &self,
        room: RoomId,
        seqs: &[u64],
        out: &mpsc::Sender<Vec<Entry>>,
    ) -> Result<(), StoreError> {
        for page in seqs.chunks(SENT_AT_ONCE) {
            let page = page.to_vec();
            let entries = self.read(move |tx| entries(tx, room, &page)).await?;
            if !entries.is_empty() && out.send(entries).await.is_err() {
                break;
            }
        }
        Ok(())
    }
}

/// The next room that the sender wrote in, by the text of its id, and the number of its last entry.
fn next_room(tx: &Transaction<'_>, sender: UserId, after: &str) -> rusqlite::Result<Option<(RoomId, u64)>> {
    let next: Option<RoomId> =
        tx.prepare_cached(NEXT_ROOM)?.query_row(params![sender.0, after], |row| optional_room(row, 0))?;
    next.map(|room| Ok((room, last_seq(tx, room)?))).transpose()
}

/// The sender's next numbers after `range.start`, up to and including `range.end`.
fn next_seqs(
    tx: &Transaction<'_>,
    room: RoomId,
    sender: UserId,
    range: std::ops::Range<u64>,
    limit: usize,
) -> rusqlite::Result<Vec<u64>> {
    let (after, end) = (range.start.cast_signed(), range.end.cast_signed());
    let asked = params![sender.0, room.to_string(), after, end, i64::try_from(limit).unwrap_or(i64::MAX)];
    let number = |row: &Row<'_>| row.get::<_, i64>(0).map(i64::cast_unsigned);
    tx.prepare_cached(NEXT_SEQS)?.query_map(asked, number)?.collect()
}

/// The entries with these numbers, without the erased ones.
fn entries(tx: &Transaction<'_>, room: RoomId, seqs: &[u64]) -> rusqlite::Result<Vec<Entry>> {
    let mut by_seq =
        tx.prepare_cached("SELECT * FROM entries WHERE room = ?1 AND seq = ?2 AND text IS NOT NULL")?;
    let mut read = |&seq: &u64| {
        by_seq.query_row(params![room.to_string(), seq.cast_signed()], entry).optional().transpose()
    };
    seqs.iter().filter_map(&mut read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ClientId, Created, DisplayName, Log, MessageText, NewEntry, NewUser, Sender, Timestamp, Username,
        Users,
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
        };
        store.append(&(0..count).map(message).collect::<Vec<_>>()).await;
    }

    #[tokio::test]
    async fn more_numbers_than_are_held_are_read_in_turns() {
        let dir = tempfile::tempdir().unwrap();
        let (store, ada) = with_messages(dir.path(), 300).await;
        for max_held in [7, 100, 300, 1_000] {
            let (out, mut pages) = mpsc::channel(300);
            store.send_all(ada, max_held, &out).await.unwrap();
            drop(out);
            let mut seqs = Vec::new();
            while let Some(page) = pages.recv().await {
                seqs.extend(page.iter().map(|entry| entry.seq));
            }
            assert_eq!(seqs, (1..=300).collect::<Vec<_>>(), "{max_held} held");
        }
    }

    #[tokio::test]
    async fn what_is_sent_meanwhile_is_not_among_it() {
        let dir = tempfile::tempdir().unwrap();
        let (store, ada) = with_messages(dir.path(), 3 * SENT_AT_ONCE).await;
        let (out, mut pages) = mpsc::channel::<Vec<Entry>>(1);
        let taking = async {
            let mut taken = pages.recv().await.unwrap().len();
            say(&store, ada, 3 * SENT_AT_ONCE).await;
            while let Some(page) = pages.recv().await {
                taken += page.len();
            }
            taken
        };
        let sending = async {
            store.send_all(ada, SENT_AT_ONCE, &out).await.unwrap();
            drop(out);
        };
        assert_eq!(tokio::join!(taking, sending).0, 3 * SENT_AT_ONCE);
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
