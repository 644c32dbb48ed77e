//! Counting what a user has not read, in MongoDB: first where the logs end, then what is new in those that went on. Mentions
//! have an index of their own, for rooms with too many messages to look at.

use std::collections::HashMap;

use futures_util::future::try_join_all;
use futures_util::{StreamExt, TryStreamExt, stream};
use mongodb::bson::{Bson, Document, doc};
use serde::Deserialize;

use super::super::client::OPERATION_TIMEOUT;
use super::super::documents::key;
use super::super::{Mongo, limited};
use super::{MAX_ROOMS_IN_ONE_READ, bounded};
use crate::{MAX_COUNTED_ENTRIES, MAX_UNREAD, RoomId, StoreError, Unread, UserId};

/// Maximum number of rooms in which one command counts. The less, the better they share the processors of the server.
const MAX_ROOMS_IN_ONE_COUNT: usize = 25;
/// Maximum number of commands at the same time for one user.
const MAX_CONCURRENT_READS: usize = 4;

/// A part of a room's log that is not read: after one number, up to another.
#[derive(Clone, Copy)]
struct Part {
    room: RoomId,
    read: u64,
    last: u64,
}

#[derive(Deserialize)]
struct Counts {
    #[serde(rename = "_id")]
    room: String,
    #[serde(default)]
    messages: i32,
    mentions: i32,
}

impl Mongo {
    pub(super) async fn count_unread(
        &self,
        user: UserId,
        read: &[(RoomId, u64)],
    ) -> Result<HashMap<RoomId, Unread>, StoreError> {
        let ends = self.ends_for_clients(read).await?;
        let end = |room| ends.get(&room).copied().unwrap_or(0);
        let unread = |&(room, _): &(RoomId, u64)| (room, Unread { last_seq: end(room), ..Unread::default() });
        let mut found: HashMap<RoomId, Unread> = read.iter().map(unread).collect();
        let mut parts: Vec<Part> =
            read.iter().map(|&(room, read)| Part { room, read, last: end(room) }).collect();
        parts.retain(|part| part.read < part.last);
        for (room, counts) in self.count(&parts, |part| messages(user, part)).await? {
            let unread = found.entry(room).or_default();
            unread.messages = counts.messages.unsigned_abs();
            unread.mentions = counts.mentions.unsigned_abs();
        }
        let is_cut = |part: &Part| {
            part.last - part.read > u64::from(MAX_COUNTED_ENTRIES) || found[&part.room].messages == MAX_UNREAD
        };
        parts.retain(is_cut);
        for part in &parts {
            found.entry(part.room).or_default().mentions = 0;
        }
        for (room, counts) in self.count(&parts, |part| mentions(user, part)).await? {
            found.entry(room).or_default().mentions = counts.mentions.unsigned_abs();
        }
        Ok(found)
    }

    async fn ends_for_clients(&self, read: &[(RoomId, u64)]) -> Result<HashMap<RoomId, u64>, StoreError> {
        let rooms: Vec<String> = read.iter().map(|(room, _)| room.to_string()).collect();
        let ends = rooms
            .chunks(MAX_ROOMS_IN_ONE_READ)
            .map(|rooms| self.newest_over(&self.for_clients.entries, rooms));
        Ok(try_join_all(ends).await?.into_iter().flatten().collect())
    }

    /// Counts in some rooms, by one pipeline for each, some commands at the same time.
    async fn count(
        &self,
        parts: &[Part],
        pipeline: impl Fn(&Part) -> Vec<Document>,
    ) -> Result<Vec<(RoomId, Counts)>, StoreError> {
        let commands: Vec<Vec<Document>> = parts
            .chunks(MAX_ROOMS_IN_ONE_COUNT)
            .map(|parts| self.united(parts.iter().map(&pipeline)))
            .collect();
        let counting = stream::iter(commands.into_iter().map(|command| self.counts(command)));
        let found: Vec<Vec<Counts>> = counting.buffer_unordered(MAX_CONCURRENT_READS).try_collect().await?;
        let room = |counts: Counts| RoomId::parse(&counts.room).map(|room| (room, counts));
        Ok(found.into_iter().flatten().filter_map(room).collect())
    }

    fn united(&self, mut pipelines: impl Iterator<Item = Vec<Document>>) -> Vec<Document> {
        let first = pipelines.next().unwrap_or_default();
        let collection = self.entries.name();
        let union = |pipeline| doc! {"$unionWith": {"coll": collection, "pipeline": pipeline}};
        first.into_iter().chain(pipelines.map(union)).collect()
    }

    async fn counts(&self, pipeline: Vec<Document>) -> Result<Vec<Counts>, StoreError> {
        let entries = &self.for_clients.entries;
        let reading = async {
            let found = entries.aggregate(pipeline).with_type::<Counts>().max_time(OPERATION_TIMEOUT);
            found.await?.try_collect::<Vec<Counts>>().await
        };
        limited(Box::pin(reading)).await
    }
}

/// Counts messages of others that have words, and among them those that mention the user.
fn messages(user: UserId, part: &Part) -> Vec<Document> {
    let is_mentioned = doc! {"$in": [key(user), {"$ifNull": ["$mentions.id", []]}]};
    // Numbers have no gaps: no more entries than that are looked at.
    let read = part.read.max(part.last.saturating_sub(u64::from(MAX_COUNTED_ENTRIES)));
    let mut counted = unread(&Part { read, ..*part });
    counted.extend(doc! {"sender_id": {"$ne": key(user)}, "text": {"$ne": Bson::Null}, "kind": "message"});
    vec![
        doc! {"$match": counted},
        doc! {"$limit": MAX_UNREAD},
        doc! {"$group": {
            "_id": "$room",
            "messages": {"$sum": 1},
            "mentions": {"$sum": {"$cond": [is_mentioned, 1, 0]}},
        }},
    ]
}

/// Counts what mentions the user, along the index of mentions.
fn mentions(user: UserId, part: &Part) -> Vec<Document> {
    let mut mentioning = unread(part);
    mentioning.insert("mentions.id", key(user));
    let count = doc! {"$group": {"_id": "$room", "mentions": {"$sum": 1}}};
    vec![doc! {"$match": mentioning}, doc! {"$limit": MAX_UNREAD}, count]
}

/// Matches the entries of a part.
fn unread(part: &Part) -> Document {
    doc! {"room": part.room.to_string(), "seq": {"$gt": bounded(part.read), "$lte": bounded(part.last)}}
}
