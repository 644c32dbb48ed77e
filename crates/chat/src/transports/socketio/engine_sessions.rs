//! Engine.IO sessions: how many there are, and how to end one, which the library cannot do from outside.
//!
//! A session's own handle is in the extensions of its handshake request, which the library keeps exactly as long as the
//! session. So the session counts until the handle is dropped, and nothing has to be cleaned up.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use parking_lot::Mutex;
use socketioxide::socket::Sid;
use tokio::time::Instant;
use tower::{Service, ServiceExt};
use web::{ClientNetwork, Connection, Full, Permit, Permits};

use super::backlog::Backlog;
use super::engine_polls::Polls;
use super::engine_transports::EngineTransports;
use super::refusal_log;
use super::websocket::Wire;

/// Timeout for joining the namespace.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Every engine session of this process.
pub(super) struct EngineSessions {
    permits: Permits<ClientNetwork>,
    by_engine_id: Mutex<HashMap<Sid, Weak<EngineSession>>>,
    closer: OnceLock<Closer>,
}

/// Closes a polling session of that id in the library.
type Closer = Box<dyn Fn(Sid) + Send + Sync>;

/// One engine session, over any transport.
pub(super) struct EngineSession {
    registry: Arc<EngineSessions>,
    _permit: Permit<ClientNetwork>,
    address: IpAddr,
    /// Whether its end needs no line in the log: it joined the namespace, or the log has the reason already.
    is_explained: AtomicBool,
    engine_id: OnceLock<Sid>,
    is_over: AtomicBool,
    /// None once a websocket carries it.
    polls: Mutex<Option<Arc<Polls>>>,
    transports: Mutex<EngineTransports>,
    backlog: Arc<Backlog>,
    wire: OnceLock<Weak<Wire>>,
    /// Since when it is in no namespace, which is limited to [`CONNECT_TIMEOUT`].
    idle_since: Mutex<Option<Instant>>,
}

impl EngineSessions {
    /// With a maximum of sessions in all, and of one client network.
    pub(super) fn new(max: usize, max_per_network: usize) -> Arc<Self> {
        let permits = Permits::with_gauge("natter_sessions", max, Some(max_per_network));
        Arc::new(Self { permits, by_engine_id: Mutex::default(), closer: OnceLock::new() })
    }

    /// Opens a session for a handshake from an address.
    pub(super) fn open(self: &Arc<Self>, address: IpAddr) -> Result<Arc<EngineSession>, Full> {
        let permit = self.permits.take(ClientNetwork::of(address))?;
        let backlog = Arc::<Backlog>::default();
        Ok(Arc::new(EngineSession {
            registry: Arc::clone(self),
            _permit: permit,
            address,
            is_explained: AtomicBool::new(false),
            engine_id: OnceLock::new(),
            is_over: AtomicBool::new(false),
            polls: Mutex::new(Some(Arc::new(Polls::new(Arc::clone(&backlog))))),
            transports: Mutex::default(),
            backlog,
            wire: OnceLock::new(),
            idle_since: Mutex::new(Some(Instant::now())),
        }))
    }

    /// Registers a session under its id.
    pub(super) fn register(&self, session: &Arc<EngineSession>, engine_id: Sid) {
        if session.engine_id.set(engine_id).is_ok() {
            self.by_engine_id.lock().insert(engine_id, Arc::downgrade(session));
        }
    }

    /// The session of that id.
    pub(super) fn find(&self, engine_id: Sid) -> Option<Arc<EngineSession>> {
        self.by_engine_id.lock().get(&engine_id)?.upgrade()
    }

    /// Every registered session.
    pub(super) fn all(&self) -> Vec<Arc<EngineSession>> {
        self.by_engine_id.lock().values().filter_map(Weak::upgrade).collect()
    }

    /// Lets sessions be closed in the library, which closes a polling session only at its client's request: so it gets
    /// such a request.
    pub(super) fn set_closer<S>(&self, service: S)
    where
        S: Service<Request<Body>> + Clone + Send + Sync + 'static,
        S::Future: Send,
    {
        let closer = move |engine_id: Sid| {
            let uri = format!("/socket.io/?EIO=4&transport=polling&sid={engine_id}");
            let Ok(request) = Request::post(uri).body(Body::from("1")) else { return };
            let closing = service.clone().oneshot(request);
            tokio::spawn(async move { closing.await.is_ok() });
        };
        let _ = self.closer.set(Box::new(closer));
    }
}

