//! The Socket.IO rooms of a room: its sockets, grouped by what they get.

use store::RoomId;

use super::broadcast::Format;

/// A part of a room's sockets.
#[derive(Debug, Clone, Copy)]
pub(super) enum Audience {
    /// They poll and get each entry as a separate event.
    Singles,
    /// They poll and sent `auth: {batch: true}`.
    Batches,
    /// They sent `auth: {tip: true}`.
    Tips,
    /// They asked by `watch` who is there.
    Watchers,
}

impl From<Format> for Audience {
    fn from(format: Format) -> Self {
        match format {
            Format::Single => Self::Singles,
            Format::Batch => Self::Batches,
        }
    }
}

impl Audience {
    /// The name of the Socket.IO room.
    pub(super) fn of(self, room: RoomId) -> String {
        let suffix = match self {
            Self::Singles => "",
            Self::Batches => ":batches",
            Self::Tips => ":tips",
            Self::Watchers => ":watchers",
        };
        format!("{room}{suffix}")
    }
}
