//! Dropping beginnings of logs in MongoDB, in bounded deletes along the index (room, seq), by one node at a time.

use std::time::Duration;

use async_trait::async_trait;
use futures_util::TryStreamExt;
use mongodb::bson::{DateTime, Document, Uuid, doc};
use mongodb::options::{Hint, ReturnDocument};
use serde::Deserialize;

use super::client::{OPERATION_TIMEOUT, unless_duplicate};
use super::documents::{ENTRIES_BY_SEQ, corrupt};
use super::{Mongo, limited};
use crate::retention::Droppable;
use crate::{CLAIM_TIMEOUT, Dropped, MAX_DROPPED, NodeId, Retention, RoomId, StoreError};

/// The key of the document that says which node drops.
const DROPPING: &str = "dropping";

/// A document of `claims`: which node does a task, and until when (`until`, which only the server reads).
#[derive(Deserialize)]
pub(super) struct ClaimDocument {
    node: Uuid,
}

/// An entry as the beginning of a log is judged.
#[derive(Deserialize)]
struct Oldest {
    seq: i64,
    is_old: bool,
}

#[async_trait]
impl Retention for Mongo {
    async fn claim(&self, node: NodeId) -> Result<bool, StoreError> {
        let own = node_key(node);
        let is_free = doc! {"$or": [{"$lte": ["$until", "$$NOW"]}, {"$eq": ["$node", own]}]};
        let until = doc! {"$add": ["$$NOW", CLAIM_TIMEOUT.as_millis() as i64]};
        let unless_taken = doc! {
            "node": {"$cond": [is_free.clone(), own, "$node"]},
            "until": {"$cond": [is_free, until, "$until"]},
        };
        let claim = doc! {"_id": DROPPING};
        let claiming = self.claims.find_one_and_update(claim, vec![doc! {"$set": unless_taken}]).upsert(true);
        let claiming = claiming.return_document(ReturnDocument::After).max_time(OPERATION_TIMEOUT);
        // `None`: another node made the document at the same time.
        let claimed = unless_duplicate(claiming).await?.flatten();
        Ok(claimed.is_some_and(|claim| claim.node == own))
    }

    async fn release(&self, node: NodeId) -> Result<(), StoreError> {
        let own = doc! {"_id": DROPPING, "node": node_key(node)};
        let over = doc! {"$set": {"until": DateTime::from_millis(0)}};
        limited(self.claims.update_one(own, over)).await.map(drop)
    }

    async fn next_room(&self, after: Option<RoomId>) -> Result<Option<RoomId>, StoreError> {
        let after = after.map_or_else(String::new, |room| room.to_string());
        let entries = self.entries.clone_with_type::<Document>();
        let finding = entries
            .find_one(doc! {"room": {"$gt": after}})
            .sort(doc! {"room": 1, "seq": 1})
            .projection(doc! {"_id": 0, "room": 1})
            .max_time(OPERATION_TIMEOUT);
        let found = limited(finding).await?;
        let room = found.map(|found| found.get_str("room").ok().and_then(RoomId::parse));
        room.map(|room| room.ok_or_else(|| corrupt("not the id of a room"))).transpose()
    }

    async fn drop_oldest(&self, room: RoomId, max_age: Duration) -> Result<Dropped, StoreError> {
        let oldest = self.oldest(room, max_age).await?;
        let oldest = oldest.iter().map(|entry| (entry.seq, entry.is_old)).collect();
        let Some(Droppable { last, has_more }) = Droppable::of(oldest) else { return Ok(Dropped::NOTHING) };
        let filter = doc! {"room": room.to_string(), "seq": {"$lte": last}};
        // Along the index the oldest go first: one that is interrupted leaves a log without a hole.
        let dropping = self.entries.delete_many(filter).hint(Hint::Name(ENTRIES_BY_SEQ.to_owned()));
        let entries = limited(dropping).await?.deleted_count;
        Ok(Dropped { entries, has_more })
    }

    /// The files are the server's.
    async fn purge(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

impl Mongo {
    /// The first entries of a log that a majority has, one more than is dropped at once.
    async fn oldest(&self, room: RoomId, max_age: Duration) -> Result<Vec<Oldest>, StoreError> {
        let before = doc! {"$subtract": ["$$NOW", max_age.as_millis() as i64]};
        let entries = self.entries.clone_with_type::<Oldest>();
        let reading = async {
            let found = entries
                .find(doc! {"room": room.to_string()})
                .projection(doc! {"_id": 0, "seq": 1, "is_old": {"$lt": ["$sent_at", before]}})
                .sort(doc! {"seq": 1})
                .limit(MAX_DROPPED as i64 + 1)
                .max_time(OPERATION_TIMEOUT);
            found.await?.try_collect::<Vec<Oldest>>().await
        };
        limited(Box::pin(reading)).await
    }
}

fn node_key(node: NodeId) -> Uuid {
    Uuid::from_bytes(node.0.into_bytes())
}
