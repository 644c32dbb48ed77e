//! What the deletion of a user leaves of rooms. Each step is one document, and a repeated run does what is left.

use futures_util::TryStreamExt;
use mongodb::bson::{Bson, Document, Uuid, doc};

use super::super::client::OPERATION_TIMEOUT;
use super::super::documents::{MembershipDocument, key, user_id};
use super::super::{Mongo, limited};
use super::lists::keys;
use super::membership::ended;
use crate::{Room, RoomId, StoreError, UserId};

/// Maximum number of rooms that are read at once.
const MAX_ROOMS: usize = 500;
/// How often a room is tried whose owners change at the same time.
const MAX_TRIES: usize = 5;

impl Mongo {
    /// See [`crate::Rooms::remove_everywhere`].
    pub(super) async fn leave_all(&self, user: UserId) -> Result<(), StoreError> {
        let present = doc! {"_id.user": key(user), "is_in": true};
        limited(self.memberships.update_many(present, vec![doc! {"$set": ended()}])).await?;
        // A repeated run finds also what an earlier one left: memberships stay when they end.
        let known = keys(&self.memberships, doc! {"_id.user": key(user)}, 0).await?;
        let known: Vec<_> = known.into_iter().map(|known| known.room).collect();
        for rooms in known.chunks(MAX_ROOMS) {
            let named = [doc! {"owners": key(user)}, doc! {"people": key(user)}].to_vec();
            self.forget_in(doc! {"_id": {"$in": rooms}, "$or": named}, user).await?;
        }
        self.forget_in(doc! {"created_by": key(user)}, user).await
    }

    /// Removes a user from the rooms that match.
    async fn forget_in(&self, filter: Document, user: UserId) -> Result<(), StoreError> {
        let reading = async {
            let found = self.rooms.find(filter).max_time(OPERATION_TIMEOUT).await?;
            found.try_collect::<Vec<_>>().await
        };
        for room in limited(Box::pin(reading)).await? {
            self.forget(room.try_into()?, user).await?;
        }
        Ok(())
    }

    async fn forget(&self, room: Room, user: UserId) -> Result<(), StoreError> {
        let without =
            |field: &str| doc! {"$filter": {"input": field, "cond": {"$ne": ["$$this", key(user)]}}};
        let created_by = doc! {"$cond": [{"$eq": ["$created_by", key(user)]}, Bson::Null, "$created_by"]};
        let set = doc! {"created_by": created_by, "owners": without("$owners"), "people": without("$people")};
        let unless_last = doc! {
            "_id": room.id.to_string(),
            "$or": [{"archived": true}, {"owners.1": {"$exists": true}}, {"owners": {"$ne": key(user)}}],
        };
        for _ in 0..MAX_TRIES {
            if self.update_room(unless_last.clone(), set.clone()).await?.is_some() {
                return Ok(());
            }
            self.hand_on(room.id, user).await?;
        }
        Err(StoreError::Unavailable("the owners of a room changed at the same time".to_owned()))
    }

    /// Makes the member who came first the owner in place of the last one. Without members, the room is archived.
    async fn hand_on(&self, id: RoomId, user: UserId) -> Result<(), StoreError> {
        let mut last = user;
        loop {
            let heir = self.first_member(id, last).await?;
            let owners: Vec<Uuid> = heir.into_iter().map(key).collect();
            let set = doc! {"owners": owners, "archived": {"$or": ["$archived", heir.is_none()]}};
            let still_last = doc! {"_id": id.to_string(), "owners": [key(last)]};
            if self.update_room(still_last, set).await?.is_none() {
                return Ok(());
            }
            match heir {
                // A member who left before that did not see it: see `owners`.
                Some(heir) if self.present(id, heir).await?.is_none() => last = heir,
                _ => return Ok(()),
            }
        }
    }

    /// The member of a room who came first, without one of them.
    async fn first_member(&self, room: RoomId, without: UserId) -> Result<Option<UserId>, StoreError> {
        let others = doc! {"_id.room": room.to_string(), "is_in": true, "_id.user": {"$ne": key(without)}};
        let first = self.memberships.find_one(others).sort(doc! {"since": 1, "_id.user": 1});
        let first: Option<MembershipDocument> = limited(first.max_time(OPERATION_TIMEOUT)).await?;
        Ok(first.map(|first| user_id(first.id.user)))
    }
}
