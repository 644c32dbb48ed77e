//! Appending to one room's log, which several nodes append to: an ordered insert of the next numbers under a unique
//! (room, seq) and a unique (room, sender, id).
//!
//! The last number of a log is trusted only after an insert that a majority acknowledged. After any other outcome it is
//! forgotten and read again, so that an insert whose answer was lost leaves no gap behind the next one.

use std::time::Duration;

use mongodb::bson::RawDocumentBuf;
use tokio::time::{Instant, sleep};

use super::super::Mongo;
use super::super::client::{OPERATION_TIMEOUT, before};
use super::super::documents::entry_document;
use super::super::errors::{self, InsertError, UniqueIndex};
use super::turns::Turn;
use crate::{AppendOutcome, NewEntry, RoomId, StoreError};

/// Delay before the next attempt, after another node was faster.
const RETRY_DELAY: Duration = Duration::from_millis(2);
/// Time in which other nodes may be faster before this one asks them to let it write.
const OVERTAKEN_TIMEOUT: Duration = Duration::from_millis(200);

/// The messages of a batch for one room, each with its index in the batch.
pub(super) struct RoomAppend<'a> {
    pub(super) mongo: &'a Mongo,
    pub(super) room: RoomId,
    /// The messages without an outcome, in order.
    pub(super) open: Vec<OpenMessage<'a>>,
    pub(super) outcomes: Vec<(usize, AppendOutcome)>,
    /// Whether the last insert was not answered, so that open messages may be stored.
    pub(super) uncertain: bool,
    /// The request to the other nodes, after they were faster for a while.
    turn: Option<Turn>,
}

/// A message without an outcome.
pub(super) struct OpenMessage<'a> {
    pub(super) index: usize,
    new: &'a NewEntry,
    /// The same for each attempt, so that only an append that fails leaves a key that is not used.
    key: [u8; 16],
}

impl<'a> RoomAppend<'a> {
    pub(super) fn new(mongo: &'a Mongo, room: RoomId, open: Vec<(usize, &'a NewEntry)>) -> Self {
        let outcomes = Vec::with_capacity(open.len());
        let message = |(index, new)| OpenMessage { index, new, key: mongo.entry_keys.next() };
        let open = open.into_iter().map(message).collect();
        Self { mongo, room, open, outcomes, uncertain: false, turn: None }
    }

    /// Appends until nothing is open, something fails, or the deadline has passed. What an insert for several rooms left
    /// uncertain stays so.
    pub(super) async fn run(mut self, deadline: Instant) -> Self {
        if !self.open.is_empty()
            && !self.uncertain
            && let Err(error) = self.append_until(deadline).await
        {
            let messages = self.open.len();
            tracing::error!(%error, messages, "messages of a room were not stored");
        }
        self
    }

    async fn append_until(&mut self, deadline: Instant) -> Result<(), StoreError> {
        let timed_out = || StoreError::Unavailable(format!("no answer within {OPERATION_TIMEOUT:?}"));
        let end = self.mongo.log_ends.of(self.room);
        let appending = async {
            let mut end = end.lock().await;
            // Taken out, so that a future that is dropped leaves no number behind.
            let known = end.take();
            *end = Some(self.append(known).await?);
            Ok(())
        };
        before(deadline, appending).await.unwrap_or_else(|| Err(timed_out()))
    }

    /// Returns the last number of the log.
    async fn append(&mut self, mut end: Option<u64>) -> Result<u64, StoreError> {
        let began = Instant::now();
        loop {
            let last = self.end_at_own_turn(end.take()).await?;
            if self.open.is_empty() {
                return Ok(last);
            }
            let count = self.open.len();
            match self.insert(last).await {
                Ok(()) => return Ok(last + count as u64),
                Err(InsertError::Duplicate(inserted, UniqueIndex::Id)) => {
                    self.take_out_resends().await?;
                    end = Some(last + inserted as u64);
                }
                Err(InsertError::Duplicate(_, UniqueIndex::Seq)) => self.note_faster_node(began).await,
                Err(InsertError::NotInserted) => {
                    return Err(StoreError::Unavailable("MongoDB is not available".to_owned()));
                }
                Err(InsertError::Unknown) => {
                    self.uncertain = true;
                    return Err(StoreError::Unavailable("the answer to an insert was lost".to_owned()));
                }
            }
        }
    }

    /// The last number of the log, once this node may write. It is read unless it is known and nobody else wrote.
    async fn end_at_own_turn(&mut self, known: Option<u64>) -> Result<u64, StoreError> {
        let (turns, log) = (&self.mongo.turns, self.mongo.log_of(self.room));
        let known = if let Some(turn) = &mut self.turn {
            turn.keep(self.room).await;
            let ((), last) = tokio::join!(turns.look(), log.last_seq());
            Some(last?)
        } else {
            if *self.mongo.has_other_nodes.borrow() {
                turns.look_beside();
            }
            known
        };
        let waited = turns.let_others_pass(self.room, self.turn.as_ref()).await;
        match known.filter(|_| !waited) {
            Some(last) => Ok(last),
            None => log.last_seq().await,
        }
    }

    /// Asks the other nodes to let this one write, if they were faster for a while. Before that it waits for a moment.
    async fn note_faster_node(&mut self, began: Instant) {
        if self.turn.is_none() && began.elapsed() >= OVERTAKEN_TIMEOUT {
            self.turn = self.mongo.turns.request(self.room).await;
        }
        if self.turn.is_none() {
            sleep(RETRY_DELAY).await;
        }
    }

    /// One ordered insert of all open messages, numbered after `last`.
    async fn insert(&mut self, last: u64) -> Result<(), InsertError> {
        let documents: Vec<_> = self.documents(last).collect();
        self.uncertain = true;
        let entries = self.mongo.entries.clone_with_type::<RawDocumentBuf>();
        let result = entries.insert_many(&documents).ordered(true).await;
        self.uncertain = false;
        let failed = result.err().map(|error| errors::insert_error(&error));
        let inserted = failed.as_ref().map_or(Some(documents.len()), InsertError::inserted);
        self.note_stored(last, inserted.unwrap_or(0));
        failed.map_or(Ok(()), Err)
    }

    /// The open messages, numbered after `last`.
    pub(super) fn documents(&self, last: u64) -> impl Iterator<Item = RawDocumentBuf> {
        self.open.iter().zip(last + 1..).map(|(open, seq)| entry_document(open.key, seq, open.new))
    }

    /// Takes out the first open messages, which are stored with the numbers after `last`.
    pub(super) fn note_stored(&mut self, last: u64, count: usize) {
        let stored = self.open.drain(..count).zip(last + 1..);
        self.outcomes.extend(
            stored.map(|(open, seq)| (open.index, AppendOutcome::Stored(open.new.clone().into_entry(seq)))),
        );
    }

    /// Settles the open messages that are in the log already. It is one query for any number of messages.
    async fn take_out_resends(&mut self) -> Result<(), StoreError> {
        let found = self.mongo.sent_before(self.open.iter().map(|open| open.new)).await?;
        if found.is_empty() {
            // The entry is there, but not yet on a majority.
            sleep(RETRY_DELAY).await;
        }
        let outcomes = &mut self.outcomes;
        self.open.retain(|&OpenMessage { index, new, .. }| {
            let outcome = found.outcome_of(new);
            let is_open = outcome.is_none();
            outcomes.extend(outcome.map(|outcome| (index, outcome)));
            is_open
        });
        Ok(())
    }
}
