//! The rooms' logs: their entries, and the trait that keeps them.
//!
//! A log is append-only. Its entries are numbered 1, 2, 3 … without a gap, and no clock orders them. Its oldest entries may be
//! dropped ([`crate::Retention`]): it begins with a later number then.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::mpsc;

use crate::{Entry, NewEntry, RoomId, StoreError, UserId};

/// Maximum number of items in a page: of a log, or of the list of accounts.
pub const MAX_PAGE: u32 = 100;
/// Maximum number of messages of [`Log::newest`].
pub const NEWEST_MESSAGES: u32 = 50;
/// Maximum of each count of [`Log::unread`]: with more, it is this number.
pub const MAX_UNREAD: u32 = 100;
/// Number of a room's newest entries among which [`Log::unread`] counts messages.
pub const MAX_COUNTED_ENTRIES: u32 = 2_000;
/// Approximate bytes of an entry in memory without its text and mentions.
const ENTRY_BYTES: usize = 512;
/// Approximate bytes of a mention in memory.
const MENTION_BYTES: usize = 72;

/// A part of a log, newest entry last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPage {
    /// The entries.
    pub messages: Vec<Entry>,
    /// Reading forward: the entries in (after, `covered_to`] are all here, without those that were dropped from the
    /// beginning of the log. Reading backward: the messages in [`covered_to`, before) are all here. It never claims what was
    /// not read.
    pub covered_to: u64,
    /// The number of the newest entry; 0 for an empty log.
    pub last_seq: u64,
}

impl LogPage {
    /// Approximate bytes of its texts in memory.
    pub(crate) fn weight(&self) -> u32 {
        let bytes: usize = self.messages.iter().map(bytes).sum();
        u32::try_from(bytes).unwrap_or(u32::MAX)
    }
}

fn bytes(entry: &Entry) -> usize {
    ENTRY_BYTES + entry.text.as_ref().map_or(0, String::len) + entry.mentions.len() * MENTION_BYTES
}

/// The outcome for one message of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppendOutcome {
    /// Stored and synced under a new number.
    Stored(Entry),
    /// Stored earlier. This is the entry of the first send.
    Resent(Entry),
    /// The sender already used this id in the room for another text. Nothing was stored.
    IdReused,
    /// The sender is deleted, or its deletion has begun. Nothing was stored.
    SenderGone,
    /// Not stored: the store is not available or full.
    NotStored,
    /// Stored or not; a resend under the same id finds out.
    Unknown,
}

impl NewEntry {
    /// The outcome when the room already has an entry with this sender and id.
    pub(crate) fn sent_before(&self, first: Entry) -> AppendOutcome {
        match &first.text {
            Some(text) if text != self.text.as_str() => AppendOutcome::IdReused,
            // The text of an erased entry is unknown.
            _ => AppendOutcome::Resent(first),
        }
    }
}

/// What of a room's log a user has not read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unread {
    /// The number of the room's newest entry, up to which the counts are exact.
    pub last_seq: u64,
    /// Messages of other users, at most [`MAX_UNREAD`].
    pub messages: u32,
    /// Messages that mention the user, at most [`MAX_UNREAD`].
    pub mentions: u32,
}

/// Which logs went on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewEnds {
    /// These did. For each room, the number of an entry that is new; it may have newer ones.
    Of(HashMap<RoomId, u64>),
    /// Any room's may have. [`Log::last_seqs`] tells.
    Any,
}

/// Which logs go on, asked again and again.
#[async_trait]
pub trait EndsWatch: Send + Sync {
    /// The logs that went on since the last call: what any process appended before the call, also by an append that was
    /// not answered, and perhaps not stored. An entry may be reported more than once, and a little later than it can be
    /// read, while other appends of its process are under way. The first call and one after an error may return
    /// [`NewEnds::Any`].
    ///
    /// It is one question, and its cost depends on the number of new entries only, not on the number of rooms.
    async fn next(&mut self) -> Result<NewEnds, StoreError>;
}

