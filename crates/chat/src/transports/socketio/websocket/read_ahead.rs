//! Bytes of a connection that were read before the library asked for them, in their order.

use bytes::{Buf, Bytes};
use tokio::io::ReadBuf;

/// What was read and not asked for yet. It takes no memory while there is nothing, and little where it is kept.
#[derive(Default)]
pub(super) struct ReadAhead(Option<Box<Bytes>>);

impl ReadAhead {
    pub(super) fn new(bytes: Bytes) -> Self {
        Self((!bytes.is_empty()).then(|| Box::new(bytes)))
    }

    /// Gives as much as there is room for. False if there is nothing.
    pub(super) fn give(&mut self, buf: &mut ReadBuf<'_>) -> bool {
        let Some(ahead) = &mut self.0 else { return false };
        let given = ahead.len().min(buf.remaining());
        buf.put_slice(&ahead[..given]);
        ahead.advance(given);
        if ahead.is_empty() {
            self.0 = None;
        }
        true
    }

    /// Gives what was read as far as there is room for it, and keeps the rest. Called when there is nothing.
    pub(super) fn give_and_keep(&mut self, read: &[u8], buf: &mut ReadBuf<'_>) {
        let (given, rest) = read.split_at(read.len().min(buf.remaining()));
        buf.put_slice(given);
        if !rest.is_empty() {
            *self = Self::new(Bytes::copy_from_slice(rest));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_bytes_come_once_and_in_order_however_little_is_asked_for() {
        let read: Vec<u8> = (0..=u8::MAX).collect();
        for room in 1..=read.len() + 1 {
            for handed_over in [false, true] {
                let mut ahead = ReadAhead::default();
                let (mut got, mut part) = (Vec::new(), vec![0; room]);
                match handed_over {
                    true => ahead = ReadAhead::new(Bytes::copy_from_slice(&read)),
                    false => {
                        let mut buf = ReadBuf::new(&mut part);
                        ahead.give_and_keep(&read, &mut buf);
                        got.extend_from_slice(buf.filled());
                    }
                }
                loop {
                    let mut buf = ReadBuf::new(&mut part);
                    if !ahead.give(&mut buf) {
                        break;
                    }
                    got.extend_from_slice(buf.filled());
                }
                assert_eq!(got, read, "{room} bytes at a time");
                assert!(ahead.0.is_none(), "nothing is kept in the end");
            }
        }
    }
}
