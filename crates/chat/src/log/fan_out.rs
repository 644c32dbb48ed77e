//! The fan-out: answers senders and delivers entries, in the order of each room's log. Nothing else delivers entries.
//!
//! The log is authoritative, and the feed only a wake-up that may carry entries: entries from `delivered + 1` on are
//! delivered as the feed has them, all others are read from the log. So no entry is missed.
//!
//! One task serves all rooms that have subscriptions here. A room without any is forgotten, and followed from its log's
//! end when the next subscription comes.

use std::sync::Arc;
use std::time::Duration;

use store::{AppendOutcome, Entry, Log, Outage, RoomId, StoreError};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until, timeout};

use super::feed::{Feed, WakeUp};
use super::followed_rooms::FollowedRooms;
use super::in_flight::InFlight;
use super::journal::AppendResult;
use crate::hub::{Delivery, Hub};

/// Maximum entries of one read of the log.
const MAX_PAGE: u32 = 100;
/// Maximum rooms that wait to be followed. Their subscribers wait then.
const MAX_WAITING_ROOMS: usize = 64;
/// Timeout for reading where the rooms end that are to be followed. Acknowledgements wait behind it.
const FOLLOW_TIMEOUT: Duration = Duration::from_secs(2);

/// The one task that delivers.
pub(crate) struct FanOut {
    log: Arc<dyn Log>,
    in_flight: Arc<InFlight>,
    hub: Arc<Hub>,
    requests: mpsc::Receiver<FollowRequest>,
    rooms: FollowedRooms,
    outage: Outage,
}

/// Asks the fan-out to follow a room.
struct FollowRequest {
    room: RoomId,
    followed: oneshot::Sender<()>,
}

/// Lets rooms be followed. Clones share everything.
#[derive(Clone)]
pub(crate) struct Follower {
    hub: Arc<Hub>,
    requests: mpsc::Sender<FollowRequest>,
}

impl Follower {
    /// Waits until a room with a subscription is followed. The subscription misses nothing that is appended afterwards.
    /// False when the log cannot be read.
    pub(crate) async fn follow(&self, room: RoomId) -> bool {
        if self.hub.is_followed(room) {
            return true;
        }
        let (followed, answer) = oneshot::channel();
        let asked = self.requests.send(FollowRequest { room, followed }).await;
        asked.is_ok() && answer.await.is_ok()
    }
}

impl FanOut {
    /// A fan-out that follows no room yet, and what lets it follow rooms.
    pub(crate) fn new(log: Arc<dyn Log>, in_flight: Arc<InFlight>, hub: Arc<Hub>) -> (Self, Follower) {
        let (asking, requests) = mpsc::channel(MAX_WAITING_ROOMS);
        let follower = Follower { hub: Arc::clone(&hub), requests: asking };
        let rooms = FollowedRooms::default();
        (Self { log, in_flight, hub, requests, rooms, outage: Outage::default() }, follower)
    }

    /// Runs until the journal has handed over its last batch.
    pub(crate) async fn run(mut self, mut results: mpsc::Receiver<Vec<AppendResult>>, mut feed: Feed) {
        loop {
            let due = self.rooms.next_due();
            tokio::select! {
                biased;
                Some(request) = self.requests.recv() => self.follow(request).await,
                // Acknowledgements before the feed: what they are for is stored already.
                batch = results.recv() => match batch {
                    Some(batch) => self.take(batch).await,
                    None => return,
                },
                wake_up = feed.next() => match wake_up {
                    WakeUp::Entries(entries) => self.deliver(entries).await,
                    WakeUp::Look => self.look().await,
                },
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => self.send_due_log_heads().await,
            }
        }
    }

    /// Follows the rooms of all waiting requests, each from the end of its log, by one read. If that fails, none of them
    /// is followed: one read at most delays what is behind it.
    async fn follow(&mut self, first: FollowRequest) {
        let mut requests = vec![first];
        while let Ok(request) = self.requests.try_recv() {
            requests.push(request);
        }
        // A client that has gone away waits no more.
        requests.retain(|request| !request.followed.is_closed());
        let mut new: Vec<RoomId> = requests.iter().map(|request| request.room).collect();
        new.retain(|room| self.rooms.delivered(*room).is_none());
        if !new.is_empty() {
            match timeout(FOLLOW_TIMEOUT, self.log.last_seqs(&new)).await {
                Ok(Ok(ends)) => ends.into_iter().for_each(|(room, end)| self.rooms.follow(room, end)),
                // Dropping the requests answers them.
                Ok(Err(error)) => return self.note_log_away(&error),
                Err(_) => return self.note_log_away(&late()),
            }
        }
        for FollowRequest { room, followed } in requests {
            self.hub.set_followed(room);
            // The client may have gone away.
            let _ = followed.send(());
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
            if continues { self.send(room, entries).await } else { self.catch_up(room).await }
        }
    }

    /// Asks once where the logs of all followed rooms end, and reads those that went on.
    async fn look(&mut self) {
        let hub = &self.hub;
        let forgotten = self.rooms.retain(|room| hub.is_subscribed(room));
        self.in_flight.forget_rooms(&forgotten);
        let rooms = self.rooms.all();
        if rooms.is_empty() {
            return;
        }
        match self.log.last_seqs(&rooms).await {
            Ok(last_seqs) => {
                self.note_log_back();
                for (room, last_seq) in last_seqs {
                    if self.rooms.delivered(room).is_some_and(|delivered| delivered < last_seq) {
                        self.catch_up(room).await;
                    }
                }
            }
            Err(error) => self.note_log_away(&error),
        }
    }

    async fn catch_up(&mut self, room: RoomId) {
        while let Some(delivered) = self.rooms.delivered(room) {
            match self.log.page_to_deliver(room, delivered, MAX_PAGE).await {
                Ok(page) => {
                    self.note_log_back();
                    self.send(room, &page.messages).await;
                    if page.covered_to >= page.last_seq {
                        return;
                    }
                }
                Err(error) => return self.note_log_away(&error),
            }
        }
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

    fn note_log_away(&mut self, error: &StoreError) {
        if self.outage.note_failure() {
            tracing::warn!(%error, "the log cannot be read; delivery waits");
        }
    }

    fn note_log_back(&mut self) {
        if self.outage.note_success() {
            tracing::info!("the log can be read again");
        }
    }
}

fn late() -> StoreError {
    StoreError::Unavailable(format!("the ends of logs were not read within {FOLLOW_TIMEOUT:?}"))
}
