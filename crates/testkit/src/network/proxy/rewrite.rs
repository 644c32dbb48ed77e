//! A box in the network that alters what clients say: each occurrence of some bytes becomes others of the same length.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::watch;

/// What becomes what.
pub type Rule = (&'static str, &'static str);

pub(super) type Rules = Vec<Rule>;

/// No WebSocket opens: the official client goes on by polling.
pub const NO_WEBSOCKET: Rule = ("transport=websocket", "transport=webs0cket");
/// No Socket.IO session opens, while the pages and what they load are served as ever.
pub const NO_SOCKET_IO: Rule = ("/socket.io/?", "/socket.no/?");
/// A text that says so reaches the server with a control character in it, which is refused for good.
pub const REFUSED: Rule = ("REFUSE", "\\u0007");

const CHUNK: usize = 64 * 1024;

/// Carries bytes until their end, altered by the rules of the moment. What is cut in two by the network is missed.
pub(super) async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    rules: Option<&watch::Receiver<Rules>>,
) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK];
    loop {
        let count = from.read(&mut chunk).await?;
        if count == 0 {
            return to.shutdown().await;
        }
        let bytes = &mut chunk[..count];
        for (old, new) in rules.iter().flat_map(|rules| rules.borrow().clone()) {
            replace(bytes, old.as_bytes(), new.as_bytes());
        }
        to.write_all(bytes).await?;
    }
}

fn replace(bytes: &mut [u8], old: &[u8], new: &[u8]) {
    for start in 0..(bytes.len() + 1).saturating_sub(old.len()) {
        let place = &mut bytes[start..start + old.len()];
        if place == old {
            place.copy_from_slice(new);
        }
    }
}
