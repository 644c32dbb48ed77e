//! The fan-out: answers senders and delivers entries, in the order of each room's log. Nothing else delivers entries.
//!
//! The log is authoritative, and the feed only a wake-up that may carry entries: entries from `delivered + 1` on are
//! delivered as the feed has them, all others are read from the log. So no entry is missed.
//!
//! One task serves all rooms that have subscriptions here. A room without any is forgotten, and followed from its log's
//! end when the next subscription comes.
//!
//! Nothing here waits for the store: its answers come in turn with everything else, so that a backlog, or a slow store,
//! delays no acknowledgement. Rooms whose logs have to be read take turns, a page each ([`Lagging`]), and no entry of such
//! a room overtakes what is still to be read. One that lags too far is skipped ([`Hub::skip_to`]).

mod following;

use std::collections::HashSet;
use std::sync::Arc;

use store::{AppendOutcome, Entry, Log, LogPage, Outage, RoomId, StoreError};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::feed::{Feed, WakeUp};
use super::followed_rooms::FollowedRooms;
use super::follower::{FollowRequest, Follower};
use super::in_flight::InFlight;
use super::journal::AppendResult;
use super::lagging::Lagging;
use super::questions::{Answer, Questions};
use crate::hub::{Delivery, Hub};

/// Maximum entries that a room may lag behind its log. It is more than this process can have under way.
const MAX_LAG_ENTRIES: u64 = 10_000;

/// The one task that delivers.
pub(crate) struct FanOut {
    in_flight: Arc<InFlight>,
    hub: Arc<Hub>,
    requests: mpsc::Receiver<FollowRequest>,
    rooms: FollowedRooms,
    lagging: Lagging,
    questions: Questions,
    outage: Outage,
}

impl FanOut {
    /// A fan-out that follows no room yet, and what lets it follow rooms.
    pub(crate) fn new(log: Arc<dyn Log>, in_flight: Arc<InFlight>, hub: Arc<Hub>) -> (Self, Follower) {
        let (follower, requests) = Follower::new(Arc::clone(&hub));
        let fan_out = Self {
            in_flight,
            hub,
            requests,
            rooms: FollowedRooms::default(),
            lagging: Lagging::default(),
            questions: Questions::new(log),
            outage: Outage::default(),
        };
        (fan_out, follower)
    }

    /// Runs until the journal has handed over its last batch.
    pub(crate) async fn run(mut self, mut results: mpsc::Receiver<Vec<AppendResult>>, mut feed: Feed) {
        loop {
            let due = self.rooms.next_due();
            tokio::select! {
                biased;
                Some(request) = self.requests.recv(), if !self.questions.is_following() => self.follow(request),
                // At most one answer of each kind can come before a batch.
                Some(answer) = self.questions.next() => self.take_answer(answer).await,
                // Acknowledgements before the feed: what they are for is stored already.
                batch = results.recv() => match batch {
                    Some(batch) => self.take(batch).await,
                    None => return,
                },
                wake_up = feed.next() => match wake_up {
                    WakeUp::Entries(entries) => self.deliver(entries).await,
                    WakeUp::Look => self.look(),
                },
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => self.send_due_log_heads().await,
            }
            self.read_on();
        }
    }

    async fn take_answer(&mut self, answer: Answer) {
        match answer {
            Answer::EndsToFollow(ends, requests) => {
                // Dropping the requests answers them.
                let Some(ends) = self.note_outcome(ends) else { return };
                self.begin_to_follow(ends);
                self.answer_followed(requests);
            }
            Answer::Ends(ends) => {
                for (room, end) in self.note_outcome(ends).into_iter().flatten() {
                    if self.rooms.delivered(room).is_some_and(|delivered| delivered < end) {
                        self.lagging.note_end(room, end);
                    }
                }
            }
            Answer::Page(room, page) => match self.note_outcome(page) {
                Some(page) => self.deliver_page(room, page).await,
                None => self.give_up_for_now(room),
            },
        }
    }

