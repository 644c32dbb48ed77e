//! The byte stream that the library's websocket is given.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use web::TrackedStream;

use super::super::backlog::Backlog;
use super::read_ahead::ReadAhead;
use super::wire::Wire;

/// Observes a websocket that is to take over a polling session.
pub(in super::super) trait Upgrade: Send {
    /// The library has answered the probe. From then on it writes to the websocket only.
    fn probed(&self, wire: &Arc<Wire>);

    /// The websocket ended, before that or after.
    fn ended(&self, wire: &Arc<Wire>);
}

/// Maximum bytes that are read at once. They are on the stack only, however little the library asks for.
const READ_BYTES: usize = 4 * 1024;

/// The library's end of a [`Wire`]. When it is dropped, the connection ends. It is small, since the library keeps room for
/// several of it in the task of each connection.
pub(in super::super) struct WireStream {
    wire: Arc<Wire>,
    read_ahead: ReadAhead,
    upgrading: Option<Box<Upgrading>>,
}

/// A websocket that is to take over a polling session.
struct Upgrading {
    observer: Box<dyn Upgrade>,
    is_probed: bool,
}

impl WireStream {
    /// A stream over a connection of a session, after what the HTTP server had read already, and its other users' handle.
    pub(in super::super) fn new(
        tcp: TrackedStream,
        read_ahead: Bytes,
        backlog: Arc<Backlog>,
    ) -> (Self, Arc<Wire>) {
        let wire = Wire::new(tcp, backlog);
        (Self { wire: Arc::clone(&wire), read_ahead: ReadAhead::new(read_ahead), upgrading: None }, wire)
    }

    /// Observes the upgrade of a polling session.
    pub(in super::super) fn upgrading(mut self, observer: impl Upgrade + 'static) -> Self {
        self.upgrading = Some(Box::new(Upgrading { observer: Box::new(observer), is_probed: false }));
        self
    }
}

impl AsyncRead for WireStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.wire.poll_may_read(cx));
        if self.read_ahead.give(buf) {
            return Poll::Ready(Ok(()));
        }
        let mut read = [MaybeUninit::uninit(); READ_BYTES];
        let mut read = ReadBuf::uninit(&mut read);
        ready!(self.wire.poll_read(cx, &mut read))?;
        self.read_ahead.give_and_keep(read.filled(), buf);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for WireStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = ready!(self.wire.poll_write(cx, buf))?;
        // The first thing that the library writes to an upgrading session is its answer to the probe.
        let WireStream { wire, upgrading, .. } = &mut *self;
        if let Some(upgrading) = upgrading.as_mut().filter(|it| !it.is_probed && wire.is_library_done()) {
            upgrading.observer.probed(wire);
            upgrading.is_probed = true;
        }
        Poll::Ready(Ok(written))
    }

    /// Nothing is buffered here.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.wire.shut_write();
        Poll::Ready(Ok(()))
    }
}

impl Drop for WireStream {
    fn drop(&mut self) {
        self.wire.end();
        if let Some(upgrading) = &self.upgrading {
            upgrading.observer.ended(&self.wire);
        }
    }
}
