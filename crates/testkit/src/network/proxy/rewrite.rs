//! Rewrites what clients send: each occurrence of some bytes becomes others of the same length.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::watch;

/// The bytes to replace and their replacement.
pub type Rule = (&'static str, &'static str);

pub(super) type Rules = Vec<Rule>;

/// Prevents WebSockets: the official client stays on polling.
pub const NO_WEBSOCKET: Rule = ("transport=websocket", "transport=webs0cket");
/// Prevents Socket.IO sessions. Pages and their files are served as usual.
pub const NO_SOCKET_IO: Rule = ("/socket.io/?", "/socket.no/?");
/// Puts a control character into a text that contains this word, so that the server rejects it.
pub const REFUSED: Rule = ("REFUSE", "\\u0007");

const CHUNK_BYTES: usize = 64 * 1024;

/// Forwards bytes until the stream ends, rewritten by the current rules. A match across two reads is missed.
pub(super) async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    rules: Option<&watch::Receiver<Rules>>,
) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK_BYTES];
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
