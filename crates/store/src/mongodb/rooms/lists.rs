//! Reading many rooms or members.

use std::collections::HashMap;

use futures_util::TryStreamExt;
use mongodb::Collection;
use mongodb::bson::{Document, Uuid, doc};

use super::super::client::OPERATION_TIMEOUT;
use super::super::documents::{MembershipDocument, MembershipKey, UserDocument, key};
use super::super::{Mongo, limited};
use super::{all, found};
use crate::name::fold;
use crate::{Accounts, Membership, PublicRooms, Room, RoomId, StoreError, User, UserId, UserPage};

/// Maximum number of members of a room among whom a name is looked for. In a larger room, its members are looked for among
/// those who have such a name.
const MAX_LISTED_MEMBERS: usize = 1_000;

/// A membership without anything but its key.
#[derive(serde::Deserialize)]
struct OnlyKey {
    #[serde(rename = "_id")]
    id: MembershipKey,
}

impl Mongo {
    pub(super) async fn rooms_of(&self, user: UserId) -> Result<Vec<(Room, Membership)>, StoreError> {
        let Some(lobby) = self.come_to_lobby(user).await? else { return Ok(Vec::new()) };
        let reading = &self.for_clients;
        let present = doc! {"_id.user": key(user), "is_in": true};
        let memberships: Vec<Membership> = all(found(&reading.memberships, present).await?)?;
        let ids: Vec<_> = memberships.iter().map(|membership| membership.room.to_string()).collect();
        let rooms = found(&reading.rooms, doc! {"_id": {"$in": ids}}).await?;
        let mut rooms = rooms.into_iter().map(super::by_id).collect::<Result<HashMap<_, _>, _>>()?;
        let with_room =
            |membership: Membership| rooms.remove(&membership.room).map(|room| (room, membership));
        let others = memberships.into_iter().filter_map(with_room);
        Ok(std::iter::once((Room::lobby(), lobby)).chain(others).collect())
    }

    pub(super) async fn public_rooms(
        &self,
        user: UserId,
        find: Option<&str>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<PublicRooms, StoreError> {
        let own = keys(&self.for_clients.memberships, doc! {"_id.user": key(user), "is_in": true}, 0).await?;
        let own: Vec<_> = own.into_iter().map(|own| own.room).collect();
        let mut filter =
            doc! {"folded": {"$gt": after.unwrap_or("")}, "archived": false, "_id": {"$nin": own}};
        let find = find.map(|find| fold(find.trim())).unwrap_or_default();
        if !find.is_empty() {
            let place = doc! {"$indexOfBytes": ["$folded", {"$literal": find}]};
            filter.insert("$expr", doc! {"$gte": [place, 0]});
        }
        let finding =
            self.for_clients.rooms.find(filter).sort(doc! {"folded": 1}).limit(i64::from(limit) + 1);
        let reading = async { finding.max_time(OPERATION_TIMEOUT).await?.try_collect::<Vec<_>>().await };
        let mut rooms: Vec<Room> = all(limited(Box::pin(reading)).await?)?;
        let has_more = rooms.len() > limit as usize;
        rooms.truncate(limit as usize);
        Ok(PublicRooms { rooms, has_more })
    }

    pub(super) async fn members_of(
        &self,
        room: RoomId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<UserPage, StoreError> {
        if room == RoomId::LOBBY {
            return Accounts::page(self, after, limit).await.map(|page| UserPage::clone(&page));
        }
        let mut present = doc! {"_id.room": room.to_string(), "is_in": true};
        if let Some(after) = after {
            present.insert("_id.user", doc! {"$gt": key(after)});
        }
        let active = [doc! {"$match": {"state": "active"}}];
        let pipeline = [
            doc! {"$match": present},
            doc! {"$sort": {"_id.user": 1}},
            doc! {"$lookup": {
                "from": self.users.name(), "localField": "_id.user", "foreignField": "_id", "as": "user",
                "pipeline": active.to_vec(),
            }},
            doc! {"$unwind": "$user"},
            doc! {"$limit": i64::from(limit) + 1},
            doc! {"$replaceWith": "$user"},
        ];
        let reading = async {
            let memberships = self.for_clients.memberships.aggregate(pipeline).max_time(OPERATION_TIMEOUT);
            memberships.with_type::<UserDocument>().await?.try_collect::<Vec<_>>().await
        };
        let users = limited(Box::pin(reading)).await?.into_iter().map(User::from).collect();
        Ok(UserPage::of(users, limit))
    }

    pub(super) async fn members_named(
        &self,
        room: RoomId,
        prefix: &str,
        limit: u32,
    ) -> Result<Vec<User>, StoreError> {
        let prefix = fold(prefix.trim());
        let range = doc! {"$gte": &prefix, "$lte": format!("{prefix}{}", char::MAX)};
        let mut named = doc! {
            "state": "active",
            "$or": [{"folded": range.clone()}, {"folded_display": range}],
        };
        let mut of_room = Vec::new();
        if room != RoomId::LOBBY {
            let present = doc! {"_id.room": room.to_string(), "is_in": true};
            let members = keys(&self.for_clients.memberships, present, MAX_LISTED_MEMBERS as i64 + 1).await?;
            if members.len() > MAX_LISTED_MEMBERS {
                of_room = self.only_members(room);
            } else {
                let members: Vec<Uuid> = members.into_iter().map(|member| member.user).collect();
                named.insert("_id", doc! {"$in": members});
            }
        }
        let mut pipeline = vec![doc! {"$match": named}, doc! {"$sort": {"folded": 1}}];
        pipeline.extend(of_room);
        pipeline.push(doc! {"$limit": i64::from(limit)});
        let reading = async {
            let users = self.for_clients.users.aggregate(pipeline).max_time(OPERATION_TIMEOUT);
            users.with_type::<UserDocument>().await?.try_collect::<Vec<_>>().await
        };
        Ok(limited(Box::pin(reading)).await?.into_iter().map(User::from).collect())
    }

    /// Stages that keep of users the members of a room.
    fn only_members(&self, room: RoomId) -> Vec<Document> {
        let is_member = doc! {"$expr": {"$eq": ["$_id", "$$key"]}, "is_in": true};
        vec![
            doc! {"$lookup": {
                "from": self.memberships.name(), "as": "membership",
                "let": {"key": {"room": room.to_string(), "user": "$_id"}},
                "pipeline": [{"$match": is_member}],
            }},
            doc! {"$match": {"membership.0": {"$exists": true}}},
        ]
    }
}

/// The keys of memberships, at most `limit`; 0 means all. The index has them.
pub(super) async fn keys(
    memberships: &Collection<MembershipDocument>,
    filter: Document,
    limit: i64,
) -> Result<Vec<MembershipKey>, StoreError> {
    let memberships = memberships.clone_with_type::<OnlyKey>();
    let reading = async {
        let finding = memberships.find(filter).projection(doc! {"_id.room": 1, "_id.user": 1}).limit(limit);
        finding.max_time(OPERATION_TIMEOUT).await?.try_collect::<Vec<_>>().await
    };
    Ok(limited(Box::pin(reading)).await?.into_iter().map(|only| only.id).collect())
}
