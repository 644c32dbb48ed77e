//! Where a user stands in a room.

use std::sync::Arc;

use store::{Role, Room, RoomId, RoomKind, UserId};

/// Where a user stands in a room, and the room as far as the user may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// There is no such room, or the user may not know of it.
    Unseen,
    /// The user may look into a public room, and is not in it.
    Visitor(Arc<Room>),
    /// The user is in the room.
    Member(Arc<Room>),
    /// The user is in the room and one of its owners.
    Owner(Arc<Room>),
}

impl Standing {
    /// That of a user who is in a room or not. Everybody is in the lobby.
    pub(crate) fn of(user: UserId, room: &Arc<Room>, is_in: bool) -> Self {
        let shared = Arc::clone(room);
        match (is_in || room.id == RoomId::LOBBY, room.kind) {
            (true, _) if room.is_owned_by(user) => Self::Owner(shared),
            (true, _) => Self::Member(shared),
            (false, RoomKind::Public) => Self::Visitor(shared),
            (false, RoomKind::Private | RoomKind::Direct) => Self::Unseen,
        }
    }

    /// The room, unless it is unseen.
    pub(crate) fn room(&self) -> Option<&Arc<Room>> {
        match self {
            Self::Unseen => None,
            Self::Visitor(room) | Self::Member(room) | Self::Owner(room) => Some(room),
        }
    }

    /// The user's role, if the user is in the room.
    pub(crate) fn role(&self) -> Option<Role> {
        match self {
            Self::Unseen | Self::Visitor(_) => None,
            Self::Member(_) => Some(Role::Member),
            Self::Owner(_) => Some(Role::Owner),
        }
    }
}
