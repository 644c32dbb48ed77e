//! Appending to a log that several nodes append to: an ordered insert of the next numbers under a unique
//! (room, seq) and a unique (room, sender, id). No counter, no transaction.
//!
//! Where the log ends is believed only after an insert that a majority acknowledged. After any other outcome it is
//! forgotten and read anew, so that an insert whose answer was lost can leave no hole behind the next one.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use futures_util::TryStreamExt;
use mongodb::bson::{Document, deserialize_from_bson, doc};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, timeout_at};

use super::documents::{EntryDocument, key, user_id};
use super::failure::{self, Broken, Insert};
use super::{LIMIT, Mongo, limited};
use crate::{AppendOutcome, Entry, NewEntry, RoomId, StoreError, UserId};

/// Between two tries that were overtaken by another node.
const PAUSE: Duration = Duration::from_millis(2);

/// Where each log ends, as far as that is known. One append of this process to a room at a time.
#[derive(Default)]
pub(super) struct Ends {
    known: Mutex<HashMap<RoomId, u64>>,
}

/// A batch on its way into a log.
struct Appending<'a> {
    mongo: &'a Mongo,
    room: RoomId,
    batch: &'a [NewEntry],
    outcomes: Vec<Option<AppendOutcome>>,
    /// What is still to be placed, in order.
    open: Vec<usize>,
    /// Whether an insert is under way of which nothing is known yet.
    uncertain: bool,
}

impl Mongo {
    pub(super) async fn append_batch(&self, room: RoomId, batch: &[NewEntry]) -> Vec<AppendOutcome> {
        let mut ends = self.ends.known.lock().await;
        let deadline = Instant::now() + LIMIT;
        let mut appending = Appending::new(self, room, batch);
        // Taken out, so that a future that is dropped leaves nothing behind that would be believed.
        let end = ends.remove(&room);
        match timeout_at(deadline, appending.run(end)).await {
            Ok(Ok(Some(end))) => drop(ends.insert(room, end)),
            Ok(Ok(None)) => {}
            Ok(Err(error)) => {
                tracing::error!(%error, messages = batch.len(), "a batch was not stored as a whole")
            }
            Err(_) => tracing::error!(messages = batch.len(), "a batch was not stored in time"),
        }
        drop(ends);
        appending.settle().await
    }
}

impl<'a> Appending<'a> {
    fn new(mongo: &'a Mongo, room: RoomId, batch: &'a [NewEntry]) -> Self {
        let outcomes = vec![None; batch.len()];
        let open = (0..batch.len()).collect();
        Self { mongo, room, batch, outcomes, open, uncertain: false }
    }

    /// Places everything. Gives where the log ends after it, if that is known.
    async fn run(&mut self, mut end: Option<u64>) -> Result<Option<u64>, StoreError> {
        self.refuse_the_gone().await?;
        self.set_repeats_aside();
        while !self.open.is_empty() {
            let last = match end.take() {
                Some(last) => last,
                None => self.mongo.last_seq(self.room).await?,
            };
            match self.insert(last).await {
                Ok(()) => end = Some(last + std::mem::take(&mut self.open).len() as u64),
                Err(Insert::Duplicate(inserted, broken)) => {
                    self.open.drain(..inserted);
                    match broken {
                        Broken::Id => {
                            self.take_out_resends().await?;
                            end = Some(last + inserted as u64);
                        }
                        Broken::Seq => sleep(PAUSE).await,
                    }
                }
                Err(Insert::NotDone) => return Err(StoreError::Unavailable("MongoDB is away".to_owned())),
                Err(Insert::Unknown) => {
                    self.uncertain = true;
                    return Err(StoreError::Unavailable("the answer to an insert was lost".to_owned()));
                }
            }
        }
        Ok(end)
    }

    /// One ordered insert of all that is open, numbered after `last`.
    async fn insert(&mut self, last: u64) -> Result<(), Insert> {
        let numbered = self.open.iter().zip(last + 1..);
        let documents: Vec<_> =
            numbered.map(|(&index, seq)| EntryDocument::new(self.room, seq, &self.batch[index])).collect();
        self.uncertain = true;
        let result = self.mongo.entries.insert_many(&documents).ordered(true).await;
        self.uncertain = false;
        let failed = result.err().map(|error| failure::of_insert(&error));
        let inserted = match &failed {
            None => documents.len(),
            Some(Insert::Duplicate(inserted, _)) => *inserted,
            Some(Insert::NotDone | Insert::Unknown) => 0,
        };
        for (&index, document) in self.open.iter().zip(documents).take(inserted) {
            self.outcomes[index] =
                Some(Entry::try_from(document).map_or(AppendOutcome::Unknown, AppendOutcome::Stored));
        }
        failed.map_or(Ok(()), Err)
    }

