//! Who comes into a room and leaves it, and of what a member wants notifications.

use futures_util::future::try_join3;
use mongodb::bson::{Document, doc};

use super::super::Mongo;
use super::super::documents::{corrupt, membership_key};
use super::counted;
use crate::{
    Added, MAX_ROOMS_OF_USER, Membership, Notify, Removed, Room, RoomId, RoomKind, StoreError, UserId,
};

impl Mongo {
    /// Lets a user in who is not in, and returns the membership in any case.
    pub(super) async fn let_in(
        &self,
        room: RoomId,
        user: UserId,
        read_seq: u64,
    ) -> Result<Membership, StoreError> {
        let mut set =
            doc! {"is_in": true, "since": "$$NOW", "read_seq": read_seq.cast_signed(), "notify": "all"};
        set.extend(counted());
        // If the user is in, the key is a duplicate.
        let absent = doc! {"_id": membership_key(room, user), "is_in": {"$ne": true}};
        if let Some(new) = self.update_membership(absent, set, true).await? {
            return Ok(new);
        }
        let found = self.present(room, user).await?;
        found.ok_or_else(|| StoreError::Unavailable("a membership was changed at the same time".into()))
    }

    /// Ends a membership, if there is one.
    pub(super) async fn let_out(&self, room: RoomId, user: UserId) -> Result<Option<Membership>, StoreError> {
        let present = doc! {"_id": membership_key(room, user), "is_in": true};
        self.update_membership(present, ended(), false).await
    }

    pub(super) async fn add_member(&self, id: RoomId, user: UserId) -> Result<Added, StoreError> {
        let (pair, active, count) =
            try_join3(self.pair(id, user), self.active([user]), self.count_rooms(user)).await?;
        let open = pair.filter(|(room, _)| is_shared(room) && !room.is_archived);
        let Some((_, membership)) = open.filter(|_| !active.is_empty()) else { return Ok(Added::Fixed) };
        if let Some(present) = membership.filter(|membership| membership.is_in) {
            return Ok(Added::Member(present, false));
        }
        if count >= MAX_ROOMS_OF_USER {
            return Ok(Added::TooManyRooms);
        }
        let end = self.last_seq(id).await?;
        Ok(Added::Member(self.let_in(id, user, end).await?, true))
    }

    pub(super) async fn remove_member(&self, id: RoomId, user: UserId) -> Result<Removed, StoreError> {
        let found = self.pair(id, user).await?.filter(|(room, _)| is_shared(room));
        let Some((room, Some(Membership { is_in: true, .. }))) = found else { return Ok(Removed::NotIn) };
        if room.is_owned_by(user) && self.drop_owner(id, user).await?.is_none() {
            return Ok(Removed::LastOwner);
        }
        let Some(former) = self.let_out(id, user).await? else { return Ok(Removed::NotIn) };
        let Some(room) = self.room(id).await? else { return Ok(Removed::NotIn) };
        if !room.is_owned_by(user) {
            return Ok(Removed::Former(room, former));
        }
        // Somebody made the user an owner in the meantime, and perhaps the only one.
        match self.drop_owner(id, user).await? {
            Some(room) => Ok(Removed::Former(room, former)),
            None => {
                self.let_in(id, user, self.last_seq(id).await?).await?;
                Ok(Removed::LastOwner)
            }
        }
    }

    pub(super) async fn set_notify_setting(
        &self,
        room: RoomId,
        user: UserId,
        notify: Notify,
    ) -> Result<Option<Membership>, StoreError> {
        if room == RoomId::LOBBY {
            self.come_to_lobby(user).await?;
        }
        let mut set = counted();
        set.insert("notify", notify.as_str());
        let present = doc! {"_id": membership_key(room, user), "is_in": true};
        self.update_membership(present, set, false).await
    }

    /// A user's present membership of a room.
    pub(super) async fn present(&self, room: RoomId, user: UserId) -> Result<Option<Membership>, StoreError> {
        let present = doc! {"_id": membership_key(room, user), "is_in": true};
        super::limited(self.memberships.find_one(present)).await?.map(Membership::try_from).transpose()
    }

    /// A user's membership of the lobby, stored now if it is not yet: everything said before counts as read. `None` for a user who
    /// is not active.
    pub(super) async fn come_to_lobby(&self, user: UserId) -> Result<Option<Membership>, StoreError> {
        if let Some(present) = self.present(RoomId::LOBBY, user).await? {
            return Ok(Some(present));
        }
        if self.active([user]).await?.is_empty() {
            return Ok(None);
        }
        let end = self.last_seq(RoomId::LOBBY).await?;
        let membership = self.let_in(RoomId::LOBBY, user, end).await?;
        if membership.is_in { Ok(Some(membership)) } else { Err(corrupt("a user outside of the lobby")) }
    }
}

/// Whether people come into a room and leave it.
pub(super) fn is_shared(room: &Room) -> bool {
    room.kind != RoomKind::Direct && room.id != RoomId::LOBBY
}

/// The end of a membership.
pub(super) fn ended() -> Document {
    let mut set = doc! {"is_in": false, "read_seq": 0_i64, "notify": "all"};
    set.extend(counted());
    set
}
