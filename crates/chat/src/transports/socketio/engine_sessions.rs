//! Engine.IO sessions: how many there are, and how to end one, which the library cannot do from outside.
//!
//! A session's own handle lives in its handshake request's extensions, which the library keeps exactly as long as the
//! session; so it counts until it is dropped, and nothing has to be cleaned up.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use parking_lot::Mutex;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use tower::{Service, ServiceExt};
use web::{Connection, Full, Permit, Permits, network_of};

use super::refusal_log;

/// Timeout for joining the namespace.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a first poll may wait for what its client says beside it. A client that says nothing is answered then.
const FIRST_ANSWER_GRACE: Duration = Duration::from_secs(1);

/// Every session of this process.
pub(crate) struct EngineSessions {
    permits: Permits<IpAddr>,
    by_sid: Mutex<HashMap<String, Weak<EngineSession>>>,
    closer: OnceLock<Closer>,
}

/// Closes a polling session of that id in the library.
type Closer = Box<dyn Fn(&str) + Send + Sync>;

/// One session, over whichever transport.
pub(crate) struct EngineSession {
    home: Arc<EngineSessions>,
    _permit: Permit<IpAddr>,
    address: IpAddr,
    /// Whether its end needs no line in the log: it joined the namespace, or it was said why it did not.
    explained: AtomicBool,
    sid: OnceLock<String>,
    over: AtomicBool,
    /// Once its first CONNECT was judged, or it goes on over a websocket.
    settled: CancellationToken,
    wires: Mutex<Wires>,
}

/// What carries a session.
#[derive(Default)]
struct Wires {
    /// The library answers every upgrade, also one that it then does not go on with, so there may be several.
    websockets: Vec<Connection>,
    /// Requests that are being answered.
    polls: Vec<Connection>,
    /// Since when it is in no namespace; a session may not stay so.
    idle_since: Option<Instant>,
    /// Bytes that went out as answers to requests.
    polled: u64,
}

impl EngineSessions {
    /// So many sessions at once, in all and from one client network.
    pub(crate) fn new(total: usize, per_network: usize) -> Arc<Self> {
        let permits = Permits::with_gauge("natter_sessions", total, Some(per_network));
        Arc::new(Self { permits, by_sid: Mutex::default(), closer: OnceLock::new() })
    }

    /// Opens a session for a handshake from an address.
    pub(super) fn open(self: &Arc<Self>, address: IpAddr) -> Result<Arc<EngineSession>, Full> {
        let permit = self.permits.take(network_of(address))?;
        let wires = Wires { idle_since: Some(Instant::now()), ..Wires::default() };
        Ok(Arc::new(EngineSession {
            home: Arc::clone(self),
            _permit: permit,
            address,
            explained: AtomicBool::new(false),
            sid: OnceLock::new(),
            over: AtomicBool::new(false),
            settled: CancellationToken::new(),
            wires: Mutex::new(wires),
        }))
    }

    /// Lets a session be found by its id.
    pub(super) fn name(&self, session: &Arc<EngineSession>, sid: &str) {
        if session.sid.set(sid.to_owned()).is_ok() {
            self.by_sid.lock().insert(sid.to_owned(), Arc::downgrade(session));
        }
    }

    pub(super) fn find(&self, sid: &str) -> Option<Arc<EngineSession>> {
        self.by_sid.lock().get(sid)?.upgrade()
    }

    /// Every session that has a name.
    pub(crate) fn all(&self) -> Vec<Arc<EngineSession>> {
        self.by_sid.lock().values().filter_map(Weak::upgrade).collect()
    }

    /// The library closes a polling session on its client's word alone, so that is what it is given.
    pub(super) fn set_closer<S>(&self, service: S)
    where
        S: Service<Request<Body>> + Clone + Send + Sync + 'static,
        S::Future: Send,
    {
        let closer = move |sid: &str| {
            let uri = format!("/socket.io/?EIO=4&transport=polling&sid={sid}");
            let Ok(request) = Request::post(uri).body(Body::from("1")) else { return };
            let closing = service.clone().oneshot(request);
            tokio::spawn(async move { closing.await.is_ok() });
        };
        let _ = self.closer.set(Box::new(closer));
    }
}

