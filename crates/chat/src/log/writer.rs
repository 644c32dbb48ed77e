//! The journal's writer: takes all that waits, appends it in one go (group commit: the next batch gathers while this one
//! syncs) and hands it to the fan-out with the outcomes.
//!
//! It never answers a sender or delivers an entry itself.

use std::sync::Arc;
use std::time::Instant;

use store::{AppendOutcome, NewEntry, Stores};
use tokio::sync::mpsc;
use tokio::task::yield_now;
use tokio_util::sync::CancellationToken;
use web::Refusal;

use super::gathering::{Gathering, MAX_BATCH};
use super::in_flight::InFlight;
use super::journal::{AppendResult, QueuedMessage};
use super::judging::judge;
use super::mentions::resolve;
use crate::access::Access;

/// Turns of the other tasks until an append that began has been sent to the store, connection included.
const TURNS_TO_BEGIN: usize = 3;

/// The one writer of this process.
pub(crate) struct JournalWriter {
    pub(crate) waiting: mpsc::Receiver<QueuedMessage>,
    pub(crate) stores: Stores,
    pub(crate) access: Arc<Access>,
    pub(crate) in_flight: Arc<InFlight>,
    pub(crate) results: mpsc::Sender<Vec<AppendResult>>,
}

impl JournalWriter {
    /// Writes until the shutdown, and then what was accepted before it.
    pub(crate) async fn run(mut self, shutdown: CancellationToken) {
        let (mut batch, mut gathering) =
            (Vec::with_capacity(MAX_BATCH), Gathering::new(self.stores.log.appends_elsewhere()));
        // Not handed over yet. Others wait for the writer then, so the next turn comes at once.
        let mut earlier = Vec::new();
        loop {
            tokio::select! {
                biased;
                () = shutdown.cancelled(), if !self.waiting.is_closed() => self.waiting.close(),
                taken = self.waiting.recv_many(&mut batch, gathering.max_batch()) => {
                    if taken == 0 {
                        return;
                    }
                    self.gather(&mut batch, &mut gathering).await;
                    let began = Instant::now();
                    let storing = self.store(std::mem::take(&mut batch));
                    let handing_over = self.hand_over_once_begun(std::mem::take(&mut earlier));
                    let (results, mut is_taken) = tokio::join!(storing, handing_over);
                    let (appended, took) = (results.len(), began.elapsed());
                    if gathering.overlaps(self.waiting.len()) {
                        earlier = results;
                    } else {
                        is_taken &= self.hand_over(results).await;
                    }
                    if !is_taken {
                        return;
                    }
                    gathering.note_append(appended, self.waiting.len(), took, Instant::now());
                }
            }
        }
    }

    /// Waits for the rest of a batch, where that pays. Other tasks run in the meantime; timers are too coarse.
    async fn gather(&mut self, batch: &mut Vec<QueuedMessage>, gathering: &mut Gathering) {
        while gathering.waits(batch.len() + self.waiting.len(), Instant::now()) {
            yield_now().await;
        }
        while batch.len() < gathering.max_batch()
            && let Ok(queued) = self.waiting.try_recv()
        {
            batch.push(queued);
        }
    }

    /// Hands results to the fan-out. Returns whether it takes them.
    async fn hand_over(&self, results: Vec<AppendResult>) -> bool {
        self.results.send(results).await.is_ok()
    }

    /// Hands earlier results over, if there are any, once the append that begins at the same time is on its way: what they
    /// cost is done while the store works.
    async fn hand_over_once_begun(&self, earlier: Vec<AppendResult>) -> bool {
        if earlier.is_empty() {
            return true;
        }
        for _ in 0..TURNS_TO_BEGIN {
            yield_now().await;
        }
        self.hand_over(earlier).await
    }

    /// Stores a batch of any rooms by one append.
    async fn store(&self, mut batch: Vec<QueuedMessage>) -> Vec<AppendResult> {
        let mut refused = judge(&*self.stores.tokens, &self.access, &mut batch).await;
        resolve(&*self.stores.accounts, &self.access, &mut batch, &mut refused).await;
        let mut outcomes: Vec<Option<Result<AppendOutcome, Refusal>>> =
            refused.into_iter().map(|refusal| refusal.map(Err)).collect();
        let open: Vec<usize> = (0..batch.len()).filter(|&index| outcomes[index].is_none()).collect();
        let entries: Vec<NewEntry> = open.iter().map(|&index| batch[index].entry.clone()).collect();
        self.begin(open.iter().map(|&index| &batch[index]));
        let stored = self.append(&entries).await;
        open.iter().zip(stored).for_each(|(&index, outcome)| outcomes[index] = Some(Ok(outcome)));
        let results = batch.into_iter().zip(outcomes);
        results
            .map(|(queued, outcome)| AppendResult {
                queued,
                outcome: outcome.unwrap_or(Ok(AppendOutcome::NotStored)),
            })
            .collect()
    }

    async fn append(&self, entries: &[NewEntry]) -> Vec<AppendOutcome> {
        if entries.is_empty() {
            return Vec::new();
        }
        let began = Instant::now();
        let outcomes = self.stores.log.append(entries).await;
        metrics::histogram!("natter_append_duration_seconds").record(began.elapsed());
        metrics::counter!("natter_appends_total").increment(1);
        metrics::counter!("natter_messages_appended_total").increment(entries.len() as u64);
        outcomes
    }

    fn begin<'a>(&self, batch: impl Iterator<Item = &'a QueuedMessage>) {
        for queued in batch {
            if let Some(sent_by) = queued.sent_by {
                let entry = &queued.entry;
                self.in_flight.begin(entry.room, entry.sender.id, entry.id.as_str(), sent_by);
            }
        }
    }
}
