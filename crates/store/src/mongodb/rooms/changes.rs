//! Making and changing rooms.
//!
//! The maker of a room is in it before it is there: no crash leaves a room that nobody can enter or hand over. A membership
//! of a room that never came is no harm.

use futures_util::future::{try_join_all, try_join3};
use mongodb::bson::{Document, doc};
use mongodb::options::ReturnDocument;

use super::super::client::{OPERATION_TIMEOUT, unless_duplicate};
use super::super::documents::{RoomDocument, folded, key};
use super::super::{Mongo, limited};
use super::counted;
use crate::{
    DirectRoom, MAX_ROOMS_MADE, MAX_ROOMS_OF_USER, NewRoom, Room, RoomChange, RoomChanged, RoomCreated,
    RoomId, RoomKind, RoomName, StoreError, UserId,
};

impl Mongo {
    pub(super) async fn create_room(&self, new: NewRoom) -> Result<RoomCreated, StoreError> {
        let (kind, by) = (new.kind(), new.created_by);
        let checks = try_join3(self.active([by]), self.count_made(by), self.count_rooms(by));
        let (active, made, rooms) = checks.await?;
        if active.is_empty() {
            return Ok(RoomCreated::UserGone);
        }
        if made >= MAX_ROOMS_MADE {
            return Ok(RoomCreated::TooManyMade);
        }
        if rooms >= MAX_ROOMS_OF_USER {
            return Ok(RoomCreated::TooManyRooms);
        }
        if kind == RoomKind::Public && self.is_taken(&new.name).await? {
            return Ok(RoomCreated::NameTaken);
        }
        let id = RoomId::generate();
        let room = Room {
            id,
            kind,
            name: Some(new.name),
            topic: new.topic,
            owners: vec![by],
            ..Room::not_stored(Some(by))
        };
        let membership = self.let_in(id, by, 0).await?;
        match self.insert_room(&room).await? {
            Some(room) => Ok(RoomCreated::Room(room, membership)),
            None => {
                self.let_out(id, by).await?;
                Ok(RoomCreated::NameTaken)
            }
        }
    }

    pub(super) async fn direct_room(&self, people: &[UserId], by: UserId) -> Result<DirectRoom, StoreError> {
        let id = RoomId::direct(people);
        let pairs: Vec<_> = people.iter().map(|&user| (id, user)).collect();
        let known = self.memberships_of(&pairs).await?;
        if let Some((room, _)) = known.values().next() {
            // The call that began it may have stopped before it let all in.
            let missing = known.iter().filter(|(_, (_, membership))| membership.is_none());
            try_join_all(missing.map(|(&(_, user), _)| self.let_in(id, user, 0))).await?;
            return Ok(DirectRoom::Room(room.clone(), false));
        }
        let active = self.active(people.iter().copied()).await?;
        let counts = try_join_all(people.iter().map(|&user| self.count_rooms(user))).await?;
        for (&user, count) in people.iter().zip(counts) {
            if !active.contains(&user) {
                return Ok(DirectRoom::UserGone(user));
            }
            if count >= MAX_ROOMS_OF_USER {
                return Ok(DirectRoom::TooManyRooms(user));
            }
        }
        let made =
            self.insert_room(&Room { id, people: people.to_vec(), ..Room::not_stored(Some(by)) }).await?;
        try_join_all(people.iter().map(|&user| self.let_in(id, user, 0))).await?;
        match made {
            Some(room) => Ok(DirectRoom::Room(room, true)),
            None => {
                let room = self.room(id).await?;
                let room = room.ok_or_else(|| StoreError::Unavailable("a room is not there yet".into()))?;
                Ok(DirectRoom::Room(room, false))
            }
        }
    }

