//! Who of a room gets what: Socket.IO rooms by what their sockets asked for.

use store::RoomId;

/// A part of a room's sockets.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Audience {
    /// They get each entry as an event of its own.
    Singles,
    /// They asked for `auth: {batch: true}`.
    Batches,
    /// They asked for `auth: {tip: true}`.
    Tips,
    /// They asked by `watch` who is there.
    Watchers,
}

impl Audience {
    /// The Socket.IO room in which they are.
    pub(crate) fn of(self, room: RoomId) -> String {
        let suffix = match self {
            Self::Singles => "",
            Self::Batches => ":batches",
            Self::Tips => ":tips",
            Self::Watchers => ":watchers",
        };
        format!("{room}{suffix}")
    }

    /// Whether what they get bears numbers, by which one can tell what one missed.
    pub(crate) fn is_numbered(self) -> bool {
        !matches!(self, Self::Watchers)
    }
}
