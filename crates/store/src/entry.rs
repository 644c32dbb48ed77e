//! An entry of a room's log, and a page of entries.

use crate::{RoomId, Timestamp, User, UserId};

/// The most entries that a page may hold.
pub const MAX_PAGE: u32 = 100;

/// The most entries that [`crate::Log::sent_by`] gives at once.
pub const SENT_AT_ONCE: usize = 50;

/// What an entry is. Clients skip kinds that they do not know, but count their numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Something that a person said.
    Message,
    /// Something that a later release knows.
    Other(String),
}

impl Kind {
    /// The kind of that name.
    pub fn parse(text: &str) -> Self {
        if text == Self::Message.as_str() { Self::Message } else { Self::Other(text.to_owned()) }
    }

    /// The name by which it is stored and sent.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Message => "message",
            Self::Other(name) => name,
        }
    }
}

/// Who sent an entry, by the names of that time: a later change of the display name does not rewrite it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// Whose entry it is.
    pub id: UserId,
    /// The name for life.
    pub username: String,
    /// The name at the time of sending.
    pub display_name: String,
}

impl From<User> for Sender {
    fn from(user: User) -> Self {
        Self { id: user.id, username: user.username, display_name: user.display_name }
    }
}

/// One entry of a room's log, named by (`room`, `seq`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The room whose log it is in.
    pub room: RoomId,
    /// 1, 2, 3 … without a hole.
    pub seq: u64,
    /// What it is.
    pub kind: Kind,
    /// Unique for its sender in the room.
    pub id: String,
    /// Absent when erased.
    pub sender: Option<Sender>,
    /// Absent when erased.
    pub text: Option<String>,
    /// When it was accepted, by that node's clock. Orders nothing.
    pub sent_at: Timestamp,
}

impl Entry {
    /// Whether the words were taken out of it.
    pub fn is_erased(&self) -> bool {
        self.text.is_none()
    }
}

/// A part of a log, newest entry last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPage {
    /// The entries.
    pub messages: Vec<Entry>,
    /// Reading forward: what is not among (after, `covered_to`] does not exist. Reading backward: the messages in
    /// [`covered_to`, before) are all here.
    pub covered_to: u64,
    /// The newest entry's number; 0 for an empty log.
    pub last_seq: u64,
}
