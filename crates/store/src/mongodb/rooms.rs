//! The rooms and their members in MongoDB: a document for each room, and one for each user who is or was in it.
//!
//! Nothing here is a transaction, which a standalone server has not. Where two documents change, their order makes every
//! state in between a right one. Changes are pipelines, so that the server's clock stamps them; a client's text in them is
//! always a `$literal`.

mod changes;
mod deletion;
mod lists;
mod membership;
mod owners;
mod read_marks;

use std::collections::HashMap;

use async_trait::async_trait;
use futures_util::TryStreamExt;
use futures_util::future::try_join3;
use mongodb::Collection;
use mongodb::bson::{Document, deserialize_from_document, doc};
use mongodb::options::ReturnDocument;
use serde::de::DeserializeOwned;

use super::client::{OPERATION_TIMEOUT, unless_duplicate};
use super::documents::{MembershipDocument, RoomDocument, corrupt, date, membership_key};
use super::{Mongo, limited};
use crate::{
    Added, DirectRoom, MAX_PAGE, Membership, NewRoom, Notify, PublicRooms, ReadMark, Removed, Role, RoleSet,
    Room, RoomChange, RoomChanged, RoomChanges, RoomCreated, RoomId, Rooms, StoreError, Timestamp, User,
    UserId, UserPage,
};

#[async_trait]
impl Rooms for Mongo {
    async fn create(&self, new: NewRoom) -> Result<RoomCreated, StoreError> {
        self.create_room(new).await
    }

    async fn direct(&self, people: &[UserId], by: UserId) -> Result<DirectRoom, StoreError> {
        self.direct_room(people, by).await
    }

    async fn by_ids(&self, ids: &[RoomId]) -> Result<HashMap<RoomId, Room>, StoreError> {
        let keys: Vec<_> = ids.iter().map(RoomId::to_string).collect();
        let found = found(&self.rooms, doc! {"_id": {"$in": keys}}).await?;
        let mut rooms = found.into_iter().map(by_id).collect::<Result<HashMap<_, _>, _>>()?;
        if ids.contains(&RoomId::LOBBY) {
            rooms.insert(RoomId::LOBBY, Room::lobby());
        }
        Ok(rooms)
    }

    async fn of_user(&self, user: UserId) -> Result<Vec<(Room, Membership)>, StoreError> {
        self.rooms_of(user).await
    }

    async fn memberships(
        &self,
        pairs: &[(RoomId, UserId)],
    ) -> Result<HashMap<(RoomId, UserId), (Room, Option<Membership>)>, StoreError> {
        self.memberships_of(pairs).await
    }

    async fn public(
        &self,
        user: UserId,
        find: Option<&str>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<PublicRooms, StoreError> {
        self.public_rooms(user, find, after, limit.clamp(1, MAX_PAGE)).await
    }

    async fn members(&self, room: RoomId, after: Option<UserId>, limit: u32) -> Result<UserPage, StoreError> {
        self.members_of(room, after, limit.clamp(1, MAX_PAGE)).await
    }

    async fn find_members(&self, room: RoomId, prefix: &str, limit: u32) -> Result<Vec<User>, StoreError> {
        self.members_named(room, prefix, limit.clamp(1, MAX_PAGE)).await
    }

    async fn count_members(&self, room: RoomId) -> Result<u64, StoreError> {
        let present = doc! {"_id.room": room.to_string(), "is_in": true};
        limited(self.for_clients.memberships.count_documents(present).max_time(OPERATION_TIMEOUT)).await
    }

    async fn change(&self, room: RoomId, change: RoomChange) -> Result<RoomChanged, StoreError> {
        self.change_room(room, change).await
    }

    async fn add(&self, room: RoomId, user: UserId) -> Result<Added, StoreError> {
        self.add_member(room, user).await
    }

    async fn remove(&self, room: RoomId, user: UserId) -> Result<Removed, StoreError> {
        self.remove_member(room, user).await
    }

    async fn set_role(&self, room: RoomId, user: UserId, role: Role) -> Result<RoleSet, StoreError> {
        self.set_member_role(room, user, role).await
    }

    async fn set_read(&self, marks: &[ReadMark]) -> Result<Vec<Membership>, StoreError> {
        self.move_marks(marks).await
    }

    async fn set_notify(
        &self,
        room: RoomId,
        user: UserId,
        notify: Notify,
    ) -> Result<Option<Membership>, StoreError> {
        self.set_notify_setting(room, user, notify).await
    }

    async fn changed_since(&self, since: Timestamp) -> Result<RoomChanges, StoreError> {
        let changed = doc! {"changed_at": {"$gt": date(since)}};
        let now = self.known_majority_date().await?;
        let rooms = found(&self.rooms, changed.clone());
        let memberships = found(&self.memberships, changed);
        let (rooms, memberships, _) = try_join3(rooms, memberships, self.read_majority_date()).await?;
        Ok(RoomChanges { rooms: all(rooms)?, memberships: all(memberships)?, now })
    }

    async fn read_since(&self, since: Timestamp) -> Result<RoomChanges, StoreError> {
        let now = self.known_majority_date().await?;
        let moved = found(&self.memberships, doc! {"read_at": {"$gt": date(since)}});
        let (memberships, _) = futures_util::future::try_join(moved, self.read_majority_date()).await?;
        Ok(RoomChanges { rooms: Vec::new(), memberships: all(memberships)?, now })
    }

    async fn remove_everywhere(&self, user: UserId) -> Result<(), StoreError> {
        self.leave_all(user).await
    }
}

impl Mongo {
    /// A room and a user's membership of it, over the connections of the node's own work.
    async fn pair(
        &self,
        room: RoomId,
        user: UserId,
    ) -> Result<Option<(Room, Option<Membership>)>, StoreError> {
        Ok(self.memberships_of(&[(room, user)]).await?.remove(&(room, user)))
    }