    /// Answers a batch's senders, and then delivers what of it is new here.
    async fn take(&mut self, batch: Vec<AppendResult>) {
        let mut entries = Vec::new();
        for result in batch {
            let sent = &result.queued.entry;
            match &result.outcome {
                // A resend may be of an entry that is stored and not yet delivered.
                Ok(AppendOutcome::Stored(entry) | AppendOutcome::Resent(entry))
                    if self.rooms.is_new(entry) =>
                {
                    entries.push(entry.clone());
                }
                Ok(AppendOutcome::Unknown) => {
                    self.in_flight.keep_unsettled(sent.room, sent.sender.id, sent.id.as_str());
                }
                _ => self.in_flight.forget(sent.room, sent.sender.id, sent.id.as_str()),
            }
            result.answer();
        }
        self.deliver(entries).await;
    }

    /// Delivers entries of any rooms: those that continue a log here as they are, of the others the log is read.
    async fn deliver(&mut self, mut entries: Vec<Entry>) {
        entries.retain(|entry| self.rooms.is_new(entry));
        entries.sort_by_key(|entry| (entry.room, entry.seq));
        entries.dedup_by_key(|entry| (entry.room, entry.seq));
        for entries in entries.chunk_by(|one, next| one.room == next.room) {
            let room = entries[0].room;
            let Some(delivered) = self.rooms.delivered(room) else { continue };
            let continues = entries.iter().zip(delivered + 1..).all(|(entry, seq)| entry.seq == seq);
            if continues { self.send(room, entries).await } else { self.lagging.hold(entries) }
        }
    }

    /// Lets the next look ask for a room again.
    fn give_up_for_now(&mut self, room: RoomId) {
        drop(self.lagging.remove(room));
        self.questions.look_again(room);
    }

    /// Asks once which logs went on. Those of followed rooms are read.
    fn look(&mut self) {
        self.forget_abandoned();
        let rooms = &self.rooms;
        self.questions.look(|| rooms.all());
    }

    /// Reads a page of the next room that lags.
    fn read_on(&mut self) {
        while !self.questions.is_reading()
            && let Some(room) = self.lagging.take_turn()
        {
            if let Some(delivered) = self.rooms.delivered(room) {
                self.questions.ask_page(room, delivered);
            }
        }
    }

    /// Delivers a page that was read, and then what was held if that goes on from there.
    async fn deliver_page(&mut self, room: RoomId, mut page: LogPage) {
        let Some(delivered) = self.rooms.delivered(room) else { return };
        if page.messages.is_empty() {
            // The store does not have it yet.
            return self.give_up_for_now(room);
        }
        // Some may have come another way in the meantime.
        page.messages.retain(|entry| entry.seq > delivered);
        self.send(room, &page.messages).await;
        self.lagging.note_end(room, page.last_seq);
        let delivered = self.rooms.delivered(room).unwrap_or(page.last_seq);
        if page.last_seq.saturating_sub(delivered) > MAX_LAG_ENTRIES {
            return self.skip(room, page.last_seq).await;
        }
        let held = self.lagging.go_on(room, delivered);
        self.send(room, &held).await;
    }

    /// Goes on from the end of a room's log: to read all of it would delay what is said now for too long.
    async fn skip(&mut self, room: RoomId, end: u64) {
        tracing::warn!(end, "delivery of a room lagged too far behind its log, and goes on from its end");
        drop(self.lagging.remove(room));
        self.in_flight.forget_rooms(&HashSet::from([room]));
        self.rooms.advance(room, end, 0, Instant::now());
        self.hub.skip_to(room, end).await;
    }

    async fn send(&mut self, room: RoomId, entries: &[Entry]) {
        let Some(last) = entries.last().map(|entry| entry.seq) else { return };
        let senders = self.in_flight.take_senders(entries);
        self.hub.deliver(Delivery { room, entries, senders: &senders }).await;
        self.rooms.advance(room, last, entries.len(), Instant::now());
    }

    async fn send_due_log_heads(&mut self) {
        for room in self.rooms.due(Instant::now()) {
            self.send_log_head(room).await;
        }
    }

    async fn send_log_head(&mut self, room: RoomId) {
        self.rooms.end_burst(room);
        if let Some(delivered) = self.rooms.delivered(room) {
            self.hub.send_log_head(room, delivered).await;
        }
    }

    /// What the store answered, if it did. Its outages are logged.
    fn note_outcome<T>(&mut self, outcome: Result<T, StoreError>) -> Option<T> {
        match &outcome {
            Ok(_) if self.outage.note_success() => tracing::info!("the log can be read again"),
            Err(error) if self.outage.note_failure() => {
                tracing::warn!(%error, "the log cannot be read; delivery waits");
            }
            _ => {}
        }
        outcome.ok()
    }
}
