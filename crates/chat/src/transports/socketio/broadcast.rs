//! A room's entries in one format, on their way to its sockets.
//!
//! Publishing appends frames to what is pending. A task takes everything pending as one batch and offers it to each
//! socket; what is published in the meantime is the next batch. So the busier a room is, the more entries go out by one write.
//! A socket that sent something of the batch gets it by the same write as its answer, and one that gets batches of several
//! broadcasts at the same time gets all by one write.
//! The task ends when nothing is pending: a quiet room has none.
//!
//! The order is that of the `pending` lock: a socket that joins gets what is published afterwards, and a polling socket,
//! which the library serves, gets its copy under the same lock. Locks are taken in the order registry, `pending`,
//! `members`, then those of the sockets.

mod members;
mod publisher;
mod registry;

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use socketioxide::socket::Sid;
use tokio::sync::Notify;

use self::members::{Member, Members};
pub(super) use self::publisher::Publisher;
pub(super) use self::registry::{Broadcasts, Format};
use super::backlog::Backlog;
use super::websocket::{Batch, BroadcastId, Pushed, Wire};
use crate::hub::SubscriptionId;

/// Sockets that a batch is offered to before other tasks get a turn.
const SOCKETS_PER_TURN: usize = 128;
/// Bytes that may be pending before publishing waits for the distribution.
const MAX_PENDING_BYTES: usize = 512 * 1024;

/// The broadcast of a room in one format.
pub(super) struct Broadcast {
    id: BroadcastId,
    pending: Mutex<Pending>,
    members: Mutex<Members>,
    /// What was pending is being distributed.
    taken: Notify,
    shared: Arc<Shared>,
}

/// What the broadcasts of a process have together.
struct Shared {
    on_slow: OnSlow,
    /// The number of those that are distributing.
    distributing: AtomicUsize,
}

/// Called with each socket that does not keep up.
type OnSlow = Box<dyn Fn(SubscriptionId) + Send + Sync>;

#[derive(Default)]
struct Pending {
    /// The position of the first pending byte.
    start: u64,
    frames: Vec<u8>,
    /// The batch that was distributed last, while somebody is behind.
    last: Weak<Batch>,
    is_distributing: bool,
    /// Sockets that poll: the library serves them.
    polling: HashMap<SubscriptionId, PollingSocket>,
    is_removed: bool,
}

/// A socket that polls.
#[derive(Clone)]
pub(super) struct PollingSocket {
    pub(super) socket_id: Sid,
    pub(super) backlog: Arc<Backlog>,
}

impl Pending {
    /// The position after the last pending byte.
    fn end(&self) -> u64 {
        self.start + self.frames.len() as u64
    }
}

impl Broadcast {
    fn new(id: BroadcastId, shared: Arc<Shared>) -> Arc<Self> {
        Arc::new(Self {
            id,
            pending: Mutex::default(),
            members: Mutex::default(),
            taken: Notify::new(),
            shared,
        })
    }