/// The rooms' logs.
///
/// Appending and delivering ([`Log::append`], [`Log::page_to_deliver`], [`Log::last_seqs`], [`Log::follow`]) never wait for
/// what clients read ([`Log::page_after`], [`Log::page_before`], [`Log::newest`]): a store has connections of its own for each.
#[async_trait]
pub trait Log: Send + Sync {
    /// Appends a batch of messages to any rooms, and returns one outcome for each, in the same order. A room's messages
    /// are stored in their order in the batch. [`AppendOutcome::Stored`] means synced to disk.
    ///
    /// The cost does not depend on how the rooms alternate: SQLite syncs once for a batch, MongoDB a few times at
    /// the same time.
    ///
    /// A message whose (sender, id) the room still has, from this batch or an earlier one, is not stored again: with the
    /// same text it is [`AppendOutcome::Resent`], with another text [`AppendOutcome::IdReused`]. The text of an erased
    /// entry is unknown, so a resend of it returns the erased entry.
    async fn append(&self, batch: &[NewEntry]) -> Vec<AppendOutcome>;

    /// Whether another process does an append's work: this one can answer senders in the meantime.
    fn appends_elsewhere(&self) -> bool {
        false
    }

    /// [`Log::page_after`] for the fan-out, on whose progress all readers of a room depend.
    async fn page_to_deliver(&self, room: RoomId, after: u64, limit: u32) -> Result<LogPage, StoreError>;

    /// The entries of every kind after a number, oldest first, at most `limit` (1 to [`MAX_PAGE`]).
    ///
    /// They come without a gap: `covered_to` is the number of the last of them, or `last_seq` at the end of the log. The first
    /// may be later than `after + 1` only if it is the first that the log still has. If a server answers that has not yet
    /// what another one has, the page ends before the gap, and it is an error if nothing is left of it.
    async fn page_after(&self, room: RoomId, after: u64, limit: u32) -> Result<LogPage, StoreError>;

    /// The newest messages before a number (`None`: before the end), newest last, at most `limit` (1 to [`MAX_PAGE`]).
    ///
    /// `covered_to` is the number of the oldest of them, or the first stored number if there is no older message. That one
    /// may be `before` or higher, when everything before was dropped.
    async fn page_before(&self, room: RoomId, before: Option<u64>, limit: u32)
    -> Result<LogPage, StoreError>;

    /// The newest messages of a room, at most [`NEWEST_MESSAGES`]: what [`Log::page_before`] returns for them. It has what
    /// any process appended or erased before the call.
    ///
    /// The same [`Arc`] as before means that nothing of the page has changed. So who makes something of a page can keep it
    /// with the page, and use it while the log returns that page.
    async fn newest(&self, room: RoomId) -> Result<Arc<LogPage>, StoreError>;

    /// The number of the newest entry of each of these rooms; 0 for an empty log. It is one query for all rooms.
    async fn last_seqs(&self, rooms: &[RoomId]) -> Result<HashMap<RoomId, u64>, StoreError>;

    /// Begins to ask which logs go on.
    fn watch_ends(&self) -> Box<dyn EndsWatch>;

    /// What a user has not read of each of some rooms, after a number in each: the messages of others that have words, and
    /// those that mention the user. They are counted among the newest [`MAX_COUNTED_ENTRIES`] of a room and, with more than
    /// [`MAX_UNREAD`], not to the end. It is one question for all rooms.
    async fn unread(
        &self,
        user: UserId,
        read: &[(RoomId, u64)],
    ) -> Result<HashMap<RoomId, Unread>, StoreError>;

    /// Sends new entries of all rooms to `arrived`, those of other processes too, until the receiver is dropped. It is a
    /// wake-up: entries may be missing, repeated or out of order. An empty list means that any room may have new
    /// entries.
    ///
    /// A store that only this process appends to sends nothing.
    async fn follow(&self, arrived: mpsc::Sender<Vec<Entry>>) {
        let _ = arrived;
        std::future::pending().await
    }
}
