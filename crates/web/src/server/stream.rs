//! The byte stream that hyper is given: a TCP stream that others can shut from outside.
//!
//! The stream is shared and never duplicated: no second file descriptor keeps a connection open after its
//! `TrackedStream` is gone, for any reason (HTTP over, upgrade over, task dropped).

use std::io;
use std::net::Shutdown;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::client_address::ClientNetwork;
use super::connection::SharedSocket;
use crate::Permit;

/// A TCP stream and its permit, which is returned when this is dropped. What goes over it is counted.
///
/// Its methods take `&self`, so that an upgraded connection can be read and written by several owners.
#[derive(Debug)]
pub struct TrackedStream {
    socket: Arc<SharedSocket>,
    _permit: Permit<ClientNetwork>,
}

impl TrackedStream {
    pub(super) fn new(socket: Arc<SharedSocket>, permit: Permit<ClientNetwork>) -> Self {
        Self { socket, _permit: permit }
    }

    /// Reads what has arrived; waits if there is nothing. One reader at a time can wait.
    ///
    /// # Errors
    /// When the connection is broken.
    pub fn poll_read(&self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        loop {
            ready!(self.socket.stream.poll_read_ready(cx))?;
            let filled = buf.filled().len();
            match self.socket.stream.try_read(buf.initialize_unfilled()) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
                Ok(bytes) => {
                    buf.set_filled(filled + bytes);
                    self.socket.count_read(bytes);
                    return Poll::Ready(Ok(()));
                }
            }
        }
    }

    /// Writes as much as the kernel takes now.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] when it takes nothing now; others when the connection is broken.
    pub fn try_write(&self, buf: &[u8]) -> io::Result<usize> {
        self.socket.stream.try_write(buf).inspect(|&bytes| self.socket.count_written(bytes))
    }

    /// As [`TrackedStream::try_write`], of several buffers in their order.
    ///
    /// # Errors
    /// As [`TrackedStream::try_write`].
    pub fn try_write_vectored(&self, bufs: &[io::IoSlice<'_>]) -> io::Result<usize> {
        self.socket.stream.try_write_vectored(bufs).inspect(|&bytes| self.socket.count_written(bytes))
    }

    /// Waits until a write may succeed. One writer at a time can wait here; see [`TrackedStream::writable`].
    ///
    /// # Errors
    /// When the runtime shuts down.
    pub fn poll_write_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.socket.stream.poll_write_ready(cx)
    }

    /// Waits until a write may succeed, beside the writer that waits by [`TrackedStream::poll_write_ready`].
    ///
    /// # Errors
    /// When the runtime shuts down.
    pub async fn writable(&self) -> io::Result<()> {
        self.socket.stream.writable().await
    }

    /// Shuts the connection in one or both directions. Does nothing when the other end was first.
    pub fn shut(&self, how: Shutdown) {
        // It fails only if the other end has closed it first.
        let _ = SockRef::from(&self.socket.stream).shutdown(how);
    }

    /// Tries to write whenever the stream is ready for it, until a write does not block.
    fn poll_try_write(
        &self,
        cx: &mut Context<'_>,
        write: impl Fn(&Self) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.socket.stream.poll_write_ready(cx))?;
            match write(self) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                done => return Poll::Ready(done),
            }
        }
    }
}

impl AsyncRead for TrackedStream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Self::poll_read(&self, cx, buf)
    }
}

impl AsyncWrite for TrackedStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_try_write(cx, |stream| stream.try_write(buf))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_try_write(cx, |stream| stream.try_write_vectored(bufs))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.shut(Shutdown::Write);
        Poll::Ready(Ok(()))
    }
}