    pub(super) async fn change_room(
        &self,
        id: RoomId,
        change: RoomChange,
    ) -> Result<RoomChanged, StoreError> {
        let found = self.room(id).await?.filter(|room| room.kind != RoomKind::Direct);
        let Some(before) = found else { return Ok(RoomChanged::Fixed) };
        let after = change.applied_to(&before);
        if after == before {
            return Ok(RoomChanged::Room(before));
        }
        if folded(&after).is_some_and(|name| name == RoomName::lobby().folded()) {
            return Ok(RoomChanged::NameTaken);
        }
        if let (true, false, Some(by)) = (before.is_archived, after.is_archived, after.created_by)
            && self.count_made(by).await? >= MAX_ROOMS_MADE
        {
            return Ok(RoomChanged::TooManyMade);
        }
        let changing = self.rooms.find_one_and_update(
            doc! {"_id": id.to_string()},
            vec![doc! {"$set": difference(&before, &after)}],
        );
        let changing = changing.return_document(ReturnDocument::After).max_time(OPERATION_TIMEOUT);
        match unless_duplicate(changing).await? {
            Some(Some(room)) => Ok(RoomChanged::Room(room.try_into()?)),
            Some(None) => Ok(RoomChanged::Fixed),
            None => Ok(RoomChanged::NameTaken),
        }
    }

    /// Inserts a room unless its id or its name is taken.
    async fn insert_room(&self, room: &Room) -> Result<Option<Room>, StoreError> {
        let document = RoomDocument::new(room).to_document()?;
        let stamp = doc! {"changes": 1_i64, "changed_at": "$$NOW"};
        let new = doc! {"$replaceWith": {"$mergeObjects": [{"$literal": document}, stamp]}};
        // A filter that matches no room which is there: its key is a duplicate then.
        let filter = doc! {"_id": room.id.to_string(), "kind": {"$exists": false}};
        let inserting = self.rooms.find_one_and_update(filter, vec![new]).upsert(true);
        let inserting = inserting.return_document(ReturnDocument::After).max_time(OPERATION_TIMEOUT);
        unless_duplicate(inserting).await?.flatten().map(Room::try_from).transpose()
    }

    async fn is_taken(&self, name: &RoomName) -> Result<bool, StoreError> {
        let found = limited(self.rooms.find_one(doc! {"folded": name.folded()})).await?;
        Ok(found.is_some() || name.folded() == RoomName::lobby().folded())
    }

    /// The number of rooms that a user made and that are not archived, at most [`MAX_ROOMS_MADE`].
    async fn count_made(&self, by: UserId) -> Result<usize, StoreError> {
        let made = doc! {"created_by": key(by), "archived": false, "kind": {"$in": ["public", "private"]}};
        let counting = self.rooms.count_documents(made).limit(MAX_ROOMS_MADE as u64);
        Ok(limited(counting.max_time(OPERATION_TIMEOUT)).await? as usize)
    }

    /// The number of rooms that a user is in, without the lobby, at most [`MAX_ROOMS_OF_USER`].
    pub(super) async fn count_rooms(&self, user: UserId) -> Result<usize, StoreError> {
        let lobby = RoomId::LOBBY.to_string();
        let present = doc! {"_id.user": key(user), "is_in": true, "_id.room": {"$ne": lobby}};
        let counting = self.memberships.count_documents(present).limit(MAX_ROOMS_OF_USER as u64);
        Ok(limited(counting.max_time(OPERATION_TIMEOUT)).await? as usize)
    }
}

/// What changes from one version of a room to another one, of what people may change.
fn difference(before: &Room, after: &Room) -> Document {
    let mut set = counted();
    if let Some(name) = after.name.as_ref().filter(|_| after.name != before.name) {
        set.insert("name", doc! {"$literal": name.as_str()});
        if let Some(folded) = folded(after) {
            set.insert("folded", doc! {"$literal": folded});
        }
    }
    if after.topic != before.topic {
        set.insert("topic", doc! {"$literal": after.topic.as_str()});
    }
    if after.is_archived != before.is_archived {
        set.insert("archived", after.is_archived);
    }
    set
}