    /// One command reads the rooms and the memberships by their keys, whatever of it there is: nobody can tell from the time
    /// whether there is a room.
    async fn memberships_of(
        &self,
        pairs: &[(RoomId, UserId)],
    ) -> Result<HashMap<(RoomId, UserId), (Room, Option<Membership>)>, StoreError> {
        let mut rooms: Vec<_> = pairs.iter().map(|(room, _)| room.to_string()).collect();
        rooms.sort_unstable();
        rooms.dedup();
        let keys: Vec<_> = pairs.iter().map(|&(room, user)| membership_key(room, user)).collect();
        let of_rooms = doc! {"coll": self.rooms.name(), "pipeline": [{"$match": {"_id": {"$in": rooms}}}]};
        let pipeline = [doc! {"$match": {"_id": {"$in": keys}}}, doc! {"$unionWith": of_rooms}];
        let reading = async {
            let both = self.memberships.aggregate(pipeline).max_time(OPERATION_TIMEOUT).await?;
            both.try_collect::<Vec<Document>>().await
        };
        let (mut rooms, mut memberships) = (HashMap::new(), HashMap::new());
        for document in limited(Box::pin(reading)).await? {
            if document.get_document("_id").is_ok() {
                let membership: Membership = read::<MembershipDocument>(document)?.try_into()?;
                memberships.insert((membership.room, membership.user), membership);
            } else {
                let (id, room) = by_id(read(document)?)?;
                rooms.insert(id, room);
            }
        }
        rooms.insert(RoomId::LOBBY, Room::lobby());
        let pair = |&(room, user): &(RoomId, UserId)| {
            let membership = memberships.get(&(room, user)).cloned();
            rooms.get(&room).map(|found| ((room, user), (found.clone(), membership)))
        };
        Ok(pairs.iter().filter_map(pair).collect())
    }

    async fn room(&self, id: RoomId) -> Result<Option<Room>, StoreError> {
        limited(self.rooms.find_one(doc! {"_id": id.to_string()})).await?.map(Room::try_from).transpose()
    }

    /// Changes one room, if there is one that matches, and returns it as it is then.
    async fn update_room(&self, filter: Document, mut set: Document) -> Result<Option<Room>, StoreError> {
        set.extend(counted());
        let changing = self.rooms.find_one_and_update(filter, vec![doc! {"$set": set}]);
        let changing = changing.return_document(ReturnDocument::After).max_time(OPERATION_TIMEOUT);
        limited(changing).await?.map(Room::try_from).transpose()
    }

    /// Changes one membership, if there is one that matches, and returns it as it is then.
    async fn update_membership(
        &self,
        filter: Document,
        set: Document,
        upsert: bool,
    ) -> Result<Option<Membership>, StoreError> {
        let changing = self.memberships.find_one_and_update(filter, vec![doc! {"$set": set}]).upsert(upsert);
        let changing = changing.return_document(ReturnDocument::After).max_time(OPERATION_TIMEOUT);
        unless_duplicate(changing).await?.flatten().map(Membership::try_from).transpose()
    }
}

/// What each change also changes.
fn counted() -> Document {
    doc! {"changes": {"$add": [{"$ifNull": ["$changes", 0_i64]}, 1_i64]}, "changed_at": "$$NOW"}
}

fn by_id(document: RoomDocument) -> Result<(RoomId, Room), StoreError> {
    Room::try_from(document).map(|room| (room.id, room))
}

fn read<T: DeserializeOwned>(document: Document) -> Result<T, StoreError> {
    deserialize_from_document(document).map_err(|_| corrupt("a document has another shape"))
}

/// All documents that match.
async fn found<T: DeserializeOwned + Send + Sync>(
    collection: &Collection<T>,
    filter: Document,
) -> Result<Vec<T>, StoreError> {
    let reading =
        async { collection.find(filter).max_time(OPERATION_TIMEOUT).await?.try_collect::<Vec<T>>().await };
    limited(Box::pin(reading)).await
}

fn all<D, T: TryFrom<D, Error = StoreError>>(documents: Vec<D>) -> Result<Vec<T>, StoreError> {
    documents.into_iter().map(T::try_from).collect()
}
