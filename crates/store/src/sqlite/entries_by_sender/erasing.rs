//! Erasing one sender's entries in SQLite, piece by piece: room by room, in the order of their places, so that the entries
//! of a piece are near each other in the file. Between two pieces the writer is free for others.
//!
//! The write-ahead log still has the words: [`finish_deletion`](crate::Accounts::finish_deletion) empties it.

use std::collections::VecDeque;

use async_trait::async_trait;
use rusqlite::Transaction;

use super::super::Sqlite;
use super::super::generations::Part;
use super::super::mentions;
use super::super::readers::Readers;
use super::super::room_numbers::RoomNumber;
use super::super::writer::{WriteError, Writer};
use super::{MAX_HELD_PLACES, is_blank, next_places, rooms};
use crate::{Erasing, MAX_ERASED_PIECE, RoomId, StoreError, UserId};

/// Maximum number of entries in a piece, which may have a page each. It has to work on a full disk too.
const MAX_PIECE: usize = 250;
const _: () = assert!(MAX_PIECE <= MAX_ERASED_PIECE);

/// Where the erasing is.
pub(super) struct SqliteErasing {
    readers: Readers,
    writer: Writer,
    sender: UserId,
    /// The rooms that the sender wrote in, without those that are done; `None` until they are read.
    rooms: Option<VecDeque<RoomNumber>>,
    /// The last place in the first of these rooms that was read.
    after: i64,
    /// The places that were read and not erased yet.
    held: VecDeque<i64>,
}

impl SqliteErasing {
    pub(super) fn new(store: &Sqlite, sender: UserId) -> Self {
        let (readers, writer) = (store.readers.clone(), store.writer.clone());
        Self { readers, writer, sender, rooms: None, after: 0, held: VecDeque::new() }
    }

    /// Reads the next places of the sender's entries. False when there are none.
    async fn read_on(&mut self) -> Result<bool, StoreError> {
        let sender = self.sender;
        let mut open = match self.rooms.take() {
            Some(open) => open,
            None => {
                let found = self.readers.read(move |tx| rooms_of_unerased(tx, sender)).await?;
                found.into_iter().map(|(_, number)| number).collect()
            }
        };
        while let Some(&room) = open.front() {
            let places = self.after..i64::MAX;
            let read = self.readers.read(move |tx| next_places(tx, sender, room, places, MAX_HELD_PLACES));
            self.held = read.await?.into();
            if let Some(&last) = self.held.back() {
                self.after = last;
                break;
            }
            (self.after, _) = (0, open.pop_front());
        }
        self.rooms = Some(open);
        Ok(!self.held.is_empty())
    }

    /// Takes the user out of the mentions of others' entries, some at once. Returns whether there may be more.
    async fn take_out_mentions(&mut self) -> Result<bool, StoreError> {
        let sender = self.sender;
        let is_mentioned = self.readers.read(move |tx| mentions::is_mentioned(tx, sender)).await?;
        if is_mentioned {
            let taking_out =
                self.writer.write(Part::Log, move |tx| mentions::take_out(tx, sender, MAX_PIECE));
            taking_out.await.map_err(WriteError::into_store_error)?;
        }
        Ok(is_mentioned)
    }
}

#[async_trait]
impl Erasing for SqliteErasing {
    async fn erase_some(&mut self) -> Result<bool, StoreError> {
        if self.held.is_empty() && !self.read_on().await? {
            return self.take_out_mentions().await;
        }
        let piece: Vec<i64> = self.held.iter().copied().take(MAX_PIECE).collect();
        let count = piece.len();
        let erasing = self.writer.write(Part::Log, move |tx| erase(tx, &piece));
        erasing.await.map_err(WriteError::into_store_error)?;
        self.held.drain(..count);
        Ok(true)
    }
}

fn rooms_of_unerased(tx: &Transaction<'_>, sender: UserId) -> rusqlite::Result<Vec<(RoomId, RoomNumber)>> {
    if is_blank(tx, sender)? { Ok(Vec::new()) } else { rooms(tx, sender) }
}

fn erase(tx: &Transaction<'_>, places: &[i64]) -> rusqlite::Result<()> {
    let mut statement = tx.prepare_cached(
        "UPDATE entries SET sender_username = NULL, sender_display_name = NULL, text = NULL, mentions = NULL
         WHERE place = ?1 AND text IS NOT NULL",
    )?;
    places.iter().try_for_each(|&place| {
        mentions::drop_at(tx, place)?;
        statement.execute([place]).map(drop)
    })
}
