//! The rooms' logs in MongoDB: reading by room. `append.rs` appends, `feed.rs` follows.

mod append;
mod ends;
mod ends_watch;
mod feed;
mod first_sent;
mod group_append;
mod newest;
mod pages;
mod room_append;
mod turns;
mod unread;
mod unsettled;
mod writers;

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::TryStreamExt;
use mongodb::Collection;
use mongodb::bson::{Document, doc};
use tokio::sync::mpsc;

pub(super) use ends::LogEnds;
pub(super) use newest::NewestPages;
pub(super) use turns::Turns;
pub(super) use unsettled::Unsettled;
pub(super) use writers::{WRITER_TIMEOUT, Writers};

use super::documents::{EntryDocument, corrupt};
use super::{Mongo, limited};
use crate::{AppendOutcome, EndsWatch, Entry, Log, LogPage, NewEntry, RoomId, StoreError, Unread, UserId};
use ends_watch::MongoEndsWatch;
use pages::LogReader;

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

    async fn page_to_deliver(&self, room: RoomId, after: u64, limit: u32) -> Result<LogPage, StoreError> {
        self.log_of(room).page_after(after, limit).await
    }

    async fn page_after(&self, room: RoomId, after: u64, limit: u32) -> Result<LogPage, StoreError> {
        self.log_for_clients(room).page_after(after, limit).await
    }

    async fn page_before(
        &self,
        room: RoomId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<LogPage, StoreError> {
        self.log_for_clients(room).page_before(before, limit).await
    }

    async fn newest(&self, room: RoomId) -> Result<Arc<LogPage>, StoreError> {
        self.newest_page(room).await
    }

    async fn last_seqs(&self, rooms: &[RoomId]) -> Result<HashMap<RoomId, u64>, StoreError> {
        let found = self.newest(&rooms.iter().map(RoomId::to_string).collect::<Vec<_>>()).await?;
        Ok(rooms.iter().map(|room| (*room, found.get(room).copied().unwrap_or(0))).collect())
    }

    fn watch_ends(&self) -> Box<dyn EndsWatch> {
        Box::new(MongoEndsWatch::new(self.clone()))
    }

    async fn unread(
        &self,
        user: UserId,
        read: &[(RoomId, u64)],
    ) -> Result<HashMap<RoomId, Unread>, StoreError> {
        self.count_unread(user, read).await
    }

    async fn follow(&self, arrived: mpsc::Sender<Vec<Entry>>) {
        self.follow_entries(arrived).await;
    }
}

impl Mongo {
    /// A room's log over the connections of the node's own work.
    fn log_of(&self, room: RoomId) -> LogReader<'_> {
        LogReader { entries: &self.entries, room }
    }

    /// The newest entry's number of a room that a majority has; 0 for an empty log.
    pub(super) async fn last_seq(&self, room: RoomId) -> Result<u64, StoreError> {
        self.log_of(room).last_seq().await
    }

    /// A room's log over the connections for what clients read.
    fn log_for_clients(&self, room: RoomId) -> LogReader<'_> {
        LogReader { entries: &self.for_clients.entries, room }
    }

    /// The number of the newest entry of each room that has one.
    async fn newest(&self, rooms: &[String]) -> Result<HashMap<RoomId, u64>, StoreError> {
        let mut newest = HashMap::with_capacity(rooms.len());
        for rooms in rooms.chunks(MAX_ROOMS_IN_ONE_READ) {
            newest.extend(self.newest_over(&self.entries, rooms).await?);
        }
        Ok(newest)
    }

    /// The same of at most [`MAX_ROOMS_IN_ONE_READ`] rooms, over certain connections.
    async fn newest_over(
        &self,
        entries: &Collection<EntryDocument>,
        rooms: &[String],
    ) -> Result<Vec<(RoomId, u64)>, StoreError> {
        let pipeline = newest_pipeline(entries.name(), rooms);
        let reading = async { entries.aggregate(pipeline).await?.try_collect::<Vec<Document>>().await };
        limited(Box::pin(reading)).await?.iter().map(room_and_seq).collect()
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
