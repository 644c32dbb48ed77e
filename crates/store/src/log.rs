//! The rooms' logs: their entries, and the trait that keeps them.
//!
//! A log is append-only. Its entries are numbered 1, 2, 3 … without a gap, and no clock orders them. Its oldest entries may be
//! dropped ([`crate::Retention`]): it begins with a later number then.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::sync::mpsc;

use crate::{ClientId, MessageText, RoomId, StoreError, Timestamp, User, UserId};

/// Maximum time since a message was accepted at which an append trusts what was known of its sender then. A token status may
/// have been as old at that time, and no more than a second may pass until a session that ended is out.
const MAX_SENDER_CHECK_AGE: Duration = Duration::from_millis(500);

/// Maximum number of items in a page: of a log, or of the list of accounts.
pub const MAX_PAGE: u32 = 100;
/// Maximum number of messages of [`Log::newest`].
pub const NEWEST_MESSAGES: u32 = 50;
/// Approximate bytes of an entry in memory without its text.
const ENTRY_BYTES: usize = 512;

/// The kind of an entry. Clients ignore kinds that they do not know, but count their numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A message of a user.
    Message,
    /// A kind of a later release.
    Other(String),
}

impl Kind {
    /// The kind with this name.
    pub fn parse(text: &str) -> Self {
        if text == Self::Message.as_str() { Self::Message } else { Self::Other(text.to_owned()) }
    }

    /// The name, as it is stored and sent.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Message => "message",
            Self::Other(name) => name,
        }
    }
}

/// The author of an entry, with the names at the time of sending: a later change of the display name does not change
/// old entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The user.
    pub id: UserId,
    /// The user name.
    pub username: String,
    /// The display name at the time of sending.
    pub display_name: String,
}

impl From<&User> for Sender {
    fn from(user: &User) -> Self {
        Self { id: user.id, username: user.username.clone(), display_name: user.display_name.clone() }
    }
}

/// One entry of a room's log, identified by (`room`, `seq`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The room whose log it is in.
    pub room: RoomId,
    /// Its number: 1, 2, 3 … without a gap.
    pub seq: u64,
    /// Its kind.
    pub kind: Kind,
    /// Unique for its sender in the room.
    pub id: String,
    /// The author; absent when erased.
    pub sender: Option<Sender>,
    /// The text; absent when erased.
    pub text: Option<String>,
    /// When a node accepted it, by that node's clock. It orders nothing.
    pub sent_at: Timestamp,
}

impl Entry {
    /// Whether sender and text were removed.
    pub fn is_erased(&self) -> bool {
        self.text.is_none()
    }
}

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
        let bytes: usize =
            self.messages.iter().map(|entry| ENTRY_BYTES + entry.text.as_ref().map_or(0, String::len)).sum();
        u32::try_from(bytes).unwrap_or(u32::MAX)
    }
}

/// A message to append.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// The room whose log it goes into.
    pub room: RoomId,
    /// The client's own, or a generated one.
    pub id: ClientId,
    /// The author.
    pub sender: Sender,
    /// The text.
    pub text: MessageText,
    /// When the node accepted it.
    pub sent_at: Timestamp,
    /// When the message was accepted of a sender whose token status was known and active. Where it costs a round trip, a store
    /// does not look again shortly after: what it then appends of a user whose deletion has begun is erased with the rest.
    pub sender_checked_at: Option<Instant>,
}

impl NewEntry {
    /// Whether the sender was active just now.
    pub fn has_checked_sender(&self) -> bool {
        self.sender_checked_at.is_some_and(|at| at.elapsed() < MAX_SENDER_CHECK_AGE)
    }

    /// The entry once it has a number.
    pub(crate) fn into_entry(self, seq: u64) -> Entry {
        Entry {
            room: self.room,
            seq,
            kind: Kind::Message,
            id: self.id.into(),
            sender: Some(self.sender),
            text: Some(self.text.into()),
            sent_at: self.sent_at,
        }
    }

    /// The outcome when the room already has an entry with this sender and id.
    pub(crate) fn sent_before(&self, first: Entry) -> AppendOutcome {
        match &first.text {
            Some(text) if text != self.text.as_str() => AppendOutcome::IdReused,
            // The text of an erased entry is unknown.
            _ => AppendOutcome::Resent(first),
        }
    }
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

/// The rooms' logs.
///
/// Appending and delivering ([`Log::append`], [`Log::page_to_deliver`], [`Log::last_seqs`], [`Log::follow`]) never wait for
/// what clients read ([`Log::page_after`], [`Log::page_before`], [`Log::newest`]): a store has connections of its own for each.
#[async_trait]
pub trait Log: Send + Sync {
    /// Appends a batch of messages to any rooms, and returns one outcome for each, in the same order. A room's messages
    /// are stored in their order in the batch. [`AppendOutcome::Stored`] means synced to disk.
    ///
    /// The cost does not depend on how the rooms alternate: SQLite syncs once for a batch, MongoDB once for a room, some
    /// rooms at the same time.
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
