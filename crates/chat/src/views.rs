//! Rooms and members as operations answer them, before a transport writes them. It decides nothing.

use std::sync::Arc;

use store::{Notify, Role, Room, RoomId, Unread, User};

/// A room as one person sees it.
#[derive(Debug)]
pub(crate) struct RoomView {
    pub(crate) room: Arc<Room>,
    /// The person's part in it; `None` for one who is not in it.
    pub(crate) own: Option<OwnView>,
    /// The number of the newest entry.
    pub(crate) last_seq: u64,
    /// Everybody in a direct room.
    pub(crate) people: Vec<User>,
    /// The number of members, where one room was asked for.
    pub(crate) member_count: Option<u64>,
}

/// A person's part in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OwnView {
    pub(crate) role: Role,
    pub(crate) notify: Notify,
    pub(crate) read_seq: u64,
    /// Messages of others after `read_seq`, at most 100.
    pub(crate) unread: u64,
    /// Those of them that mention the person, at most 100.
    pub(crate) mentions: u64,
}

/// A person's read mark in a room, and what is after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReadView {
    pub(crate) room: RoomId,
    /// The number of the last entry that the person has read.
    pub(crate) seq: u64,
    pub(crate) unread: Unread,
}

/// The rooms of a person, and public ones to join.
pub(crate) struct RoomList {
    /// Those that the person is in; none on a later page.
    pub(crate) mine: Vec<RoomView>,
    pub(crate) public: Vec<RoomView>,
    /// What the next page is after, if there is one.
    pub(crate) next: Option<String>,
}

/// A member of a room.
pub(crate) struct Member {
    pub(crate) user: User,
    pub(crate) role: Role,
}

/// A part of the members of a room.
pub(crate) struct MemberPage {
    pub(crate) members: Vec<Member>,
    /// Whether there are more after the last one.
    pub(crate) has_more: bool,
}

impl RoomView {
    /// Whether a part of a name stands in the name of the room, or of somebody in a direct one.
    pub(crate) fn is_named(&self, part: &str) -> bool {
        let Some(name) = &self.room.name else {
            let part = part.to_lowercase();
            let stands_in = |name: &str| name.to_lowercase().contains(&part);
            return self.people.iter().any(|it| stands_in(&it.username) || stands_in(&it.display_name));
        };
        name.contains(part)
    }
}

impl Member {
    /// A user who is in a room.
    pub(crate) fn of(room: &Room, user: User) -> Self {
        let role = if room.is_owned_by(user.id) { Role::Owner } else { Role::Member };
        Self { user, role }
    }
}
