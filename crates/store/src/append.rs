//! What goes into a log, and what became of it.

use crate::{ClientId, Entry, MessageText, Sender, Timestamp};

/// A message that asks to be kept.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// The client's own, or a generated one.
    pub id: ClientId,
    /// Whose words these are.
    pub sender: Sender,
    /// The words.
    pub text: MessageText,
    /// When they were accepted.
    pub sent_at: Timestamp,
}

impl NewEntry {
    /// What a sending of this is answered when its (sender, id) is in the log already.
    pub(crate) fn sent_before(&self, first: Entry) -> AppendOutcome {
        match &first.text {
            Some(text) if text != self.text.as_str() => AppendOutcome::IdReused,
            // An erased text is not known any more.
            _ => AppendOutcome::Resent(first),
        }
    }
}

/// What became of one message of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppendOutcome {
    /// It is stored and synced under a new number.
    Stored(Entry),
    /// It was stored before: this is the first one's entry.
    Resent(Entry),
    /// Its id names another text of the same sender. Nothing was stored.
    IdReused,
    /// The sender is being deleted, or gone. Nothing was stored.
    SenderGone,
    /// Surely not stored: the store is away or full.
    NotStored,
    /// Nobody can tell yet whether it was stored; sending it again under the same id will.
    Unknown,
}
