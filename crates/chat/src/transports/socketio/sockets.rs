//! The connected sockets: which subscription is which socket, and what a socket has under way.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use socketioxide::socket::Sid;
use store::UserId;
use web::{Permit, Permits};

use super::broadcast::{Broadcasts, Format};
use super::engine_sessions::EngineSession;
use super::entry_path::EntryPath;
use super::read_budget::ReadBudget;
use crate::hub::{Subscription, SubscriptionId};

/// The sockets of this process that were admitted.
pub(super) struct SocketRegistry {
    /// Counts sockets that are in or on their way in.
    permits: Permits<UserId>,
    broadcasts: Arc<Broadcasts>,
    by_id: Mutex<HashMap<SubscriptionId, Weak<ConnectedSocket>>>,
}

/// A socket whose token was accepted. The library's socket holds it, and it does not hold that one.
pub(super) struct ConnectedSocket {
    pub(super) socket_id: Sid,
    pub(super) subscription: Arc<Subscription>,
    pub(super) engine_session: Arc<EngineSession>,
    pub(super) entries: EntryPath,
    pub(super) reads: ReadBudget,
    registry: Arc<SocketRegistry>,
    _permit: Permit<UserId>,
}

impl SocketRegistry {
    /// With a maximum of sockets for each user.
    pub(super) fn new(max_per_user: usize, broadcasts: Arc<Broadcasts>) -> Arc<Self> {
        let permits = Permits::new(usize::MAX, Some(max_per_user));
        Arc::new(Self { permits, broadcasts, by_id: Mutex::default() })
    }

    /// A permit for one more socket of a user, unless all are taken.
    pub(super) fn permit(&self, user: UserId) -> Option<Permit<UserId>> {
        self.permits.take(user).ok()
    }

    /// Registers a socket until it is dropped.
    pub(super) fn register(
        self: &Arc<Self>,
        socket_id: Sid,
        subscription: Subscription,
        engine_session: Arc<EngineSession>,
        permit: Permit<UserId>,
    ) -> Arc<ConnectedSocket> {
        let format = if subscription.capabilities.batch { Format::Batch } else { Format::Single };
        let socket = Arc::new(ConnectedSocket {
            socket_id,
            entries: EntryPath::new(Arc::clone(&self.broadcasts), subscription.id, format),
            subscription: Arc::new(subscription),
            engine_session,
            reads: ReadBudget::default(),
            registry: Arc::clone(self),
            _permit: permit,
        });
        self.by_id.lock().insert(socket.subscription.id, Arc::downgrade(&socket));
        socket
    }

    /// The socket of a subscription.
    pub(super) fn get(&self, id: SubscriptionId) -> Option<Arc<ConnectedSocket>> {
        self.by_id.lock().get(&id)?.upgrade()
    }
}

impl Drop for ConnectedSocket {
    fn drop(&mut self) {
        self.registry.by_id.lock().remove(&self.subscription.id);
    }
}
