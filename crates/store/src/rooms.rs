//! The rooms and who is in them: the trait that keeps them.
//!
//! A write changes one row or document. What needs two does them in such an order that nothing is wrong if the second never
//! happens, and may be repeated. A counter orders the versions of each; a clock stamps them for the poll, and orders nothing.

use std::collections::HashMap;

use async_trait::async_trait;

use crate::{
    Membership, Notify, Role, Room, RoomChange, RoomId, RoomKind, RoomName, StoreError, Timestamp, Topic,
    User, UserId, UserPage,
};

/// Maximum number of memberships of one question.
pub const MAX_ASKED_MEMBERSHIPS: usize = 1_000;

/// A room to make. A direct one has its own call ([`Rooms::direct`]).
#[derive(Debug, Clone)]
pub struct NewRoom {
    /// Public or private.
    pub is_private: bool,
    /// The name, which must be free if the room is public.
    pub name: RoomName,
    /// What it is about.
    pub topic: Topic,
    /// Who makes it: its first member and owner.
    pub created_by: UserId,
}

impl NewRoom {
    /// The kind of the room.
    pub fn kind(&self) -> RoomKind {
        if self.is_private { RoomKind::Private } else { RoomKind::Public }
    }
}

/// The result of making a room.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one is made for a request, and taken apart at once")]
pub enum RoomCreated {
    /// It exists now.
    Room(Room, Membership),
    /// A public room has this name, perhaps in other letter case.
    NameTaken,
    /// The user has made [`crate::MAX_ROOMS_MADE`] that are not archived.
    TooManyMade,
    /// The user is in [`crate::MAX_ROOMS_OF_USER`].
    TooManyRooms,
    /// The user is deleted, or the deletion has begun.
    UserGone,
}

/// The result of asking for the direct room of some people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DirectRoom {
    /// The room, and whether this call made it.
    Room(Room, bool),
    /// This user is in [`crate::MAX_ROOMS_OF_USER`].
    TooManyRooms(UserId),
    /// This user is deleted, or the deletion has begun.
    UserGone(UserId),
}

/// The result of changing a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoomChanged {
    /// The room as it is now.
    Room(Room),
    /// Another public room has this name.
    NameTaken,
    /// The maker of the room has made [`crate::MAX_ROOMS_MADE`] others by now: it stays archived.
    TooManyMade,
    /// There is no such room, or it is of a kind that cannot be changed.
    Fixed,
}

/// The result of adding a user to a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added {
    /// The user is in the room, and whether this call did it.
    Member(Membership, bool),
    /// The user is in [`crate::MAX_ROOMS_OF_USER`].
    TooManyRooms,
    /// There is no such room or user, the room is archived, or it is of a kind that nobody is added to.
    Fixed,
}

/// The result of removing a user from a room.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one is made for a request, and taken apart at once")]
pub enum Removed {
    /// The user is no longer in the room. Both as they are now.
    Former(Room, Membership),
    /// The user is the last owner of a room that is not archived.
    LastOwner,
    /// The user was not in the room, or it is of a kind that nobody leaves.
    NotIn,
}

/// The result of giving a member another role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoleSet {
    /// The room as it is now.
    Room(Room),
    /// The user is the last owner of a room that is not archived.
    LastOwner,
    /// The room has [`crate::MAX_OWNERS`].
    TooManyOwners,
    /// The user is not in the room, or it is of a kind without owners.
    NotIn,
}

/// How far a user has read in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadMark {
    /// The room.
    pub room: RoomId,
    /// The user.
    pub user: UserId,
    /// The number of the last entry that the user has read.
    pub seq: u64,
}

/// A part of the public rooms that a user is not in, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicRooms {
    /// The rooms.
    pub rooms: Vec<Room>,
    /// Whether there are more after the last one.
    pub has_more: bool,
}

/// Rooms and memberships that changed recently.
#[derive(Debug, Clone)]
pub struct RoomChanges {
    /// The rooms as they are now.
    pub rooms: Vec<Room>,
    /// The memberships as they are now.
    pub memberships: Vec<Membership>,
    /// The store's clock as of this answer, as in [`crate::ChangedTokenStatuses`].
    pub now: Timestamp,
}

/// The rooms and their members.
///
/// The lobby is not stored: it always exists ([`Room::lobby`]), every active user is in it, and it cannot be changed. A
/// membership of it is stored once its user has read something or changed a setting there.
#[async_trait]
pub trait Rooms: Send + Sync {
    /// Makes a room. If two race for a public name, exactly one gets it. Private rooms may have any name.
    async fn create(&self, room: NewRoom) -> Result<RoomCreated, StoreError>;

