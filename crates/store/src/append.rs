//! The input and the outcome of an append to a log.

use crate::{ClientId, Entry, MessageText, RoomId, Sender, Timestamp};

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
    /// Not stored: the store is away or full.
    NotStored,
    /// Stored or not; a resend under the same id finds out.
    Unknown,
}
