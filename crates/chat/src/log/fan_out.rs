//! The fan-out: answers senders and delivers entries, in the order of the log. Nothing else delivers entries.
//!
//! The log is the truth and the feed only a wake-up that may carry entries: what continues at `delivered + 1` is used
//! as it came, everything else is read from the log. So nothing can be missed for good.

use std::sync::Arc;
use std::time::Duration;

use store::{AppendOutcome, Entry, Log, RoomId};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use super::in_flight::InFlight;
use super::journal::AppendResult;
use crate::hub::{Delivery, Hub};

/// How often the log is looked at, whatever else wakes the fan-out.
const POLL_INTERVAL: Duration = Duration::from_millis(250);
/// Maximum entries of one read of the log.
const MAX_PAGE: u32 = 100;
/// Entries without a pause that make a burst, in which a client's buffer may overflow unseen …
const BURST: u64 = 32;
/// … and the time after it until those that asked are told where the log ends.
const LOG_HEAD_DELAY: Duration = Duration::from_millis(200);

/// The one task that delivers.
pub(crate) struct FanOut {
    log: Arc<dyn Log>,
    in_flight: Arc<InFlight>,
    hub: Arc<Hub>,
    room: RoomId,
    delivered: u64,
    /// Entries since the log's head was last sent, and when to send it next.
    burst: u64,
    log_head_at: Option<Instant>,
    is_log_away: bool,
}

impl FanOut {
    /// Delivers what comes after an entry of a room.
    pub(crate) fn new(
        log: Arc<dyn Log>,
        in_flight: Arc<InFlight>,
        hub: Arc<Hub>,
        room: RoomId,
        delivered: u64,
    ) -> Self {
        Self { log, in_flight, hub, room, delivered, burst: 0, log_head_at: None, is_log_away: false }
    }

    /// Runs until the journal has handed over its last batch. `arrived` brings what other nodes append.
    pub(crate) async fn run(
        mut self,
        mut results: mpsc::Receiver<Vec<AppendResult>>,
        mut arrived: mpsc::Receiver<Vec<Entry>>,
    ) {
        let mut poll = interval(POLL_INTERVAL);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let log_head_at = self.log_head_at;
            tokio::select! {
                // Acknowledgements first: what they are for is stored already.
                biased;
                batch = results.recv() => match batch {
                    Some(batch) => self.take(batch).await,
                    None => return,
                },
                Some(entries) = arrived.recv() => self.wake(entries).await,
                _ = poll.tick() => self.catch_up().await,
                () = sleep_until(log_head_at.unwrap_or_else(Instant::now)), if log_head_at.is_some() => {
                    self.send_log_head().await;
                }
            }
        }
    }

    /// Answers a batch's senders, and then delivers what of it is new here.
    async fn take(&mut self, batch: Vec<AppendResult>) {
        let mut entries = Vec::new();
        for result in batch {
            let entry = &result.queued.entry;
            match &result.outcome {
                // A resend may be of an entry that is stored and not yet delivered.
                Ok(AppendOutcome::Stored(entry) | AppendOutcome::Resent(entry))
                    if entry.seq > self.delivered =>
                {
                    entries.push(entry.clone());
                }
                Ok(AppendOutcome::Unknown) => {
                    self.in_flight.keep_unsettled(entry.room, entry.sender.id, entry.id.as_str());
                }
                _ => self.in_flight.forget(entry.room, entry.sender.id, entry.id.as_str()),
            }
            result.answer();
        }
        self.deliver(entries).await;
    }

    /// Takes what the feed brought; nothing at all means that the log is to be read.
    async fn wake(&mut self, mut entries: Vec<Entry>) {
        let look = entries.is_empty();
        entries.retain(|entry| entry.room == self.room && entry.seq > self.delivered);
        if look { self.catch_up().await } else { self.deliver(entries).await }
    }

    /// Delivers entries that came with a wake-up if they continue the log here, else reads the log.
    async fn deliver(&mut self, mut entries: Vec<Entry>) {
        entries.sort_by_key(|entry| entry.seq);
        entries.dedup_by_key(|entry| entry.seq);
        let continues = entries.iter().zip(self.delivered + 1..).all(|(entry, seq)| entry.seq == seq);
        if continues { self.send(&entries).await } else { self.catch_up().await }
    }

    async fn catch_up(&mut self) {
        loop {
            match self.log.page_after(self.room, self.delivered, MAX_PAGE).await {
                Ok(page) => {
                    self.note_log_back();
                    let more = page.covered_to < page.last_seq;
                    self.send(&page.messages).await;
                    if !more {
                        return;
                    }
                }
                Err(error) => return self.note_log_away(&error),
            }
        }
    }

    async fn send(&mut self, entries: &[Entry]) {
        let Some(last) = entries.last().map(|entry| entry.seq) else { return };
        let origins = self.in_flight.take_origins(entries);
        let delivery = Delivery { room: self.room, entries, origins: &origins };
        let reached_all = self.hub.deliver(delivery).await;
        self.delivered = last;
        self.burst += entries.len() as u64;
        if !reached_all {
            self.send_log_head().await;
        } else if self.burst >= BURST {
            self.log_head_at = Some(Instant::now() + LOG_HEAD_DELAY);
        }
    }

    async fn send_log_head(&mut self) {
        (self.log_head_at, self.burst) = (None, 0);
        self.hub.send_log_head(self.room, self.delivered).await;
    }

    fn note_log_away(&mut self, error: &store::StoreError) {
        if !self.is_log_away {
            tracing::warn!(%error, "the log cannot be read; delivery waits");
        }
        self.is_log_away = true;
    }

    fn note_log_back(&mut self) {
        if self.is_log_away {
            tracing::info!("the log can be read again");
        }
        self.is_log_away = false;
    }
}