    /// Publishes, in one piece: nobody joins or leaves in between. None if nobody follows it any more.
    pub(super) fn publish<R>(self: &Arc<Self>, publish: impl FnOnce(&mut Publisher<'_>) -> R) -> Option<R> {
        let mut pending = self.pending.lock();
        if pending.is_removed {
            return None;
        }
        let result = publish(&mut Publisher { broadcast: self, pending: &mut pending });
        if !pending.frames.is_empty() && !pending.is_distributing {
            pending.is_distributing = true;
            self.shared.distributing.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(Arc::clone(self).distribute());
        }
        Some(result)
    }

    /// Waits while too much is pending.
    pub(super) async fn room(&self) {
        loop {
            let taken = self.taken.notified();
            if self.pending.lock().frames.len() <= MAX_PENDING_BYTES {
                return;
            }
            taken.await;
        }
    }

    /// From now on a socket gets what is published as frames, also one that polled. `at_once` happens at the same place of
    /// the order. False if this broadcast was removed.
    fn join(&self, id: SubscriptionId, wire: &Arc<Wire>, at_once: &mut dyn FnMut()) -> bool {
        let mut pending = self.pending.lock();
        if pending.is_removed {
            return false;
        }
        at_once();
        pending.polling.remove(&id);
        wire.follow(self.id, pending.end());
        self.members.lock().add(Member { id, wire: Arc::clone(wire) });
        true
    }

    /// As [`Broadcast::join`], for a polling socket: the library serves it.
    fn join_polling(&self, id: SubscriptionId, socket: &PollingSocket, at_once: &mut dyn FnMut()) -> bool {
        let mut pending = self.pending.lock();
        if pending.is_removed {
            return false;
        }
        at_once();
        pending.polling.insert(id, socket.clone());
        true
    }

    /// A polling socket gets nothing more.
    fn leave_polling(&self, id: SubscriptionId) {
        self.pending.lock().polling.remove(&id);
    }

    /// A socket gets nothing more.
    fn leave(&self, id: SubscriptionId) {
        if let Some(member) = self.members.lock().remove(id) {
            member.wire.unfollow(self.id);
        }
    }

    /// The sockets of both kinds that follow it.
    pub(super) fn followers(&self) -> Vec<SubscriptionId> {
        let polling: Vec<_> = self.pending.lock().polling.keys().copied().collect();
        let members = self.members.lock().all();
        polling.into_iter().chain(members.iter().map(|member| member.id)).collect()
    }

    /// Whether no socket of either kind follows it.
    fn is_unused(&self) -> bool {
        self.pending.lock().polling.is_empty() && self.members.lock().is_empty()
    }

    /// Lets nobody in any more, if nobody follows it. False if somebody does, and if it was removed before: the room may have
    /// another broadcast then.
    fn remove_unused(&self) -> bool {
        let mut pending = self.pending.lock();
        let is_unused = pending.polling.is_empty() && self.members.lock().is_empty();
        is_unused && !std::mem::replace(&mut pending.is_removed, true)
    }

    async fn distribute(self: Arc<Self>) {
        while let Some(batch) = self.take_pending() {
            self.taken.notify_waiters();
            let more = self.shared.distributing.load(Ordering::Relaxed) > 1;
            let members = self.members.lock().all();
            for members in members.chunks(SOCKETS_PER_TURN) {
                let later: Vec<&Member> =
                    members.iter().filter(|member| !self.push(member, &batch, more)).collect();
                tokio::task::yield_now().await;
                later.iter().for_each(|member| member.wire.go_on());
            }
        }
    }

    /// What is pending as a batch. None ends the distribution.
    fn take_pending(&self) -> Option<Arc<Batch>> {
        let mut pending = self.pending.lock();
        if pending.frames.is_empty() {
            pending.is_distributing = false;
            self.shared.distributing.fetch_sub(1, Ordering::Relaxed);
            // A quiet room keeps no buffer.
            pending.frames = Vec::new();
            return None;
        }
        let capacity = pending.frames.len().min(MAX_PENDING_BYTES);
        let frames = std::mem::replace(&mut pending.frames, Vec::with_capacity(capacity));
        let batch = Batch::new(pending.start, frames.into());
        pending.start = batch.end();
        if let Some(last) = pending.last.upgrade() {
            last.continue_by(&batch);
        }
        pending.last = Arc::downgrade(&batch);
        Some(batch)
    }

    /// Offers a batch to a socket. False if it goes out with what other tasks write in their turn.
    fn push(&self, member: &Member, batch: &Arc<Batch>, more: bool) -> bool {
        let pushed = member.wire.push(self.id, batch, more);
        match pushed {
            Pushed::Done | Pushed::Later => {}
            Pushed::TooFarBehind => (self.shared.on_slow)(member.id),
            Pushed::Gone => self.leave(member.id),
        }
        pushed != Pushed::Later
    }
}
