//! The connected sockets: which subscription is which socket, and what a socket has under way.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use socketioxide::socket::Sid;
use store::UserId;

use super::engine_sessions::EngineSession;
use super::read_budget::ReadBudget;
use crate::hub::{Subscription, SubscriptionId};

/// The sockets of this process that were let in.
pub(crate) struct SocketRegistry {
    max_per_user: usize,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    by_id: HashMap<SubscriptionId, Weak<ConnectedSocket>>,
    /// Sockets that are in or on their way in.
    permits: HashMap<UserId, usize>,
}

/// A socket whose token was accepted. The library's socket holds it, and it does not hold that one.
pub(super) struct ConnectedSocket {
    pub(super) sid: Sid,
    pub(super) subscription: Arc<Subscription>,
    pub(super) session: Arc<EngineSession>,
    pub(super) reads: ReadBudget,
    registry: Arc<SocketRegistry>,
    _permit: SocketPermit,
}

/// One of the sockets that a user may have, given back when dropped.
pub(super) struct SocketPermit {
    registry: Arc<SocketRegistry>,
    user: UserId,
}

impl SocketRegistry {
    pub(crate) fn new(max_per_user: usize) -> Arc<Self> {
        Arc::new(Self { max_per_user, known: Mutex::default() })
    }

    /// A permit for one more socket of a user, unless all are taken.
    pub(super) fn permit(self: &Arc<Self>, user: UserId) -> Option<SocketPermit> {
        let mut known = self.known.lock();
        let taken = known.permits.entry(user).or_default();
        if *taken >= self.max_per_user {
            return None;
        }
        *taken += 1;
        Some(SocketPermit { registry: Arc::clone(self), user })
    }

    /// Registers a socket until it is dropped.
    pub(super) fn register(
        self: &Arc<Self>,
        sid: Sid,
        subscription: Subscription,
        session: Arc<EngineSession>,
        permit: SocketPermit,
    ) -> Arc<ConnectedSocket> {
        let socket = Arc::new(ConnectedSocket {
            sid,
            subscription: Arc::new(subscription),
            session,
            reads: ReadBudget::default(),
            registry: Arc::clone(self),
            _permit: permit,
        });
        self.known.lock().by_id.insert(socket.subscription.id, Arc::downgrade(&socket));
        socket
    }

    /// The socket of a subscription.
    pub(super) fn get(&self, id: SubscriptionId) -> Option<Arc<ConnectedSocket>> {
        self.known.lock().by_id.get(&id)?.upgrade()
    }
}

impl Drop for ConnectedSocket {
    fn drop(&mut self) {
        self.registry.known.lock().by_id.remove(&self.subscription.id);
    }
}

impl Drop for SocketPermit {
    fn drop(&mut self) {
        let mut known = self.registry.known.lock();
        if let Some(taken) = known.permits.get_mut(&self.user) {
            *taken -= 1;
            if *taken == 0 {
                known.permits.remove(&self.user);
            }
        }
    }
}
