//! What clients receive about the people of a room.

use serde::Serialize;
use store::{Person, RoomId};

use crate::wire::{as_text, people};

/// An event for the watchers of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum Announcement {
    /// Changes since the last one.
    Presence {
        #[serde(serialize_with = "as_text")]
        room: RoomId,
        /// Number of people in the room, listed or not.
        count: u64,
        /// People who joined or changed, as they are now.
        #[serde(serialize_with = "people")]
        joined: Vec<Person>,
        /// People who left, as they were last.
        #[serde(serialize_with = "people")]
        left: Vec<Person>,
    },
    /// Everybody who is typing.
    Typing {
        #[serde(serialize_with = "as_text")]
        room: RoomId,
        #[serde(serialize_with = "people")]
        users: Vec<Person>,
    },
}

impl Announcement {
    /// The name of the event.
    pub(crate) fn event(&self) -> &'static str {
        match self {
            Self::Presence { .. } => "presence",
            Self::Typing { .. } => "typing",
        }
    }
}

/// The people in a room at one time.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Snapshot {
    pub(crate) people: Vec<Person>,
    pub(crate) typing: Vec<Person>,
    /// Number of people in the room, listed or not.
    pub(crate) count: u64,
}
