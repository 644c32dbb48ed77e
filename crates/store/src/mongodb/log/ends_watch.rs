//! Which logs go on, in MongoDB: one question along the key of the entries, in which those of a process come in the order of
//! their numbers ([`EntryKeys`]). So only entries of other processes that this one has not seen are read, in any room.
//!
//! A process inserts into several rooms at the same time, so an entry may appear after others with higher numbers. Such holes
//! are asked for until the append that left them is surely over.

mod seen;

use std::collections::HashMap;
use std::time::Instant;

use async_trait::async_trait;
use futures_util::TryStreamExt;
use mongodb::bson::{Binary, Document, doc};
use serde::Deserialize;

use super::super::client::OPERATION_TIMEOUT;
use super::super::documents::{EntryKeys, ProcessKey, corrupt};
use super::super::{Mongo, limited};
use crate::{EndsWatch, NewEnds, RoomId, StoreError};
use seen::{APPEND_GRACE, Seen};

/// Maximum number of entries of one process that one question reads.
const MAX_READ: i64 = 5_000;
/// Maximum number of questions one after the other, while there is more.
const MAX_QUESTIONS: usize = 4;

/// What was seen of each other process that appends.
pub(super) struct MongoEndsWatch {
    mongo: Mongo,
    seen: HashMap<ProcessKey, Seen>,
    /// Whether a call succeeded, and none failed since.
    is_whole: bool,
    /// When appends are over that were under way as the looking began.
    settled_at: Option<Instant>,
}

/// An entry as the question finds it.
#[derive(Deserialize)]
struct NewEntryKey {
    #[serde(rename = "_id")]
    key: Binary,
    room: String,
    seq: i64,
}

impl MongoEndsWatch {
    pub(super) fn new(mongo: Mongo) -> Self {
        Self { mongo, seen: HashMap::new(), is_whole: false, settled_at: None }
    }

    /// Looks for processes that were not known. Their entries up to now are not read one by one. Returns whether there are any.
    async fn take_on_writers(&mut self) -> Result<bool, StoreError> {
        let others = self.mongo.writers.others().await?;
        self.seen.retain(|process, _| others.contains(process));
        let mut is_any_new = false;
        for process in others {
            if !self.seen.contains_key(&process) {
                let last = self.last_number(process).await?;
                self.seen.insert(process, Seen::up_to(last));
                is_any_new = true;
            }
        }
        Ok(is_any_new)
    }

    /// The number of the newest entry of a process; 0 if it has none.
    async fn last_number(&self, process: ProcessKey) -> Result<u64, StoreError> {
        let keys = self.mongo.entries.clone_with_type::<Document>();
        let newest = keys
            .find_one(doc! {"_id": EntryKeys::range(process, 0, u64::MAX)})
            .sort(doc! {"_id": -1})
            .projection(doc! {"_id": 1})
            .max_time(OPERATION_TIMEOUT);
        let Some(newest) = limited(newest).await? else { return Ok(0) };
        let key = newest.get_binary_generic("_id").map_err(|_| corrupt("an entry without a key"))?;
        Ok(EntryKeys::read(key).map_or(0, |(_, number)| number))
    }

    /// Reads what is new of all known processes into `ends`. Returns whether there may be more.
    async fn read_some(&mut self, ends: &mut HashMap<RoomId, u64>) -> Result<bool, StoreError> {
        if self.seen.is_empty() {
            return Ok(false);
        }
        let began = Instant::now();
        let pipeline = self.pipeline();
        let entries = self.mongo.entries.clone_with_type::<NewEntryKey>();
        let reading = async {
            let found = entries.aggregate(pipeline).with_type::<NewEntryKey>().max_time(OPERATION_TIMEOUT);
            found.await?.try_collect::<Vec<NewEntryKey>>().await
        };
        let mut numbers: HashMap<ProcessKey, Vec<u64>> = HashMap::new();
        for found in limited(Box::pin(reading)).await? {
            let room = RoomId::parse(&found.room).ok_or_else(|| corrupt("not the id of a room"))?;
            let end = ends.entry(room).or_default();
            *end = found.seq.cast_unsigned().max(*end);
            let (process, number) =
                EntryKeys::read(&found.key.bytes).ok_or_else(|| corrupt("an entry without a key"))?;
            numbers.entry(process).or_default().push(number);
        }
        let has_more = numbers.values().any(|numbers| numbers.len() as i64 == MAX_READ);
        for (process, seen) in &mut self.seen {
            seen.note(&numbers.remove(process).unwrap_or_default(), began);
        }
        Ok(has_more)
    }

    /// The entries of each process that were not seen, in the order of their keys.
    fn pipeline(&self) -> Vec<Document> {
        let mut of_each = self.seen.iter().map(|(&process, seen)| of_process(process, seen));
        let first = of_each.next().unwrap_or_default();
        let collection = self.mongo.entries.name();
        let union = |pipeline| doc! {"$unionWith": {"coll": collection, "pipeline": pipeline}};
        first.into_iter().chain(of_each.map(union)).collect()
    }

    async fn ask(&mut self) -> Result<NewEnds, StoreError> {
        let is_any_new = self.take_on_writers().await?;
        let now = Instant::now();
        if is_any_new || !self.is_whole {
            self.settled_at = Some(now + APPEND_GRACE);
            return Ok(NewEnds::Any);
        }
        if self.settled_at.take_if(|at| *at <= now).is_some() {
            return Ok(NewEnds::Any);
        }
        let mut ends = HashMap::new();
        let (mut questions, mut has_more) = (0, true);
        while has_more && questions < MAX_QUESTIONS {
            has_more = self.read_some(&mut ends).await?;
            questions += 1;
        }
        if has_more {
            // Too far behind: the next call begins anew.
            self.seen.clear();
        }
        let unsettled = self.mongo.unsettled.rooms(now);
        if !unsettled.is_empty() {
            ends.extend(self.mongo.newest(&unsettled).await?);
        }
        Ok(NewEnds::Of(ends))
    }
}

#[async_trait]
impl EndsWatch for MongoEndsWatch {
    async fn next(&mut self) -> Result<NewEnds, StoreError> {
        let asked = self.ask().await;
        self.is_whole = asked.is_ok();
        asked
    }
}

fn of_process(process: ProcessKey, seen: &Seen) -> Vec<Document> {
    let ranges: Vec<Document> =
        seen.unseen().map(|(after, last)| doc! {"_id": EntryKeys::range(process, after, last)}).collect();
    vec![
        doc! {"$match": {"$or": ranges}},
        doc! {"$sort": {"_id": 1}},
        doc! {"$limit": MAX_READ},
        doc! {"$project": {"_id": 1, "room": 1, "seq": 1}},
    ]
}
