//! Appending a batch to the rooms' logs: ordered inserts side by side, one for each room or for several. No counter, no
//! transaction.
//!
//! After lost answers it looks up what is stored: once, for all rooms together.

use std::collections::{HashMap, HashSet};

use futures_util::future::join_all;
use futures_util::{StreamExt, TryStreamExt, stream};
use mongodb::bson::{Document, deserialize_from_bson, doc};
use tokio::time::Instant;

use super::super::Mongo;
use super::super::client::{OPERATION_TIMEOUT, limited};
use super::super::documents::{key, user_id};
use super::group_append::append_together;
use super::room_append::RoomAppend;
use crate::{AppendOutcome, NewEntry, RoomId, StoreError, UserId};

/// Maximum number of a batch's inserts at the same time. Each keeps one of the driver's connections busy. With more rooms,
/// several share one.
const MAX_CONCURRENT_INSERTS: usize = 6;

/// The unique key of an entry.
type SendKey<'a> = (RoomId, UserId, &'a str);

/// A batch with its outcomes.
struct Batch<'a> {
    entries: &'a [NewEntry],
    outcomes: Vec<Option<AppendOutcome>>,
    /// The index of the first message with each key. The others are not appended: their outcome follows from its outcome.
    first_of: HashMap<SendKey<'a>, usize>,
}

fn send_key(new: &NewEntry) -> SendKey<'_> {
    (new.room, new.sender.id, new.id.as_str())
}

impl Mongo {
    pub(super) async fn append_batch(&self, entries: &[NewEntry]) -> Vec<AppendOutcome> {
        let deadline = Instant::now() + OPERATION_TIMEOUT;
        let mut batch = Batch { entries, outcomes: vec![None; entries.len()], first_of: HashMap::new() };
        let (registered, gone) = tokio::join!(self.writers.register(), self.gone_senders(entries));
        let gone = match registered.and(gone) {
            Ok(gone) => gone,
            Err(error) => {
                tracing::error!(%error, messages = entries.len(), "a batch of messages was not stored");
                return vec![AppendOutcome::NotStored; entries.len()];
            }
        };
        let rooms = batch.by_room(&gone);
        let mut appends: Vec<_> =
            rooms.into_iter().map(|(room, open)| RoomAppend::new(self, room, open)).collect();
        let rooms_each = appends.len().div_ceil(MAX_CONCURRENT_INSERTS);
        if rooms_each > 1 {
            let groups = appends.chunks_mut(rooms_each);
            join_all(groups.map(|group| append_together(self, group, deadline))).await;
        }
        let appends: Vec<_> = appends.into_iter().map(|append| append.run(deadline)).collect();
        let mut appends = stream::iter(appends).buffer_unordered(MAX_CONCURRENT_INSERTS);
        let mut uncertain = Vec::new();
        while let Some(append) = appends.next().await {
            batch.take(append, &mut uncertain);
        }
        if !uncertain.is_empty() {
            self.look_up(&mut batch, &uncertain).await;
        }
        batch.finish()
    }

    /// The outcomes of messages whose insert was not answered.
    async fn look_up(&self, batch: &mut Batch<'_>, uncertain: &[usize]) {
        let wanted = uncertain.iter().map(|&index| &batch.entries[index]);
        let found = self.sent_before(wanted).await.unwrap_or_default();
        for &index in uncertain {
            let outcome = found.outcome_of(&batch.entries[index]);
            batch.outcomes[index] = Some(outcome.unwrap_or(AppendOutcome::Unknown));
        }
    }

    /// The senders who may not write. It is one query for those that were not checked just now, and mostly none.
    async fn gone_senders(&self, entries: &[NewEntry]) -> Result<HashSet<UserId>, StoreError> {
        let unchecked = entries.iter().filter(|new| !new.has_checked_sender());
        let unchecked: HashSet<UserId> = unchecked.map(|new| new.sender.id).collect();
        if unchecked.is_empty() {
            return Ok(unchecked);
        }
        let active = self.active(unchecked.iter().copied()).await?;
        Ok(unchecked.difference(&active).copied().collect())
    }

    /// Those of some users who are active.
    pub(in crate::mongodb) async fn active(
        &self,
        users: impl IntoIterator<Item = UserId>,
    ) -> Result<HashSet<UserId>, StoreError> {
        let keys: Vec<_> = users.into_iter().map(key).collect();
        let ids = self.users.clone_with_type::<Document>();
        let reading = async {
            let found =
                ids.find(doc! {"_id": {"$in": keys}, "state": "active"}).projection(doc! {"_id": 1}).await?;
            found.try_collect::<Vec<Document>>().await
        };
        let found = limited(Box::pin(reading)).await?;
        let ids = found.into_iter().filter_map(|mut document| document.remove("_id"));
        Ok(ids.filter_map(|id| deserialize_from_bson(id).ok()).map(user_id).collect())
    }
}

impl<'a> Batch<'a> {
    /// The messages to append, by room and in order. Messages of users who may not write get their outcome here.
    fn by_room(&mut self, gone: &HashSet<UserId>) -> Vec<(RoomId, Vec<(usize, &'a NewEntry)>)> {
        let mut rooms: Vec<(RoomId, Vec<(usize, &'a NewEntry)>)> = Vec::new();
        let mut place_of: HashMap<RoomId, usize> = HashMap::new();
        for (index, new) in self.entries.iter().enumerate() {
            if gone.contains(&new.sender.id) {
                self.outcomes[index] = Some(AppendOutcome::SenderGone);
            } else if *self.first_of.entry(send_key(new)).or_insert(index) == index {
                let place = *place_of.entry(new.room).or_insert(rooms.len());
                if place == rooms.len() {
                    rooms.push((new.room, Vec::new()));
                }
                rooms[place].1.push((index, new));
            }
        }
        rooms
    }

    /// Takes the outcomes of a room's messages; those that are uncertain are added to `uncertain`.
    fn take(&mut self, append: RoomAppend<'_>, uncertain: &mut Vec<usize>) {
        for (index, outcome) in append.outcomes {
            self.outcomes[index] = Some(outcome);
        }
        let left = append.open.into_iter().map(|open| open.index);
        if append.uncertain {
            append.mongo.unsettled.note(append.room);
            uncertain.extend(left);
        } else {
            left.for_each(|index| self.outcomes[index] = Some(AppendOutcome::NotStored));
        }
    }

    /// One outcome for each message.
    fn finish(self) -> Vec<AppendOutcome> {
        let mut finished: Vec<AppendOutcome> = Vec::with_capacity(self.entries.len());
        for (new, outcome) in self.entries.iter().zip(self.outcomes) {
            let outcome = outcome.unwrap_or_else(|| {
                let first = self.first_of[&send_key(new)];
                repeated(new, &finished[first], &self.entries[first])
            });
            finished.push(outcome);
        }
        finished
    }
}

/// The outcome of a message whose key came earlier in the same batch.
fn repeated(new: &NewEntry, first: &AppendOutcome, sent_first: &NewEntry) -> AppendOutcome {
    match first {
        AppendOutcome::Stored(entry) | AppendOutcome::Resent(entry) => new.sent_before(entry.clone()),
        AppendOutcome::IdReused if new.text != sent_first.text => AppendOutcome::Unknown,
        other => other.clone(),
    }
}
