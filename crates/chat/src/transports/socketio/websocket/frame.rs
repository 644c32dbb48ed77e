//! Frames that a server sends (RFC 6455, section 5.2): not masked, and always whole.

use serde::Serialize;

/// Text, final.
const TEXT: u8 = 0x81;
/// An Engine.IO message (`4`) that is a Socket.IO event (`2`) of the namespace `/`.
const EVENT: &[u8] = b"42";
/// An Engine.IO message (`4`) that is a Socket.IO acknowledgement (`3`) of the namespace `/`.
const ACK: &[u8] = b"43";
/// Maximum bytes of a frame's head.
const MAX_HEAD: usize = 10;

/// Appends a Socket.IO event as one text frame. The name needs no escapes, and `arguments` is a tuple.
pub(in super::super) fn append_event(to: &mut Vec<u8>, name: &str, arguments: &impl Serialize) {
    let start = to.len();
    // The head is as long as the payload needs, which is known afterwards.
    to.extend_from_slice(&[0; MAX_HEAD]);
    to.extend_from_slice(EVENT);
    to.extend_from_slice(b"[\"");
    to.extend_from_slice(name.as_bytes());
    to.push(b'"');
    let list = to.len();
    serde_json::to_writer(&mut *to, arguments).expect("arguments have only names, numbers and lists");
    // One list: what began the list of arguments goes on with that of the event.
    to[list] = b',';
    let payload = to.len() - start - MAX_HEAD;
    let (head, length) = head(payload);
    to[start..start + length].copy_from_slice(&head[..length]);
    to.copy_within(start + MAX_HEAD.., start + length);
    to.truncate(start + length + payload);
}

/// The head of a text frame, and its length.
#[expect(clippy::cast_possible_truncation, reason = "each length is below the bound of its branch")]
fn head(payload: usize) -> ([u8; MAX_HEAD], usize) {
    let mut head = [0; MAX_HEAD];
    head[0] = TEXT;
    match payload {
        0..126 => {
            head[1] = payload as u8;
            (head, 2)
        }
        126..65_536 => {
            head[1] = 126;
            head[2..4].copy_from_slice(&(payload as u16).to_be_bytes());
            (head, 4)
        }
        _ => {
            head[1] = 127;
            head[2..].copy_from_slice(&(payload as u64).to_be_bytes());
            (head, MAX_HEAD)
        }
    }
}

/// A whole frame, or the beginning of one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'a> {
    /// Bytes of the whole frame.
    pub(super) length: usize,
    /// Bytes of its whole payload.
    pub(super) payload_length: usize,
    is_text: bool,
    /// What of the payload is at hand.
    payload: &'a [u8],
}

impl<'a> Frame<'a> {
    /// The frame that begins here. None when its head is not complete.
    pub(super) fn at(bytes: &'a [u8]) -> Option<Self> {
        let (head, payload) = match *bytes.get(1)? {
            126 => (4, u64::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
            127 => (10, u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)),
            // The highest bit would be a mask, which servers do not send.
            length => (2, u64::from(length & 0x7f)),
        };
        let payload_length = usize::try_from(payload).ok()?;
        let length = head + payload_length;
        let payload = bytes.get(head..length.min(bytes.len()))?;
        Some(Self { length, payload_length, is_text: bytes[0] == TEXT, payload })
    }

    /// What is at hand of a text.
    pub(super) fn text(&self) -> Option<&'a [u8]> {
        self.is_text.then_some(self.payload)
    }

    /// Whether it is an acknowledgement.
    pub(super) fn is_ack(&self) -> bool {
        self.is_text && self.payload.starts_with(ACK)
    }

    /// Whether it is this event.
    pub(super) fn is_event(&self, name: &str) -> bool {
        let json = self.payload.strip_prefix(EVENT).filter(|_| self.is_text);
        let name = json.and_then(|json| json.strip_prefix(b"[\"")?.strip_prefix(name.as_bytes()));
        name.is_some_and(|rest| rest.starts_with(b"\""))
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;

    use super::*;

    #[test]
    fn a_head_is_what_another_implementation_reads() {
        for length in [0, 1, 115, 116, 117, 65_525, 65_526, 65_527, 70_000] {
            let mut bytes = b"before".to_vec();
            append_event(&mut bytes, "x", &("x".repeat(length),));
            let frame = &bytes[6..];
            let (header, payload) = FrameHeader::parse(&mut io::Cursor::new(frame)).unwrap().unwrap();
            assert_eq!(header.mask, None);
            assert_eq!(header.len(payload) as u64 + payload, frame.len() as u64);
            assert_eq!(payload as usize, "42[\"x\",\"\"]".len() + length);
            assert_eq!(Frame::at(frame).unwrap().length, frame.len());
            assert!(frame.ends_with(b"\"]") && bytes.starts_with(b"before"));
        }
    }

    #[test]
    fn the_length_is_known_once_the_head_is_complete() {
        let mut bytes = Vec::new();
        append_event(&mut bytes, "x", &("x".repeat(300),));
        assert!((0..4).all(|head| Frame::at(&bytes[..head]).is_none()));
        assert!((4..bytes.len()).all(|end| Frame::at(&bytes[..end]).unwrap().length == bytes.len()));
    }

    #[test]
    fn an_acknowledgement_is_no_event() {
        let event = Frame::at(b"\x81\x0742[\"~\"]").unwrap();
        assert!(event.is_event("~") && !event.is_event("other") && !event.is_ack());
        let ack = Frame::at(b"\x81\x0a437[\"done\"]").unwrap();
        assert!(ack.is_ack() && !ack.is_event("done"));
        let close = Frame::at(b"\x88\x0243").unwrap();
        assert!(!close.is_ack(), "only a text frame is a packet");
    }
}
