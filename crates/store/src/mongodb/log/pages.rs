//! Reading parts of one room's log, over the connections of either pool.
//!
//! A page is two reads, where a log ends and what it has, and the second one may be answered by a server that is behind the
//! first. So a page never claims more than what its own numbers show.

use futures_util::TryStreamExt;
use mongodb::Collection;
use mongodb::bson::{Document, doc};

use super::super::documents::EntryDocument;
use super::super::limited;
use super::bounded;
use crate::{Entry, LogPage, MAX_PAGE, RoomId, StoreError};

/// The log of a room, read over certain connections.
pub(super) struct LogReader<'a> {
    pub(super) entries: &'a Collection<EntryDocument>,
    pub(super) room: RoomId,
}

impl LogReader<'_> {
    pub(super) async fn page_after(&self, after: u64, limit: u32) -> Result<LogPage, StoreError> {
        let (limit, last_seq) = (limit.clamp(1, MAX_PAGE), self.last_seq().await?);
        if after >= last_seq {
            return Ok(LogPage { messages: Vec::new(), covered_to: last_seq, last_seq });
        }
        // Not beyond the end that was just read: later entries are not covered.
        let filter =
            doc! {"room": self.room.to_string(), "seq": {"$gt": bounded(after), "$lte": bounded(last_seq)}};
        let mut messages = self.entries_in(filter, 1, limit).await?;
        let first = messages.first().map_or(last_seq, |entry| entry.seq);
        // Entries before the first that is stored are gone for good. It may be a later one by now.
        let is_first = first == after + 1 || self.end(1).await?.is_some_and(|start| start >= first);
        messages.truncate(if is_first { contiguous(&messages) } else { 0 });
        let covered_to = messages.last().ok_or_else(behind)?.seq;
        Ok(LogPage { messages, covered_to, last_seq })
    }

    pub(super) async fn page_before(&self, before: Option<u64>, limit: u32) -> Result<LogPage, StoreError> {
        let (limit, last_seq) = (limit.clamp(1, MAX_PAGE), self.last_seq().await?);
        let before = before.unwrap_or(u64::MAX).min(last_seq + 1);
        let filter = doc! {"room": self.room.to_string(), "seq": {"$lt": bounded(before)}, "kind": "message"};
        let mut messages = self.entries_in(filter, -1, limit).await?;
        messages.reverse();
        let full = messages.len() == limit as usize;
        let covered_to = match messages.first() {
            Some(oldest) if full => oldest.seq,
            _ => self.end(1).await?.unwrap_or(1),
        };
        // Those before the start were dropped after they were read.
        messages.retain(|message| message.seq >= covered_to);
        self.check_messages(&messages, covered_to, before).await?;
        Ok(LogPage { messages, covered_to, last_seq })
    }

    /// The newest entry's number that a majority has; 0 for an empty log.
    pub(super) async fn last_seq(&self) -> Result<u64, StoreError> {
        Ok(self.end(-1).await?.unwrap_or(0))
    }

    /// The first number of a log (direction 1) or the last (-1).
    async fn end(&self, direction: i32) -> Result<Option<u64>, StoreError> {
        let only_seq = self.entries.clone_with_type::<Document>();
        let newest = only_seq
            .find_one(doc! {"room": self.room.to_string()})
            .sort(doc! {"seq": direction})
            .projection(doc! {"_id": 0, "seq": 1});
        let found = limited(newest).await?;
        let seq = found.map(|found| found.get_i64("seq")).transpose();
        seq.map(|seq| seq.map(i64::cast_unsigned))
            .map_err(|_| StoreError::Corrupt("an entry without a number".to_owned()))
    }

    /// Makes sure that only entries of other kinds are between the messages of a page in [from, before). Where there are
    /// none, the numbers alone show it.
    async fn check_messages(&self, messages: &[Entry], from: u64, before: u64) -> Result<(), StoreError> {
        if messages.len() as u64 == before.saturating_sub(from) {
            return Ok(());
        }
        let part = doc! {"$gte": bounded(from), "$lt": bounded(before)};
        let filter = doc! {"room": self.room.to_string(), "seq": part, "kind": {"$ne": "message"}};
        let others = limited(self.entries.count_documents(filter)).await?;
        let is_whole = messages.len() as u64 + others == before.saturating_sub(from);
        if is_whole { Ok(()) } else { Err(behind()) }
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

/// How many of these entries come without a gap, from the first one on.
fn contiguous(entries: &[Entry]) -> usize {
    let first = entries.first().map_or(0, |entry| entry.seq);
    entries.iter().zip(first..).take_while(|(entry, seq)| entry.seq == *seq).count()
}

/// The error for a read that is behind the one before. The caller reads again.
fn behind() -> StoreError {
    StoreError::Unavailable("a server has not yet what another one has: read again".to_owned())
}
