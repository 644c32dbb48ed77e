//! The trait that keeps the rooms' logs.

use std::collections::HashMap;

use async_trait::async_trait;
use tokio::sync::mpsc;

use crate::{AppendOutcome, Entry, LogPage, NewEntry, RoomId, StoreError, UserId};

/// The rooms' logs: append-only, numbered 1, 2, 3 … in each room without a hole.
#[async_trait]
pub trait Log: Send + Sync {
    /// Appends a batch of messages to any rooms, and returns one outcome for each, in the same order. A room's messages
    /// are stored in their order in the batch. [`AppendOutcome::Stored`] means synced to disk; the whole batch costs one
    /// sync, however many rooms it names.
    ///
    /// A message whose (sender, id) the room already has, from this batch or an earlier one, is not stored again: with the
    /// same text it is [`AppendOutcome::Resent`], with another text [`AppendOutcome::IdReused`]. The text of an erased
    /// entry is unknown, so a resend of it returns the erased entry.
    async fn append(&self, batch: &[NewEntry]) -> Vec<AppendOutcome>;

    /// The entries of every kind after a number, oldest first, at most `limit` (1 to [`crate::MAX_PAGE`]).
    ///
    /// `covered_to` is the last one's number, or `last_seq` where the log ends.
    async fn page_after(&self, room: RoomId, after: u64, limit: u32) -> Result<LogPage, StoreError>;

    /// The newest messages before a number (`None`: before the end), newest last, at most `limit` (1 to
    /// [`crate::MAX_PAGE`]).
    ///
    /// `covered_to` is the oldest one's number, or the first kept number when nothing older is left.
    async fn page_before(&self, room: RoomId, before: Option<u64>, limit: u32)
    -> Result<LogPage, StoreError>;

    /// Sends what a sender wrote into `out`: room by room, in the order of the numbers, in pages of at most
    /// [`crate::SENT_AT_ONCE`] entries. Every kind is among it, but no erased entry and nothing newer than the call.
    ///
    /// It reads no further than is taken. While a page waits to be taken it keeps nothing of the store: no snapshot, no
    /// place among the readers, no connection. So it must be polled whether or not its pages are taken: in a task of its
    /// own, not by their taker. `Ok` when all was sent, or when nobody takes it any more.
    async fn sent_by(&self, sender: UserId, out: mpsc::Sender<Vec<Entry>>) -> Result<(), StoreError>;

    /// The number of the newest entry of each of these rooms; 0 for an empty log. It is one query for all rooms.
    async fn last_seqs(&self, rooms: &[RoomId]) -> Result<HashMap<RoomId, u64>, StoreError>;

    /// Sends new entries of all rooms to `arrived`, those of other processes too, until the receiver is dropped. It is a
    /// wake-up: entries may be missing, repeated or out of order. An empty list means that any room may have new
    /// entries.
    ///
    /// A store that only this process appends to sends nothing.
    async fn follow(&self, arrived: mpsc::Sender<Vec<Entry>>) {
        let _ = arrived;
        std::future::pending().await
    }

    /// Blanks sender and text of every entry of a sender, in every room; numbers and ids stay.
    async fn erase_sender(&self, sender: UserId) -> Result<(), StoreError>;
}
