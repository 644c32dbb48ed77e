//! Delivery: answers senders and broadcasts entries, in the order of the log. Nothing else here broadcasts them.
//!
//! The log is the truth and the feed only a wake-up that may carry entries: what continues at `delivered + 1` is used
//! as it came, everything else is read from the log. So nothing can be missed for good.

mod broadcast;

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use store::{AppendOutcome, Entry, Log, RoomId};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

pub(crate) use broadcast::Broadcaster;
use broadcast::is_full;

use crate::log::in_flight::InFlight;
use crate::log::journal::{AppendResult, Reply};
use crate::nack::Nack;
use crate::wire;

/// The log is looked at so often, whatever else wakes delivery.
const POLL: Duration = Duration::from_millis(250);
/// Entries read from the log in one go.
const PAGE: u32 = 100;
/// So many entries without a pause are a burst, in which a client's buffer may have run over unseen …
const BURST: u64 = 32;
/// … and so long after it those who asked are told where the log ends.
const QUIET: Duration = Duration::from_millis(200);

/// The acknowledgement of a stored message.
#[derive(Serialize)]
struct Stored<'a> {
    ok: bool,
    message: wire::Entry<'a>,
}

/// The one task that delivers.
pub(crate) struct Delivery {
    log: Arc<dyn Log>,
    origins: Arc<InFlight>,
    broadcaster: Broadcaster,
    room: RoomId,
    delivered: u64,
    /// Entries since the last tip, and when to send the next.
    burst: u64,
    tip_at: Option<Instant>,
    away: bool,
}

impl Delivery {
    /// Delivers what comes after an entry of a room.
    pub(crate) fn new(
        log: Arc<dyn Log>,
        origins: Arc<InFlight>,
        broadcaster: Broadcaster,
        room: RoomId,
        delivered: u64,
    ) -> Self {
        Self { log, origins, broadcaster, room, delivered, burst: 0, tip_at: None, away: false }
    }

    /// Runs until the journal has handed over its last batch. `arrived` is told of what others append.
    pub(crate) async fn run(
        mut self,
        mut settled: mpsc::Receiver<Vec<AppendResult>>,
        mut arrived: mpsc::Receiver<Vec<Entry>>,
    ) {
        let mut poll = interval(POLL);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let tip_at = self.tip_at;
            tokio::select! {
                // Acknowledgements first: what they are for is stored already.
                biased;
                batch = settled.recv() => match batch {
                    Some(batch) => self.take(batch).await,
                    None => return,
                },
                Some(entries) = arrived.recv() => self.wake(entries).await,
                _ = poll.tick() => self.catch_up().await,
                () = sleep_until(tip_at.unwrap_or_else(Instant::now)), if tip_at.is_some() => self.tip().await,
            }
        }
    }

    /// Answers a batch's senders, and then delivers what of it is new here.
    async fn take(&mut self, batch: Vec<AppendResult>) {
        let mut entries = Vec::new();
        for AppendResult { posted, outcome } in batch {
            let (sender, id) = (posted.entry.sender.id, posted.entry.id);
            match &outcome {
                // A resend may be of an entry that is stored and not yet delivered.
                Ok(AppendOutcome::Stored(entry) | AppendOutcome::Resent(entry))
                    if entry.seq > self.delivered =>
                {
                    entries.push(entry.clone());
                }
                Ok(AppendOutcome::Unknown) => self.origins.keep_unsettled(sender, id.as_str()),
                _ => self.origins.forget(sender, id.as_str()),
            }
            if let Some(full) = answer(posted.reply, outcome, posted.has_own_id) {
                self.broadcaster.cut(full);
            }
        }
        self.deliver(entries).await;
    }

    /// Looks at what the feed brought; nothing at all means that the log is to be read.
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
        if continues { self.send(entries).await } else { self.catch_up().await }
    }

    async fn catch_up(&mut self) {
        loop {
            match self.log.page_after(self.room, self.delivered, PAGE).await {
                Ok(page) => {
                    self.tell_back();
                    let more = page.covered_to < page.last_seq;
                    self.send(page.messages).await;
                    if !more {
                        return;
                    }
                }
                Err(error) => return self.tell_away(&error),
            }
        }
    }

    async fn send(&mut self, entries: Vec<Entry>) {
        let Some(last) = entries.last().map(|entry| entry.seq) else { return };
        let count = entries.len() as u64;
        let origins: Vec<_> = entries.iter().map(|entry| self.origins.of(entry)).collect();
        let reached_all = self.broadcaster.send(self.room, &entries, &origins).await;
        self.delivered = last;
        for entry in &entries {
            self.origins.delivered(entry);
        }
        self.burst += count;
        if !reached_all {
            self.tip().await;
        } else if self.burst >= BURST {
            self.tip_at = Some(Instant::now() + QUIET);
        }
    }

    async fn tip(&mut self) {
        (self.tip_at, self.burst) = (None, 0);
        self.broadcaster.tip(self.room, self.delivered).await;
    }

    fn tell_away(&mut self, error: &store::StoreError) {
        if !self.away {
            tracing::warn!(%error, "the log cannot be read; delivery waits");
        }
        self.away = true;
    }

    fn tell_back(&mut self) {
        if self.away {
            tracing::info!("the log can be read again");
        }
        self.away = false;
    }
}

/// Tells a sender what became of its message. Gives back a socket whose buffer had no room for the answer.
fn answer(
    reply: Reply,
    outcome: Result<AppendOutcome, Nack>,
    has_own_id: bool,
) -> Option<socketioxide::socket::Sid> {
    match reply {
        Reply::Request(request) => {
            // A request that went away is not told.
            let _ = request.send(outcome);
            None
        }
        Reply::Socket(sid, ack) => {
            let sent = match acknowledged(outcome, has_own_id) {
                Ok(entry) => ack.send(&Stored { ok: true, message: wire::Entry::from(&entry) }),
                Err(nack) => ack.send(&nack),
            };
            is_full(&sent).then_some(sid)
        }
    }
}

/// The entry under which a message is stored, or why it is not.
pub(crate) fn acknowledged(outcome: Result<AppendOutcome, Nack>, has_own_id: bool) -> Result<Entry, Nack> {
    match outcome? {
        AppendOutcome::Stored(entry) | AppendOutcome::Resent(entry) => Ok(entry),
        AppendOutcome::IdReused => Err(Nack::id_reused()),
        AppendOutcome::SenderGone => Err(Nack::signed_out()),
        AppendOutcome::NotStored => Err(Nack::unavailable()),
        AppendOutcome::Unknown => Err(Nack::unknown_outcome(has_own_id)),
    }
}