impl EngineSession {
    /// Marks the session as over: nothing that arrives over it has an effect any more.
    pub(super) fn end(&self) {
        self.is_over.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::SeqCst)
    }

    /// The address of its client.
    pub(super) fn address(&self) -> IpAddr {
        self.address
    }

    /// The log has the reason for its end already.
    pub(super) fn mark_explained(&self) {
        self.is_explained.store(true, Ordering::Relaxed);
    }

    /// Shuts the connections that carry the session, and the session itself, at once.
    pub(super) fn shut(&self) {
        self.end();
        self.transports.lock().shut();
        self.wire().iter().for_each(|wire| wire.end());
        if let (Some(&engine_id), Some(close)) = (self.engine_id.get(), self.registry.closer.get()) {
            // The library refuses it for a session over a websocket.
            close(engine_id);
        }
    }

    /// The session was upgraded to a websocket, unless it is over.
    pub(super) fn upgrade(&self, connection: Connection) {
        self.settle();
        self.transports.lock().add_websocket(connection);
        if self.is_over() {
            self.shut();
        }
    }

    /// The library writes to this websocket only.
    pub(super) fn carry(&self, wire: &Arc<Wire>) {
        let _ = self.wire.set(Arc::downgrade(wire));
        *self.polls.lock() = None;
    }

    /// Its polls, unless a websocket carries it.
    pub(super) fn polls(&self) -> Option<Arc<Polls>> {
        self.polls.lock().clone()
    }

    /// The websocket that carries it.
    pub(super) fn wire(&self) -> Option<Arc<Wire>> {
        self.wire.get()?.upgrade()
    }

    /// Whether its client polls.
    pub(super) fn is_polling(&self) -> bool {
        self.transports.lock().is_polling()
    }

    /// What the library holds for it.
    pub(super) fn backlog(&self) -> &Arc<Backlog> {
        &self.backlog
    }

    /// Bytes that have gone out over it.
    pub(super) fn written(&self) -> u64 {
        self.transports.lock().written()
    }

    /// Notes the bytes of an answer to a request.
    pub(super) fn count_polled(&self, bytes: u64) {
        self.transports.lock().count_polled(bytes);
    }

    /// A request of this session is being answered until the guard is dropped.
    pub(super) fn begin_poll(self: &Arc<Self>, connection: Connection) -> Poll {
        self.transports.lock().begin_poll(connection.clone());
        Poll { session: Arc::clone(self), connection }
    }

    fn settle(&self) {
        self.polls.lock().iter().for_each(|polls| polls.settle());
    }

    /// A CONNECT was refused.
    pub(super) fn mark_refused(&self) {
        self.settle();
    }

    /// The session joined the namespace.
    pub(super) fn joined(&self) {
        self.settle();
        self.mark_explained();
        *self.idle_since.lock() = None;
    }

    /// The session left the namespace, and may join again until [`CONNECT_TIMEOUT`].
    pub(super) fn left(&self) {
        *self.idle_since.lock() = Some(Instant::now());
    }

    /// Whether it has been in no namespace for too long.
    pub(super) fn is_idle(&self) -> bool {
        self.idle_since.lock().is_some_and(|since| since.elapsed() > CONNECT_TIMEOUT)
    }
}

impl Drop for EngineSession {
    fn drop(&mut self) {
        if !*self.is_explained.get_mut() {
            refusal_log::never_connected(self.address);
        }
        if let Some(engine_id) = self.engine_id.get() {
            self.registry.by_engine_id.lock().remove(engine_id);
        }
    }
}

/// A request of a session that is being answered.
pub(super) struct Poll {
    session: Arc<EngineSession>,
    connection: Connection,
}

impl Drop for Poll {
    fn drop(&mut self) {
        self.session.transports.lock().end_poll(&self.connection);
    }
}