    /// The direct room of these people ([`crate::DIRECT_PEOPLE`] different ones, all active), made by one of them if there is none.
    /// Its id follows from the people, so two who begin at once get the same room.
    async fn direct(&self, people: &[UserId], by: UserId) -> Result<DirectRoom, StoreError>;

    /// Any number of rooms, by one question. Those that never were are missing.
    async fn by_ids(&self, ids: &[RoomId]) -> Result<HashMap<RoomId, Room>, StoreError>;

    /// The rooms that a user is in, the lobby first. At a user's first call, the lobby counts as read to its end.
    async fn of_user(&self, user: UserId) -> Result<Vec<(Room, Membership)>, StoreError>;

    /// A room and a user's membership of it, present or past. `None` when there is no such room, which costs the same.
    async fn membership(
        &self,
        room: RoomId,
        user: UserId,
    ) -> Result<Option<(Room, Option<Membership>)>, StoreError> {
        Ok(self.memberships(&[(room, user)]).await?.remove(&(room, user)))
    }

    /// What [`Rooms::membership`] returns for each pair (at most [`MAX_ASKED_MEMBERSHIPS`]), by one question. Pairs whose room does not
    /// exist are missing.
    async fn memberships(
        &self,
        pairs: &[(RoomId, UserId)],
    ) -> Result<HashMap<(RoomId, UserId), (Room, Option<Membership>)>, StoreError>;

    /// The public rooms that are not archived and that a user is not in, by the folded form of their names, whose names
    /// contain `find`, after the folded name `after`, at most `limit` (1 to [`crate::MAX_PAGE`]).
    async fn public(
        &self,
        user: UserId,
        find: Option<&str>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<PublicRooms, StoreError>;

    /// The members of a room after an id, in the order of their ids, at most `limit` (1 to [`crate::MAX_PAGE`]). In the lobby they are all
    /// active users.
    async fn members(&self, room: RoomId, after: Option<UserId>, limit: u32) -> Result<UserPage, StoreError>;

    /// The members of a room whose user name or display name begins with a text, in any letter case, at most `limit` (1 to
    /// [`crate::MAX_PAGE`]), by user name.
    async fn find_members(&self, room: RoomId, prefix: &str, limit: u32) -> Result<Vec<User>, StoreError>;

    /// The number of members of a room other than the lobby.
    async fn count_members(&self, room: RoomId) -> Result<u64, StoreError>;

    /// Changes a room.
    async fn change(&self, room: RoomId, change: RoomChange) -> Result<RoomChanged, StoreError>;

    /// Adds an active user to a public or private room, from the present end of its log on.
    async fn add(&self, room: RoomId, user: UserId) -> Result<Added, StoreError>;

    /// Ends a user's membership of a public or private room.
    async fn remove(&self, room: RoomId, user: UserId) -> Result<Removed, StoreError>;

    /// Makes a member an owner, or an owner a member.
    async fn set_role(&self, room: RoomId, user: UserId, role: Role) -> Result<RoleSet, StoreError>;

    /// Moves read marks, also back, by one write. Marks of those who are not in the room do nothing. Returns the memberships as they
    /// are now; of two marks for one, the later one counts.
    async fn set_read(&self, marks: &[ReadMark]) -> Result<Vec<Membership>, StoreError>;

    /// Sets the messages that a member wants notifications of. `None` when the user is not in the room.
    async fn set_notify(
        &self,
        room: RoomId,
        user: UserId,
        notify: Notify,
    ) -> Result<Option<Membership>, StoreError>;

    /// Every room and every membership that changed after a time of the store's clock. A moved read mark is no such change
    /// ([`Rooms::read_since`]).
    async fn changed_since(&self, since: Timestamp) -> Result<RoomChanges, StoreError>;

    /// Every membership whose read mark moved after a time of the store's clock; `rooms` is empty. There are many more of
    /// them than of other changes.
    async fn read_since(&self, since: Timestamp) -> Result<RoomChanges, StoreError>;

    /// A step of the deletion of a user: ends all memberships, also those of direct rooms, and forgets what is personal
    /// in them. Where the user was the last owner, the member who came first becomes one; a room without members is
    /// archived.
    async fn remove_everywhere(&self, user: UserId) -> Result<(), StoreError>;
}
