//! What one sender wrote, in order, from SQLite: no index holds that order, so the numbers are gathered from the index
//! by sender and the entries are read by their numbers.
//!
//! Each read is a short transaction of its own: one that stayed open as long as somebody downloads would keep the WAL
//! from being folded back into the file.

use rusqlite::{OptionalExtension, Row, Transaction, params};
use tokio::sync::mpsc;

use super::Sqlite;
use super::log::{entry, last_seq};
use crate::{Entry, RoomId, SENT_AT_ONCE, StoreError, UserId};

/// Numbers that are held at once, half a megabyte. Each such set takes a walk over the sender's part of the index.
pub(super) const NUMBERS_AT_ONCE: usize = 65_536;
/// SQLite keeps no more than LIMIT rows while it sorts, and the index holds all that is asked for.
const NUMBERS: &str = "SELECT seq FROM entries INDEXED BY entries_by_id
    WHERE room = ?1 AND sender_id = ?2 AND seq > ?3 AND seq <= ?4 ORDER BY seq LIMIT ?5";

impl Sqlite {
    pub(super) async fn send_all(
        &self,
        sender: UserId,
        at_once: usize,
        out: &mpsc::Sender<Vec<Entry>>,
    ) -> Result<(), StoreError> {
        for room in [RoomId::LOBBY] {
            let end = self.read(move |tx| last_seq(tx, room)).await?;
            let mut after = 0;
            while let Some(last) = {
                let numbers = self.read(move |tx| numbers(tx, room, sender, after..end, at_once)).await?;
                self.send_these(room, &numbers, out).await?;
                numbers.last().filter(|_| numbers.len() == at_once && !out.is_closed()).copied()
            } {
                after = last;
            }
        }
        Ok(())
    }

    async fn send_these(
        &self,
        room: RoomId,
        numbers: &[u64],
        out: &mpsc::Sender<Vec<Entry>>,
    ) -> Result<(), StoreError> {
        for page in numbers.chunks(SENT_AT_ONCE) {
            let page = page.to_vec();
            let entries = self.read(move |tx| entries(tx, room, &page)).await?;
            if !entries.is_empty() && out.send(entries).await.is_err() {
                break;
            }
        }
        Ok(())
    }
}

/// The sender's next numbers after `range.start`, up to `range.end`.
fn numbers(
    tx: &Transaction<'_>,
    room: RoomId,
    sender: UserId,
    range: std::ops::Range<u64>,
    at_once: usize,
) -> rusqlite::Result<Vec<u64>> {
    let (after, end) = (range.start.cast_signed(), range.end.cast_signed());
    let asked = params![room.to_string(), sender.0, after, end, i64::try_from(at_once).unwrap_or(i64::MAX)];
    let number = |row: &Row<'_>| row.get::<_, i64>(0).map(i64::cast_unsigned);
    tx.prepare_cached(NUMBERS)?.query_map(asked, number)?.collect()
}

/// The entries of some numbers that are still there and not erased.
fn entries(tx: &Transaction<'_>, room: RoomId, numbers: &[u64]) -> rusqlite::Result<Vec<Entry>> {
    let mut by_number =
        tx.prepare_cached("SELECT * FROM entries WHERE room = ?1 AND seq = ?2 AND text IS NOT NULL")?;
    let mut read = |&seq: &u64| {
        by_number.query_row(params![room.to_string(), seq.cast_signed()], entry).optional().transpose()
    };
    numbers.iter().filter_map(&mut read).collect()
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
            id: ClientId::generate(),
            sender: sender.clone(),
            text: MessageText::parse("hello").unwrap(),
            sent_at: Timestamp::now(),
        };
        store.append(RoomId::LOBBY, &(0..count).map(message).collect::<Vec<_>>()).await;
    }

    #[tokio::test]
    async fn numbers_that_are_not_held_at_once_are_read_in_turns() {
        let dir = tempfile::tempdir().unwrap();
        let (store, ada) = with_messages(dir.path(), 300).await;
        for at_once in [7, 100, 300, 1_000] {
            let (out, mut pages) = mpsc::channel(300);
            store.send_all(ada, at_once, &out).await.unwrap();
            drop(out);
            let mut seqs = Vec::new();
            while let Some(page) = pages.recv().await {
                seqs.extend(page.iter().map(|entry| entry.seq));
            }
            assert_eq!(seqs, (1..=300).collect::<Vec<_>>(), "{at_once} at once");
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
    async fn the_numbers_come_from_the_index_alone() {
        let dir = tempfile::tempdir().unwrap();
        let (store, _) = with_messages(dir.path(), 1).await;
        let plan = store.read(|tx| {
            let mut plan = tx.prepare(&format!("EXPLAIN QUERY PLAN {NUMBERS}"))?;
            let nothing = [rusqlite::types::Null; 5];
            plan.query_map(nothing, |row| row.get::<_, String>("detail"))?.collect::<Result<Vec<_>, _>>()
        });
        let plan = plan.await.unwrap();
        assert!(plan[0].contains("USING COVERING INDEX entries_by_id"), "{plan:?}");
    }
}
