//! The rooms' logs in MongoDB: reading and erasing. Appending is in `append.rs`.

use async_trait::async_trait;
use futures_util::TryStreamExt;
use mongodb::bson::{Bson, Document, doc};
use tokio::sync::mpsc;

use super::documents::{EntryDocument, key};
use super::{Mongo, limited};
use crate::{AppendOutcome, Entry, Log, LogPage, MAX_PAGE, NewEntry, RoomId, StoreError, UserId};

#[async_trait]
impl Log for Mongo {
    async fn append(&self, room: RoomId, batch: &[NewEntry]) -> Vec<AppendOutcome> {
        self.append_batch(room, batch).await
    }

    async fn page_after(&self, room: RoomId, after: u64, limit: u32) -> Result<LogPage, StoreError> {
        let (limit, last_seq) = (limit.clamp(1, MAX_PAGE), self.last_seq(room).await?);
        if after >= last_seq {
            return Ok(LogPage { messages: Vec::new(), covered_to: last_seq, last_seq });
        }
        // Not beyond the end that was just read: what comes after it is not covered.
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
            _ => self.edge(room, 1).await?.unwrap_or(1),
        };
        Ok(LogPage { messages, covered_to, last_seq })
    }

    async fn sent_by(&self, sender: UserId, out: mpsc::Sender<Vec<Entry>>) -> Result<(), StoreError> {
        for room in [RoomId::LOBBY] {
            self.send_all(room, sender, &out).await?;
        }
        Ok(())
    }

    async fn follow(&self, room: RoomId, arrived: mpsc::Sender<Vec<Entry>>) {
        self.follow_room(room, arrived).await;
    }

    async fn erase_sender(&self, sender: UserId) -> Result<(), StoreError> {
        let blank = doc! {"$set": {"sender": Bson::Null, "text": Bson::Null}};
        for room in [RoomId::LOBBY] {
            let theirs = doc! {"room": room.to_string(), "sender_id": key(sender)};
            limited(self.entries.update_many(theirs, blank.clone())).await?;
        }
        Ok(())
    }
}

impl Mongo {
    /// The newest entry's number that a majority has; 0 for an empty log.
    pub(super) async fn last_seq(&self, room: RoomId) -> Result<u64, StoreError> {
        Ok(self.edge(room, -1).await?.unwrap_or(0))
    }

    /// The first number of a log (direction 1) or the last (-1).
    async fn edge(&self, room: RoomId, direction: i32) -> Result<Option<u64>, StoreError> {
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

/// MongoDB's numbers are signed.
fn bounded(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}