impl EngineSession {
    /// Marks the session as over: nothing that comes over it counts any more. False when it was so already.
    pub(super) fn end(&self) -> bool {
        !self.over.swap(true, Ordering::SeqCst)
    }

    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }

    /// The address of its client.
    pub(super) fn address(&self) -> IpAddr {
        self.address
    }

    /// The log says already what became of it.
    pub(super) fn mark_explained(&self) {
        self.explained.store(true, Ordering::Relaxed);
    }

    /// Shuts whatever carries the session, and the session itself, at once.
    pub(crate) fn shut(&self) {
        self.end();
        let wires = self.wires.lock();
        wires.polls.iter().chain(&wires.websockets).for_each(Connection::shut);
        drop(wires);
        if let (Some(sid), Some(close)) = (self.sid.get(), self.home.closer.get()) {
            // Of a session over a websocket the library refuses it.
            close(sid);
        }
    }

    /// The session goes on over a websocket, unless it is over.
    pub(super) fn upgrade(&self, connection: Connection) {
        self.settled.cancel();
        {
            let mut wires = self.wires.lock();
            wires.websockets.retain(Connection::is_open);
            wires.websockets.push(connection);
        }
        if self.is_over() {
            self.shut();
        }
    }

    /// Whether its client polls.
    pub(crate) fn is_polling(&self) -> bool {
        !self.wires.lock().websockets.iter().any(Connection::is_open)
    }

    /// Bytes that went out over it so far, whatever they were.
    pub(crate) fn written(&self) -> u64 {
        let wires = self.wires.lock();
        wires.polled + wires.websockets.iter().map(Connection::written).sum::<u64>()
    }

    /// Notes what the answer to a request bears.
    pub(super) fn polled(&self, bytes: u64) {
        self.wires.lock().polled += bytes;
    }

    /// A request of this session is being answered until the guard is dropped.
    pub(super) fn polling(self: &Arc<Self>, connection: Connection) -> Polling {
        self.wires.lock().polls.push(connection.clone());
        Polling { session: Arc::clone(self), connection }
    }

    /// Waits until there is something to answer a first poll with, but not for long. The library pings at once, which
    /// would end that poll and leave the answer to CONNECT, which the client sends beside it, to the next one: a round
    /// trip later.
    pub(super) async fn until_settled(&self) {
        let _ = timeout(FIRST_ANSWER_GRACE, self.settled.cancelled()).await;
    }

    /// A CONNECT was refused.
    pub(super) fn mark_refused(&self) {
        self.settled.cancel();
    }

    /// The session joined the namespace.
    pub(super) fn joined(&self) {
        self.settled.cancel();
        self.mark_explained();
        self.wires.lock().idle_since = None;
    }

    /// The session left the namespace, and may join again for a while.
    pub(super) fn left(&self) {
        self.wires.lock().idle_since = Some(Instant::now());
    }

    /// Whether it is in no namespace for longer than it may be.
    pub(super) fn is_idle(&self) -> bool {
        self.wires.lock().idle_since.is_some_and(|since| since.elapsed() > CONNECT_TIMEOUT)
    }
}

impl Drop for EngineSession {
    fn drop(&mut self) {
        if !*self.explained.get_mut() {
            refusal_log::never_connected(self.address);
        }
        if let Some(sid) = self.sid.get() {
            self.home.by_sid.lock().remove(sid);
        }
    }
}

/// A request of a session that is being answered.
pub(super) struct Polling {
    session: Arc<EngineSession>,
    connection: Connection,
}

impl Drop for Polling {
    fn drop(&mut self) {
        let mut wires = self.session.wires.lock();
        if let Some(index) = wires.polls.iter().position(|poll| *poll == self.connection) {
            wires.polls.swap_remove(index);
        }
    }
}
