//! A handle on the TCP connection that a request came over.

use std::net::{Shutdown, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use socket2::SockRef;
use tokio::net::TcpStream;

use crate::{Problem, Refusal};

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// The connection of a request, in its extensions. It keeps nothing open and may outlive the connection, also across an
/// upgrade. Two handles are equal when they are of one connection.
#[derive(Debug, Clone)]
pub struct Connection {
    id: u64,
    peer: SocketAddr,
    socket: Weak<SharedSocket>,
}

/// A TCP stream, and counters of the bytes that went over it.
#[derive(Debug)]
pub(super) struct SharedSocket {
    pub(super) stream: TcpStream,
    written: AtomicU64,
    read: AtomicU64,
}

impl SharedSocket {
    pub(super) fn new(stream: TcpStream) -> Arc<Self> {
        Arc::new(Self { stream, written: AtomicU64::new(0), read: AtomicU64::new(0) })
    }

    /// Counts bytes that the kernel took for the other end.
    pub(super) fn count_written(&self, bytes: usize) {
        self.written.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Counts bytes that came from the other end.
    pub(super) fn count_read(&self, bytes: usize) {
        self.read.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

impl Connection {
    pub(super) fn of(socket: &Arc<SharedSocket>, peer: SocketAddr) -> Self {
        Self { id: NEXT_ID.fetch_add(1, Ordering::Relaxed), peer, socket: Arc::downgrade(socket) }
    }

    #[cfg(test)]
    pub(crate) fn detached(peer: SocketAddr) -> Self {
        Self { id: 0, peer, socket: Weak::new() }
    }

    /// Unique in this process.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The other end of the TCP connection, which may be a proxy ([`crate::ClientAddress`]).
    pub fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// Whether something here still holds the socket.
    pub fn is_open(&self) -> bool {
        self.socket.strong_count() > 0
    }

    /// Shuts the TCP connection down in both directions, whatever is being done over it. What the kernel has taken
    /// already is still delivered; a reader or writer of the connection here finds it ended and drops it. Does nothing
    /// when it is gone.
    pub fn shut(&self) {
        if let Some(socket) = self.socket.upgrade() {
            // It fails only if the other end has closed it first.
            let _ = SockRef::from(&socket.stream).shutdown(Shutdown::Both);
        }
    }

    /// Bytes that the kernel has taken for the other end; 0 when the connection is gone.
    pub fn written(&self) -> u64 {
        self.socket.upgrade().map_or(0, |socket| socket.written.load(Ordering::Relaxed))
    }

    /// Bytes that came from the other end; 0 when the connection is gone.
    pub(super) fn read(&self) -> u64 {
        self.socket.upgrade().map_or(0, |socket| socket.read.load(Ordering::Relaxed))
    }
}

impl PartialEq for Connection {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Connection {}

impl<S: Sync> FromRequestParts<S> for Connection {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Refusal::internal().into())
    }
}
