//! The trait that keeps the rooms' logs.

use async_trait::async_trait;
use tokio::sync::mpsc;

use crate::{AppendOutcome, Entry, LogPage, NewEntry, RoomId, StoreError, UserId};

/// The rooms' logs: append-only, numbered 1, 2, 3 … in each room without a hole.
#[async_trait]
pub trait Log: Send + Sync {
    /// Appends a batch in its order, one outcome for each. What is answered as stored is synced to disk.
    ///
    /// A message whose (sender, id) the room has already is not stored again, whether it came in this batch or
    /// earlier: same text [`AppendOutcome::Resent`], another text [`AppendOutcome::IdReused`]. An erased entry's text is not
    /// known any more, so a resend of it is answered with the erased entry.
    async fn append(&self, room: RoomId, batch: &[NewEntry]) -> Vec<AppendOutcome>;

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

    /// Tells `arrived` of entries as they come into a log, also from other processes, until it is dropped. It is a
    /// wake-up that may carry entries: some may be missing or come twice, and nothing at all means "look".
    ///
    /// A store whose log this process alone appends to has nothing to tell.
    async fn follow(&self, room: RoomId, arrived: mpsc::Sender<Vec<Entry>>) {
        let _ = (room, arrived);
        std::future::pending().await
    }

    /// Blanks sender and text of every entry of a sender, in every room; numbers and ids stay.
    async fn erase_sender(&self, sender: UserId) -> Result<(), StoreError>;
}
