//! The journal: the bounded queue of accepted messages before the one writer of this process. It knows no transport.

use std::sync::Arc;

use store::{AppendOutcome, Entry, NewEntry, UserId};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use web::{ClientNetwork, Permit, Permits, Principal, Refusal, Share, shares_of};

use super::refusals::{id_reused, not_stored, queue_full, stopping, unknown_outcome};
use crate::hub::SubscriptionId;

/// Takes the answer to a send. It is called once.
pub(crate) type Reply = Box<dyn FnOnce(Result<Sent, Refusal>) + Send + Sync>;

/// A message that is stored.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) entry: Entry,
    /// Whether an earlier send had stored it.
    pub(crate) is_resend: bool,
}

/// A message that was accepted and waits to be stored.
pub(crate) struct QueuedMessage {
    pub(crate) entry: NewEntry,
    /// Whether the id is the client's own.
    pub(crate) has_own_id: bool,
    /// Who sent it. The writer asks the store about the session, unless `entry` says that it was checked just now.
    pub(crate) principal: Arc<Principal>,
    /// The subscription that sent it, if one did.
    pub(crate) sent_by: Option<SubscriptionId>,
    pub(crate) reply: Reply,
    pub(crate) _places: Places,
}

/// A message's places in the shares of its user and its network, free once it is answered.
pub(crate) struct Places {
    _user: Permit<Share>,
    _network: Permit<Share>,
}

/// A message with the outcome of its append.
pub(crate) struct AppendResult {
    pub(crate) queued: QueuedMessage,
    pub(crate) outcome: Result<AppendOutcome, Refusal>,
}

/// The way into the journal. Clones share the queue.
#[derive(Clone)]
pub(crate) struct Journal {
    queue: mpsc::Sender<QueuedMessage>,
    shares: Permits<Share>,
    shutdown: CancellationToken,
}

impl AppendResult {
    /// Answers the sender.
    pub(crate) fn answer(self) {
        let QueuedMessage { reply, has_own_id, .. } = self.queued;
        reply(self.outcome.and_then(|outcome| match outcome {
            AppendOutcome::Stored(entry) => Ok(Sent { entry, is_resend: false }),
            AppendOutcome::Resent(entry) => Ok(Sent { entry, is_resend: true }),
            AppendOutcome::IdReused => Err(id_reused()),
            AppendOutcome::SenderGone => Err(Refusal::signed_out()),
            AppendOutcome::NotStored => Err(not_stored()),
            AppendOutcome::Unknown => Err(unknown_outcome(has_own_id)),
        }));
    }
}

impl Journal {
    /// A journal with a queue of this length, and the queue's other end for the writer. It accepts nothing after the
    /// shutdown.
    pub(crate) fn new(queue: usize, shutdown: CancellationToken) -> (Self, mpsc::Receiver<QueuedMessage>) {
        let shares = shares_of(queue);
        let (queue, waiting) = mpsc::channel(queue);
        (Self { queue, shares, shutdown }, waiting)
    }

    /// Places for one more message.
    ///
    /// # Errors
    /// `overloaded` when the user or the network has filled a share of the queue.
    pub(crate) fn places(&self, user: UserId, network: ClientNetwork) -> Result<Places, Refusal> {
        let take = |share| self.shares.take(share).map_err(|_| queue_full());
        Ok(Places { _user: take(Share::User(user))?, _network: take(Share::Network(network))? })
    }

    /// Accepts a message at once. Returns false when it is refused; its sender is answered then.
    pub(crate) fn accept(&self, queued: QueuedMessage) -> bool {
        let refused = if self.shutdown.is_cancelled() {
            Some((queued, stopping()))
        } else {
            self.queue.try_send(queued).err().map(|error| match error {
                mpsc::error::TrySendError::Full(queued) => (queued, queue_full()),
                mpsc::error::TrySendError::Closed(queued) => (queued, stopping()),
            })
        };
        let is_accepted = refused.is_none();
        if let Some((queued, refusal)) = refused {
            (queued.reply)(Err(refusal));
        }
        is_accepted
    }
}
