//! Taking over a connection after the answer `101 Switching Protocols`.

use std::io;

use axum::http::Extensions;
use bytes::Bytes;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;

use super::stream::TrackedStream;

/// The right to a request's connection once the request is answered with 101.
#[derive(Debug)]
pub struct Upgrade(OnUpgrade);

impl Upgrade {
    /// Takes it from a request, so that nothing else can use it. None if the connection cannot be upgraded.
    pub fn take(request: &mut Extensions) -> Option<Self> {
        request.remove().map(Self)
    }

    /// The connection, and what was read of it already. Waits until the answer is written.
    ///
    /// # Errors
    /// When the answer is another one, when the connection breaks first, or when it is not of this server.
    pub async fn connection(self) -> io::Result<(TrackedStream, Bytes)> {
        let upgraded = self.0.await.map_err(io::Error::other)?;
        match upgraded.downcast::<TokioIo<TrackedStream>>() {
            // A copy: the buffer is as large as a request's head may be.
            Ok(parts) => Ok((parts.io.into_inner(), Bytes::copy_from_slice(&parts.read_buf))),
            Err(_) => Err(io::Error::other("the connection is not of this server")),
        }
    }
}
