//! A room and a user's membership of it, as they are stored.
//!
//! Who may see a room, or do what in it, is not decided here.

use crate::{RoomId, RoomName, Timestamp, Topic, UserId};

/// Maximum number of rooms that a person has made and that are not archived.
pub const MAX_ROOMS_MADE: usize = 100;
/// Maximum number of rooms that a person is in, of all kinds, without the lobby.
pub const MAX_ROOMS_OF_USER: usize = 1_000;
/// Maximum number of owners of a room.
pub const MAX_OWNERS: usize = 20;
/// Number of people in a direct room.
pub const DIRECT_PEOPLE: std::ops::RangeInclusive<usize> = 2..=9;

/// Who may find a room, and how people get in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RoomKind {
    /// Everybody finds, reads and joins it.
    Public,
    /// Only its members know of it. A member adds others.
    Private,
    /// The one room of a set of people, who stay in it.
    Direct,
}

impl RoomKind {
    /// The kind with this name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Public, Self::Private, Self::Direct].into_iter().find(|kind| kind.as_str() == text)
    }

    /// The name, as it is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Direct => "direct",
        }
    }
}

/// What a member of a room may do there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Also changes the room, and removes members.
    Owner,
    /// Reads, writes and adds members.
    Member,
}

impl Role {
    /// The role with this name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Owner, Self::Member].into_iter().find(|role| role.as_str() == text)
    }

    /// The name, as it is sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Member => "member",
        }
    }
}

/// The messages in a room that a member wants notifications of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Notify {
    /// Of each one.
    #[default]
    All,
    /// Of those that mention the member.
    Mentions,
    /// Of none.
    None,
}

impl Notify {
    /// The setting with this name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::All, Self::Mentions, Self::None].into_iter().find(|notify| notify.as_str() == text)
    }

    /// The name, as it is stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Mentions => "mentions",
            Self::None => "none",
        }
    }
}

/// A room without its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Never changes.
    pub id: RoomId,
    /// Never changes.
    pub kind: RoomKind,
    /// Unique among public rooms, archived ones too; `None` for a direct room.
    pub name: Option<RoomName>,
    /// What it is about; mostly empty.
    pub topic: Topic,
    /// Who made it; `None` for the lobby, and once that user is deleted.
    pub created_by: Option<UserId>,
    /// Its owners, at most [`MAX_OWNERS`]. The lobby and direct rooms have none, and an archived room may have lost them.
    pub owners: Vec<UserId>,
    /// The people of a direct room, without those who are deleted; empty for other rooms.
    pub people: Vec<UserId>,
    /// Whether it is closed: it can still be read, and nothing is added to it.
    pub is_archived: bool,
    /// How often it has changed: of two versions of a room the one with more changes is the later one.
    pub changes: u64,
    /// When it last changed, by the store's clock.
    pub changed_at: Timestamp,
}

impl Room {
    /// The room that every user is in. It never changes.
    pub fn lobby() -> Self {
        Self { kind: RoomKind::Public, name: Some(RoomName::lobby()), ..Self::not_stored(None) }
    }

    /// An open direct room of nobody that was never stored. Its id is not its own.
    pub(crate) fn not_stored(created_by: Option<UserId>) -> Self {
        Self {
            id: RoomId::LOBBY,
            kind: RoomKind::Direct,
            name: None,
            topic: Topic::default(),
            created_by,
            owners: Vec::new(),
            people: Vec::new(),
            is_archived: false,
            changes: 0,
            changed_at: Timestamp::from_millis(0),
        }
    }

    /// Whether this user is one of the owners.
    pub fn is_owned_by(&self, user: UserId) -> bool {
        self.owners.contains(&user)
    }
}

/// What to change in a room; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct RoomChange {
    /// The name.
    pub name: Option<RoomName>,
    /// What it is about.
    pub topic: Option<Topic>,
    /// Whether it is closed.
    pub is_archived: Option<bool>,
}

impl RoomChange {
    /// A room as it is after the change, in what people may change.
    pub(crate) fn applied_to(self, before: &Room) -> Room {
        Room {
            name: self.name.or_else(|| before.name.clone()),
            topic: self.topic.unwrap_or_else(|| before.topic.clone()),
            is_archived: self.is_archived.unwrap_or(before.is_archived),
            ..before.clone()
        }
    }
}

/// A user in a room, or one who was in it. It is never removed, so that a poll finds also those who left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The room.
    pub room: RoomId,
    /// The user.
    pub user: UserId,
    /// Whether the user is in the room now.
    pub is_in: bool,
    /// When the user came in, by the store's clock.
    pub since: Timestamp,
    /// The number of the last entry that the user has read. A new member begins at the end of the log.
    pub read_seq: u64,
    /// The messages that the user wants notifications of.
    pub notify: Notify,
    /// How often anything here has changed: of two versions the one with more changes is the later one.
    pub changes: u64,
    /// When anything but `read_seq` last changed, by the store's clock.
    pub changed_at: Timestamp,
}
