//! The byte stream that the library's websocket is given.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use web::TrackedStream;

use super::wire::Wire;

/// Observes a websocket that is to take over a polling session.
pub(in super::super) trait Upgrade: Send {
    /// The library has answered the probe. From then on it writes to the websocket only.
    fn probed(&self, wire: &Arc<Wire>);

    /// The websocket ended, before that or after.
    fn ended(&self, wire: &Arc<Wire>);
}

/// The library's end of a [`Wire`]. When it is dropped, the connection ends.
pub(in super::super) struct WireStream {
    wire: Arc<Wire>,
    /// What the HTTP server had read already.
    read_ahead: Bytes,
    upgrade: Option<Box<dyn Upgrade>>,
    is_probed: bool,
}

impl WireStream {
    /// A stream over a connection, and its other users' handle.
    pub(in super::super) fn new(tcp: TrackedStream, read_ahead: Bytes) -> (Self, Arc<Wire>) {
        let wire = Wire::new(tcp);
        (Self { wire: Arc::clone(&wire), read_ahead, upgrade: None, is_probed: false }, wire)
    }

    /// Observes the upgrade of a polling session.
    pub(in super::super) fn upgrading(mut self, upgrade: impl Upgrade + 'static) -> Self {
        self.upgrade = Some(Box::new(upgrade));
        self
    }
}

impl AsyncRead for WireStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.read_ahead.is_empty() {
            return self.wire.poll_read(cx, buf);
        }
        let ahead = self.read_ahead.len().min(buf.remaining());
        buf.put_slice(&self.read_ahead[..ahead]);
        self.read_ahead.advance(ahead);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for WireStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = ready!(self.wire.poll_write(cx, buf))?;
        // The first thing that the library writes to an upgrading session is its answer to the probe.
        if let Some(upgrade) =
            self.upgrade.as_ref().filter(|_| !self.is_probed && self.wire.is_library_done())
        {
            upgrade.probed(&self.wire);
            self.is_probed = true;
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
        if let Some(upgrade) = &self.upgrade {
            upgrade.ended(&self.wire);
        }
    }
}