    /// Nothing is accepted of users who are being deleted, or gone.
    async fn refuse_the_gone(&mut self) -> Result<(), StoreError> {
        let senders: HashSet<UserId> = self.batch.iter().map(|new| new.sender.id).collect();
        let active = self.mongo.active(&senders).await?;
        let is_gone = |index: &usize| !active.contains(&self.batch[*index].sender.id);
        let gone: Vec<usize> = self.open.iter().copied().filter(is_gone).collect();
        gone.iter().for_each(|&index| self.outcomes[index] = Some(AppendOutcome::SenderGone));
        self.open.retain(|index| !gone.contains(index));
        Ok(())
    }

    /// Only the first of several with the same (sender, id) is placed; the others are judged by it at the end.
    fn set_repeats_aside(&mut self) {
        let mut seen = HashSet::new();
        let batch = self.batch;
        self.open.retain(|&index| seen.insert((batch[index].sender.id, batch[index].id.as_str())));
    }

    /// Answers what is in the log already, however much of it, by one question.
    async fn take_out_resends(&mut self) -> Result<(), StoreError> {
        let found = self.find(&self.open).await?;
        if found.is_empty() {
            // It is there, but not yet of a majority.
            sleep(PAUSE).await;
        }
        for &index in &self.open {
            let new = &self.batch[index];
            if let Some(first) = found.get(&(new.sender.id, new.id.as_str())) {
                self.outcomes[index] = Some(new.sent_before(first.clone()));
            }
        }
        let outcomes = &self.outcomes;
        self.open.retain(|&index| outcomes[index].is_none());
        Ok(())
    }

    /// The entries of some messages, as far as a majority has them.
    async fn find(&self, wanted: &[usize]) -> Result<HashMap<(UserId, &'a str), Entry>, StoreError> {
        let mut ids: HashMap<UserId, Vec<&str>> = HashMap::new();
        for new in wanted.iter().map(|&index| &self.batch[index]) {
            ids.entry(new.sender.id).or_default().push(new.id.as_str());
        }
        let of_each: Vec<Document> = ids
            .into_iter()
            .map(|(sender, ids)| doc! {"sender_id": key(sender), "id": {"$in": ids}})
            .collect();
        let filter = doc! {"room": self.room.to_string(), "$or": of_each};
        let found = self.mongo.entries_with_senders(filter).await?;
        let place = |new: &'a NewEntry| {
            let entry = found.get(&(new.sender.id, new.id.as_str().to_owned()))?;
            Some(((new.sender.id, new.id.as_str()), entry.clone()))
        };
        Ok(wanted.iter().filter_map(|&index| place(&self.batch[index])).collect())
    }

    /// An outcome for each message. What is still open after an answer that was lost is looked up.
    async fn settle(mut self) -> Vec<AppendOutcome> {
        let left = if self.uncertain { AppendOutcome::Unknown } else { AppendOutcome::NotStored };
        if self.uncertain && !self.open.is_empty() {
            let found = self.find(&self.open).await.unwrap_or_default();
            for &index in &self.open {
                let new = &self.batch[index];
                let first = found.get(&(new.sender.id, new.id.as_str()));
                self.outcomes[index] = first.map(|first| new.sent_before(first.clone()));
            }
        }
        let mut settled: Vec<AppendOutcome> = Vec::with_capacity(self.batch.len());
        let mut first_of: HashMap<(UserId, &str), usize> = HashMap::new();
        for (index, (new, outcome)) in self.batch.iter().zip(self.outcomes).enumerate() {
            let first = *first_of.entry((new.sender.id, new.id.as_str())).or_insert(index);
            settled.push(match outcome {
                Some(outcome) => outcome,
                None if first == index => left.clone(),
                None => again(new, &settled[first], &self.batch[first]),
            });
        }
        settled
    }
}

/// The outcome of a message whose (sender, id) came before in the same batch.
fn again(new: &NewEntry, first: &AppendOutcome, sent_first: &NewEntry) -> AppendOutcome {
    match first {
        AppendOutcome::Stored(entry) | AppendOutcome::Resent(entry) => new.sent_before(entry.clone()),
        AppendOutcome::IdReused if new.text != sent_first.text => AppendOutcome::Unknown,
        other => other.clone(),
    }
}

impl Mongo {
    /// Which of some users may write.
    async fn active(&self, senders: &HashSet<UserId>) -> Result<HashSet<UserId>, StoreError> {
        let keys: Vec<_> = senders.iter().map(|&sender| key(sender)).collect();
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

    /// Entries by (sender, id), erased ones too, whose sender is told to nobody else.
    async fn entries_with_senders(
        &self,
        filter: Document,
    ) -> Result<HashMap<(UserId, String), Entry>, StoreError> {
        let reading = async { self.entries.find(filter).await?.try_collect::<Vec<EntryDocument>>().await };
        let found = limited(Box::pin(reading)).await?;
        found
            .into_iter()
            .map(|document| {
                let place = (document.sender(), document.id.clone());
                Ok((place, Entry::try_from(document)?))
            })
            .collect()
    }
}
