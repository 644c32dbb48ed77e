//! The rooms' logs in MongoDB: reading by room. `append.rs` appends, `feed.rs` follows.

mod append;
mod ends;
mod feed;
mod first_sent;
mod newest;
mod room_append;

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::TryStreamExt;
use mongodb::bson::{Document, doc};
use tokio::sync::mpsc;

pub(super) use ends::LogEnds;
pub(super) use newest::NewestPages;

use super::documents::{EntryDocument, corrupt};
use super::{Mongo, limited};
use crate::{AppendOutcome, Entry, Log, LogPage, MAX_PAGE, NewEntry, RoomId, StoreError};

/// Maximum rooms whose ends one command reads.
const MAX_ROOMS_IN_ONE_READ: usize = 100;

#[async_trait]
impl Log for Mongo {
    async fn append(&self, batch: &[NewEntry]) -> Vec<AppendOutcome> {
        self.append_batch(batch).await
    }

    fn appends_elsewhere(&self) -> bool {
        true
    }

    async fn page_after(&self, room: RoomId, after: u64, limit: u32) -> Result<LogPage, StoreError> {
        let (limit, last_seq) = (limit.clamp(1, MAX_PAGE), self.last_seq(room).await?);
        if after >= last_seq {
            return Ok(LogPage { messages: Vec::new(), covered_to: last_seq, last_seq });
        }
        // Not beyond the end that was just read: later entries are not covered.
        let filter =
            doc! {"room": room.to_string(), "seq": {"$gt": bounded(after), "$lte": bounded(last_seq)}};
        let messages = self.entries_in(filter, 1, limit).await?;
        let full = messages.len() == limit as usize;
        let covered_to = messages.last().filter(|_| full).map_or(last_seq, |entry| entry.seq);
        Ok(LogPage { messages, covered_to, last_seq })
    }

    async fn page_before(
        &self,
        room: RoomId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<LogPage, StoreError> {
        let (limit, last_seq) = (limit.clamp(1, MAX_PAGE), self.last_seq(room).await?);
        let before = before.unwrap_or(u64::MAX).min(last_seq + 1);
        let filter = doc! {"room": room.to_string(), "seq": {"$lt": bounded(before)}, "kind": "message"};
        let mut messages = self.entries_in(filter, -1, limit).await?;
        messages.reverse();
        let full = messages.len() == limit as usize;
        let covered_to = match messages.first() {
            Some(oldest) if full => oldest.seq,
            _ => self.end(room, 1).await?.unwrap_or(1),
        };
        Ok(LogPage { messages, covered_to, last_seq })
    }

    async fn newest(&self, room: RoomId) -> Result<Arc<LogPage>, StoreError> {
        self.newest_page(room).await
    }

    async fn last_seqs(&self, rooms: &[RoomId]) -> Result<HashMap<RoomId, u64>, StoreError> {
        let found = self.newest(&rooms.iter().map(RoomId::to_string).collect::<Vec<_>>()).await?;
        Ok(rooms.iter().map(|room| (*room, found.get(room).copied().unwrap_or(0))).collect())
    }

    async fn follow(&self, arrived: mpsc::Sender<Vec<Entry>>) {
        self.follow_entries(arrived).await;
    }
}

impl Mongo {
    /// The newest entry's number that a majority has; 0 for an empty log.
    pub(super) async fn last_seq(&self, room: RoomId) -> Result<u64, StoreError> {
        Ok(self.end(room, -1).await?.unwrap_or(0))
    }

    /// The first number of a log (direction 1) or the last (-1).
    async fn end(&self, room: RoomId, direction: i32) -> Result<Option<u64>, StoreError> {
        let only_seq = self.entries.clone_with_type::<Document>();
        let newest = only_seq
            .find_one(doc! {"room": room.to_string()})
            .sort(doc! {"seq": direction})
            .projection(doc! {"_id": 0, "seq": 1});
        let found = limited(newest).await?;
        let seq = found.map(|found| found.get_i64("seq")).transpose();
        seq.map(|seq| seq.map(i64::cast_unsigned))
            .map_err(|_| StoreError::Corrupt("an entry without a number".to_owned()))
    }

    /// The number of the newest entry of each room that has one.
    async fn newest(&self, rooms: &[String]) -> Result<HashMap<RoomId, u64>, StoreError> {
        let mut newest = HashMap::with_capacity(rooms.len());
        for rooms in rooms.chunks(MAX_ROOMS_IN_ONE_READ) {
            let pipeline = newest_pipeline(self.entries.name(), rooms);
            let reading =
                async { self.entries.aggregate(pipeline).await?.try_collect::<Vec<Document>>().await };
            for found in limited(Box::pin(reading)).await? {
                let (room, seq) = room_and_seq(&found)?;
                newest.insert(room, seq);
            }
        }
        Ok(newest)
    }

    async fn entries_in(
        &self,
        filter: Document,
        direction: i32,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        let order = doc! {"seq": direction};
        let reading = async {
            self.entries
                .find(filter)
                .sort(order)
                .limit(limit.into())
                .await?
                .try_collect::<Vec<EntryDocument>>()
                .await
        };
        limited(Box::pin(reading)).await?.into_iter().map(Entry::try_from).collect()
    }
}

/// Reads the newest entry of each room by one seek of the index for each. A `$group` over all of them would be shorter,
/// but on a sharded collection it reads every key of these rooms (SERVER-55200).
fn newest_pipeline(collection: &str, rooms: &[String]) -> Vec<Document> {
    let newest = |room: &String| {
        [
            doc! {"$match": {"room": room}},
            doc! {"$sort": {"seq": -1}},
            doc! {"$limit": 1},
            doc! {"$project": {"_id": 0, "room": 1, "seq": 1}},
        ]
    };
    let (first, others) = rooms.split_at(rooms.len().min(1));
    let union = |room| doc! {"$unionWith": {"coll": collection, "pipeline": newest(room).to_vec()}};
    first.iter().flat_map(newest).chain(others.iter().map(union)).collect()
}

fn room_and_seq(found: &Document) -> Result<(RoomId, u64), StoreError> {
    let room = found.get_str("room").ok().and_then(RoomId::parse);
    let seq = found.get_i64("seq").ok().map(i64::cast_unsigned);
    room.zip(seq).ok_or_else(|| corrupt("an entry without room or number"))
}

/// MongoDB's numbers are signed.
fn bounded(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}
