//! The owners of a room. One document has them, so two who leave at once cannot both be the last one.
//!
//! A membership is another document. A new owner's membership is read after the change, and a former member's room is
//! read after the end of the membership: one of the two calls sees what the other one did.

use mongodb::bson::doc;

use super::super::Mongo;
use super::super::documents::key;
use super::membership::is_shared;
use crate::{MAX_OWNERS, Membership, Role, RoleSet, Room, RoomId, StoreError, UserId};

impl Mongo {
    /// Takes a role away that others have too, or that nobody needs. `None` if the user is the last owner.
    pub(super) async fn drop_owner(&self, id: RoomId, user: UserId) -> Result<Option<Room>, StoreError> {
        let one_of_many = doc! {
            "_id": id.to_string(),
            "owners": key(user),
            "$or": [{"archived": true}, {"owners.1": {"$exists": true}}],
        };
        let others = doc! {"$filter": {"input": "$owners", "cond": {"$ne": ["$$this", key(user)]}}};
        if let Some(room) = self.update_room(one_of_many, doc! {"owners": others}).await? {
            return Ok(Some(room));
        }
        Ok(self.room(id).await?.filter(|room| !room.is_owned_by(user)))
    }

    pub(super) async fn set_member_role(
        &self,
        id: RoomId,
        user: UserId,
        role: Role,
    ) -> Result<RoleSet, StoreError> {
        let found = self.pair(id, user).await?.filter(|(room, _)| is_shared(room));
        let Some((room, Some(Membership { is_in: true, .. }))) = found else { return Ok(RoleSet::NotIn) };
        match (role, room.is_owned_by(user)) {
            (Role::Owner, true) | (Role::Member, false) => Ok(RoleSet::Room(room)),
            (Role::Owner, false) => self.add_owner(id, user).await,
            (Role::Member, true) => {
                Ok(self.drop_owner(id, user).await?.map_or(RoleSet::LastOwner, RoleSet::Room))
            }
        }
    }

    async fn add_owner(&self, id: RoomId, user: UserId) -> Result<RoleSet, StoreError> {
        let last_place = format!("owners.{}", MAX_OWNERS - 1);
        let has_place =
            doc! {"_id": id.to_string(), "owners": {"$ne": key(user)}, last_place: {"$exists": false}};
        let one_more = doc! {"$concatArrays": ["$owners", [key(user)]]};
        let Some(room) = self.update_room(has_place, doc! {"owners": one_more}).await? else {
            let room = self.room(id).await?.filter(|room| room.is_owned_by(user));
            return Ok(room.map_or(RoleSet::TooManyOwners, RoleSet::Room));
        };
        if self.present(id, user).await?.is_none() {
            self.drop_owner(id, user).await?;
            return Ok(RoleSet::NotIn);
        }
        Ok(RoleSet::Room(room))
    }
}
