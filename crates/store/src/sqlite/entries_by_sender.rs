//! The entries of one sender in SQLite. The index by sender does not have their order, so the places are collected from
//! it, and then the entries are read by place. In a room both have the same order.
//!
//! Each read is a short transaction. One that stayed open during a whole download would keep SQLite from checkpointing
//! the WAL.

mod erasing;

use std::ops::Range;

use async_trait::async_trait;
use rusqlite::{OptionalExtension, Transaction, params};
use tokio::sync::mpsc;

use super::Sqlite;
use super::room_numbers::RoomNumber;
use super::rows::{entry, last_place, select_entries};
use crate::{EntriesBySender, Entry, Erasing, MAX_SENT_PAGE, RoomId, StoreError, UserId};
use erasing::SqliteErasing;

/// Maximum number of places held in memory: half a megabyte. Reading each such set walks the sender's part of the index
/// for the room.
const MAX_HELD_PLACES: usize = 65_536;
/// SQLite keeps no more than LIMIT rows while it sorts, and the index covers the query.
const NEXT_PLACES: &str = "SELECT place FROM entries INDEXED BY entries_by_sender
    WHERE sender_id = ?1 AND room = ?2 AND place > ?3 AND place <= ?4 ORDER BY place LIMIT ?5";
const NEXT_ROOM: &str =
    "SELECT min(room) FROM entries INDEXED BY entries_by_sender WHERE sender_id = ?1 AND room > ?2";

#[async_trait]
impl EntriesBySender for Sqlite {
    async fn read_all(&self, sender: UserId, out: mpsc::Sender<Vec<Entry>>) -> Result<(), StoreError> {
        self.read_rooms(sender, MAX_HELD_PLACES, &out).await
    }

    fn erasing(&self, sender: UserId) -> Box<dyn Erasing> {
        Box::new(SqliteErasing::new(self, sender))
    }
}

impl Sqlite {
    async fn read_rooms(
        &self,
        sender: UserId,
        max_held: usize,
        out: &mpsc::Sender<Vec<Entry>>,
    ) -> Result<(), StoreError> {
        for (room, number) in self.read_for_client(move |tx| rooms(tx, sender)).await? {
            let end = self.read_for_client(last_place).await?;
            self.read_room(sender, (room, number), 0..end, max_held, out).await?;
            if out.is_closed() {
                break;
            }
        }
        Ok(())
    }

    /// Sends the sender's entries in a room, from `places.start` exclusive to `places.end` inclusive.
    async fn read_room(
        &self,
        sender: UserId,
        (room, number): (RoomId, RoomNumber),
        mut places: Range<i64>,
        max_held: usize,
        out: &mpsc::Sender<Vec<Entry>>,
    ) -> Result<(), StoreError> {
        loop {
            let next = places.clone();
            let found =
                self.read_for_client(move |tx| next_places(tx, sender, number, next, max_held)).await?;
            for page in found.chunks(MAX_SENT_PAGE) {
                let page = page.to_vec();
                let entries = self.read_for_client(move |tx| entries(tx, room, &page)).await?;
                if !entries.is_empty() && out.send(entries).await.is_err() {
                    return Ok(());
                }
            }
            match found.last() {
                Some(&last) if found.len() == max_held => places.start = last,
                _ => return Ok(()),
            }
        }
    }
}

/// Whether the account is blank already, as it is only after its entries: then there is nothing to look for.
fn is_blank(tx: &Transaction<'_>, sender: UserId) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM users WHERE id = ?1 AND state <> 'active' AND folded IS NULL";
    tx.prepare_cached(sql)?.exists([sender])
}

/// The rooms that a sender wrote in, in the order of the ids' text forms.
fn rooms(tx: &Transaction<'_>, sender: UserId) -> rusqlite::Result<Vec<(RoomId, RoomNumber)>> {
    let mut next = tx.prepare_cached(NEXT_ROOM)?;
    let mut id = tx.prepare_cached("SELECT room FROM room_numbers WHERE number = ?1")?;
    let (mut rooms, mut after) = (Vec::new(), RoomNumber::BEFORE_ALL);
    while let Some(number) = next.query_row(params![sender, after], |row| row.get(0))? {
        rooms.push((id.query_row([number], |row| row.get(0))?, number));
        after = number;
    }
    rooms.sort_by_cached_key(|(room, _): &(RoomId, _)| room.to_string());
    Ok(rooms)
}

fn next_places(
    tx: &Transaction<'_>,
    sender: UserId,
    room: RoomNumber,
    range: Range<i64>,
    limit: usize,
) -> rusqlite::Result<Vec<i64>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let parameters = params![sender, room, range.start, range.end, limit];
    tx.prepare_cached(NEXT_PLACES)?.query_map(parameters, |row| row.get(0))?.collect()
}

/// The entries at these places, without the erased ones.
fn entries(tx: &Transaction<'_>, room: RoomId, places: &[i64]) -> rusqlite::Result<Vec<Entry>> {
    let mut at_place = tx.prepare_cached(select_entries!("WHERE place = ?1 AND text IS NOT NULL"))?;
    let mut read = |place: &i64| at_place.query_row([place], |row| entry(room, row)).optional().transpose();
    places.iter().filter_map(&mut read).collect()
}

#[cfg(test)]
mod tests {
    use rusqlite::Row;

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
            mentions: Vec::new(),
            sent_at: Timestamp::now(),
            sender_checked_at: None,
        };
        store.append(&(0..count).map(message).collect::<Vec<_>>()).await;
    }

    #[tokio::test]
    async fn more_places_than_are_held_are_read_in_turns() {
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
    async fn rooms_and_places_come_from_the_index_alone() {
        let dir = tempfile::tempdir().unwrap();
        let (store, _) = with_messages(dir.path(), 1).await;
        for (sql, parameters) in [(NEXT_PLACES, 5), (NEXT_ROOM, 2)] {
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
