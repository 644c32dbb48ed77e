//! The connected sockets: which subscription is which socket, and what a socket has under way.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use socketioxide::extract::SocketRef;
use socketioxide::socket::Sid;
use store::UserId;
use tokio::sync::SemaphorePermit;
use web::{Permit, Permits};

use super::backlog::Backlog;
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

/// A socket whose token was accepted. The handlers of the library's socket hold it, and it does not hold that one.
pub(super) struct ConnectedSocket {
    pub(super) socket_id: Sid,
    pub(super) subscription: Arc<Subscription>,
    pub(super) engine_session: Arc<EngineSession>,
    pub(super) entries: EntryPath,
    reads: ReadBudget,
    registry: Arc<SocketRegistry>,
    _permit: Permit<UserId>,
}

/// The socket of an engine session. It is in the extensions of its handshake request: those of the library's sockets would
/// take more memory.
#[derive(Default)]
pub(super) struct SocketSlot(Mutex<Weak<ConnectedSocket>>);

impl SocketSlot {
    fn of(socket: &SocketRef) -> Option<&Self> {
        socket.req_parts().extensions.get::<Arc<Self>>().map(Arc::as_ref)
    }

    /// Sets the socket of an engine session. The library has one at a time.
    pub(super) fn fill(socket: &SocketRef, connected: &Arc<ConnectedSocket>) {
        if let Some(slot) = Self::of(socket) {
            *slot.0.lock() = Arc::downgrade(connected);
        }
    }

    /// The socket that is set.
    pub(super) fn get(socket: &SocketRef) -> Option<Arc<ConnectedSocket>> {
        Self::of(socket)?.0.lock().upgrade()
    }

    /// Sets none. False if this one was not set.
    pub(super) fn clear(socket: &SocketRef, connected: &ConnectedSocket) -> bool {
        let Some(slot) = Self::of(socket) else { return false };
        let mut set = slot.0.lock();
        let is_set = std::ptr::eq(set.as_ptr(), connected);
        if is_set {
            *set = Weak::new();
        }
        is_set
    }
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

impl ConnectedSocket {
    /// What the library holds for it.
    pub(super) fn backlog(&self) -> &Arc<Backlog> {
        self.engine_session.backlog()
    }

    /// A permit to read, unless too much is on its way already.
    pub(super) fn begin_read(&self) -> Option<SemaphorePermit<'_>> {
        self.reads.begin(self.backlog())
    }
}

impl Drop for ConnectedSocket {
    fn drop(&mut self) {
        self.registry.by_id.lock().remove(&self.subscription.id);
    }
}
