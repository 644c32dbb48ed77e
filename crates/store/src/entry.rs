//! Entries of the rooms' logs, and messages that are to become entries.

use std::time::{Duration, Instant};

use crate::{ClientId, MessageText, RoomId, Timestamp, User, UserId};

/// Maximum time since a message was accepted at which an append trusts what was known of its sender then. A token status may
/// have been as old at that time, and no more than a second may pass until a session that ended is out.
const MAX_SENDER_CHECK_AGE: Duration = Duration::from_millis(500);

/// Maximum number of users whom a message mentions.
pub const MAX_MENTIONS: usize = 50;

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

/// A user whom a message names by `@` and the user name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The user.
    pub id: UserId,
    /// The user name.
    pub username: String,
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
    /// The users whom the text mentions, at most [`MAX_MENTIONS`]; none when erased. A deleted user is not among them.
    pub mentions: Vec<Mention>,
    /// When a node accepted it, by that node's clock. It orders nothing.
    pub sent_at: Timestamp,
}

impl Entry {
    /// Whether sender and text were removed.
    pub fn is_erased(&self) -> bool {
        self.text.is_none()
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
    /// The users whom it mentions, each once and none of them its author; at most [`MAX_MENTIONS`].
    pub mentions: Vec<Mention>,
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
            mentions: self.mentions,
            sent_at: self.sent_at,
        }
    }
}
