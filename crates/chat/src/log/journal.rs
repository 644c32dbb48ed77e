//! The journal: the one writer of this process.
//!
//! What is accepted waits in a bounded queue. The writer takes all that waits, appends it in one go (group commit:
//! the next batch gathers while this one syncs) and hands it to delivery with what became of it. It never answers or
//! broadcasts itself.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Instant;

use socketioxide::extract::AckSender;
use socketioxide::socket::Sid;
use store::{AppendOutcome, ClientId, NewEntry, Sender, Stores, Timestamp, TokenStatus, UserId};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use web::Principal;

use crate::draft::SendRequest;
use crate::log::in_flight::InFlight;
use crate::nack::Nack;

/// The most messages that are appended in one go.
const BATCH: usize = 500;

/// A message that was accepted and waits to be stored.
pub(crate) struct QueuedMessage {
    pub(crate) entry: NewEntry,
    /// Whether the id is the client's own.
    pub(crate) has_own_id: bool,
    /// The session whose token status could not be told from the cache; the journal asks the store.
    pub(crate) unproven: Option<Arc<Principal>>,
    pub(crate) reply: Reply,
}

/// Who waits for the answer.
pub(crate) enum Reply {
    /// A socket, which is left out when the entry is delivered.
    Socket(Sid, AckSender),
    /// A request.
    Request(oneshot::Sender<Result<AppendOutcome, Nack>>),
}

/// A message with what became of it.
pub(crate) struct AppendResult {
    pub(crate) posted: QueuedMessage,
    pub(crate) outcome: Result<AppendOutcome, Nack>,
}

/// The way into the journal. Clones share the queue.
#[derive(Clone)]
pub(crate) struct Journal {
    queue: mpsc::Sender<QueuedMessage>,
    shutdown: CancellationToken,
}

impl QueuedMessage {
    pub(crate) fn new(
        draft: SendRequest,
        sender: Sender,
        unproven: Option<Arc<Principal>>,
        reply: Reply,
    ) -> Self {
        let has_own_id = draft.id.is_some();
        let id = draft.id.unwrap_or_else(ClientId::generate);
        let entry = NewEntry { room: draft.room, id, sender, text: draft.text, sent_at: Timestamp::now() };
        Self { entry, has_own_id, unproven, reply }
    }
}

impl Journal {
    /// A journal with a queue of that length, and the queue's end for its [`Writer`]. It takes nothing in after the
    /// shutdown.
    pub(crate) fn new(queue: usize, shutdown: CancellationToken) -> (Self, mpsc::Receiver<QueuedMessage>) {
        let (queue, waiting) = mpsc::channel(queue);
        (Self { queue, shutdown }, waiting)
    }

    /// Takes a message in at once, or refuses it, giving back who is to be told.
    pub(crate) fn accept(&self, posted: QueuedMessage) -> Result<(), (Reply, Nack)> {
        if self.shutdown.is_cancelled() {
            return Err((posted.reply, Nack::stopping()));
        }
        self.queue.try_send(posted).map_err(|error| match error {
            mpsc::error::TrySendError::Full(posted) => (posted.reply, Nack::overloaded()),
            mpsc::error::TrySendError::Closed(posted) => (posted.reply, Nack::stopping()),
        })
    }
}

/// The writer's side of the journal.
pub(crate) struct Writer {
    pub(crate) waiting: mpsc::Receiver<QueuedMessage>,
    pub(crate) stores: Stores,
    pub(crate) origins: Arc<InFlight>,
    pub(crate) settled: mpsc::Sender<Vec<AppendResult>>,
}

impl Writer {
    /// Writes until the shutdown, and then what was accepted before it.
    pub(crate) async fn run(mut self, shutdown: CancellationToken) {
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            tokio::select! {
                biased;
                () = shutdown.cancelled(), if !self.waiting.is_closed() => self.waiting.close(),
                taken = self.waiting.recv_many(&mut batch, BATCH) => {
                    if taken == 0 {
                        return;
                    }
                    let settled = self.settle(std::mem::take(&mut batch)).await;
                    if self.settled.send(settled).await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    /// Stores a batch, for any rooms, by one append.
    async fn settle(&self, batch: Vec<QueuedMessage>) -> Vec<AppendResult> {
        let statuses = self.prove(&batch).await;
        let mut outcomes: Vec<Option<Result<AppendOutcome, Nack>>> =
            batch.iter().map(|posted| refusal(posted, &statuses)).collect();
        let open: Vec<usize> = (0..batch.len()).filter(|&index| outcomes[index].is_none()).collect();
        let entries: Vec<NewEntry> = open.iter().map(|&index| batch[index].entry.clone()).collect();
        self.note_origins(open.iter().map(|&index| &batch[index]));
        let stored = self.append(&entries).await;
        open.iter().zip(stored).for_each(|(&index, outcome)| outcomes[index] = Some(Ok(outcome)));
        batch
            .into_iter()
            .zip(outcomes)
            .map(|(posted, outcome)| AppendResult {
                posted,
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

    fn note_origins<'a>(&self, posted: impl Iterator<Item = &'a QueuedMessage>) {
        for posted in posted {
            if let Reply::Socket(sid, _) = &posted.reply {
                self.origins.note(posted.entry.sender.id, posted.entry.id.as_str(), *sid);
            }
        }
    }

    /// Asks the store once about each user of the batch of whom the cache could not tell. Those of whom the store does
    /// not tell either are absent.
    async fn prove(&self, batch: &[QueuedMessage]) -> HashMap<UserId, Option<TokenStatus>> {
        let unproven = batch.iter().filter(|posted| posted.unproven.is_some());
        let users: HashSet<UserId> = unproven.map(|posted| posted.entry.sender.id).collect();
        let mut statuses = HashMap::new();
        for user in users {
            match self.stores.users.token_status(user).await {
                Ok(token_status) => drop(statuses.insert(user, token_status)),
                // The others would only wait as long in vain.
                Err(_) => return statuses,
            }
        }
        statuses
    }
}

/// Why an unproven message is not stored; `None` when it may be. A user whose token status the store did not tell is
/// absent from `token statuses`.
fn refusal(
    posted: &QueuedMessage,
    statuses: &HashMap<UserId, Option<TokenStatus>>,
) -> Option<Result<AppendOutcome, Nack>> {
    let principal = posted.unproven.as_ref()?;
    let Some(token_status) = statuses.get(&posted.entry.sender.id) else {
        return Some(Err(Nack::unavailable()));
    };
    let good = token_status.as_ref().is_some_and(|token_status| principal.is_allowed_by(token_status));
    (!good).then(|| Err(Nack::signed_out()))
}
