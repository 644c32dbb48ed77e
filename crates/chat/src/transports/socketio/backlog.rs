//! What the library holds for one engine session, in bytes: packets that were given to it and have not gone out yet, over
//! either transport.
//!
//! A packet is counted by its JSON before the library gets it, and uncounted when that JSON is seen on its way out, so the
//! count is exact however long a client lags. What the server sends rarely, such as pings, is not counted at all.

use std::sync::atomic::{AtomicU64, Ordering};

/// Maximum bytes that wait for a session. With more its client does not keep up.
pub(super) const MAX_BACKLOG_BYTES: u64 = 4 * 1024 * 1024;
/// What a packet takes besides its JSON: its place in the library's buffer, and its share of an allocation.
pub(super) const PACKET_BYTES: u64 = 256;
/// How far into a packet its JSON begins at most: after the types of the packet, and the number of an acknowledgement.
const MAX_PREFIX: usize = 24;
/// An Engine.IO message (`4`) that is a Socket.IO event (`2`) or acknowledgement (`3`) of the namespace `/`.
const COUNTED: [&[u8]; 2] = [b"42", b"43"];

/// The bytes that wait for one session: those that were given to the library and have not gone out.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    given: AtomicU64,
    gone: AtomicU64,
}

/// A place in what goes out over a session: behind all that waits for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark(u64);

impl Backlog {
    /// Counts an event that the library is about to get: its name, and the JSON of its arguments without brackets. False
    /// when more waits than a session may have.
    pub(super) fn add_event(&self, name: &str, arguments: usize) -> bool {
        self.add(name.len() + arguments + r#"["",]"#.len())
    }

    /// Counts an acknowledgement that the library is about to get, as [`Backlog::add_event`].
    pub(super) fn add_answer(&self, answer: usize) -> bool {
        self.add(answer + "[]".len())
    }

    fn add(&self, json: usize) -> bool {
        let bytes = PACKET_BYTES + json as u64;
        let given = self.given.fetch_add(bytes, Ordering::Relaxed) + bytes;
        given.saturating_sub(self.gone.load(Ordering::Relaxed)) <= MAX_BACKLOG_BYTES
    }

    /// Uncounts an acknowledgement that the library did not take.
    pub(super) fn remove_answer(&self, answer: usize) {
        self.given.fetch_sub(PACKET_BYTES + (answer + "[]".len()) as u64, Ordering::Relaxed);
    }

    /// Uncounts what went out ([`counted_bytes`]).
    pub(super) fn remove(&self, bytes: u64) {
        self.gone.fetch_add(bytes, Ordering::Relaxed);
    }

    /// The bytes that wait.
    pub(super) fn bytes(&self) -> u64 {
        let gone = self.gone.load(Ordering::Relaxed);
        self.given.load(Ordering::Relaxed).saturating_sub(gone)
    }

    /// The place behind all that waits now.
    pub(super) fn mark(&self) -> Mark {
        Mark(self.given.load(Ordering::Relaxed))
    }

    /// Whether everything before a mark has gone out.
    pub(super) fn has_passed(&self, Mark(mark): Mark) -> bool {
        self.gone.load(Ordering::Relaxed) >= mark
    }
}

/// What a packet of `length` bytes counts for. Only its beginning need be at hand.
pub(super) fn counted_bytes(beginning: &[u8], length: usize) -> u64 {
    json_start(beginning).map_or(0, |prefix| PACKET_BYTES + length.saturating_sub(prefix) as u64)
}

/// Where the JSON of a packet begins that is counted.
fn json_start(packet: &[u8]) -> Option<usize> {
    let is_counted = COUNTED.iter().any(|kind| packet.starts_with(kind));
    packet.iter().take(MAX_PREFIX).position(|&byte| byte == b'[').filter(|_| is_counted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_out_is_no_longer_counted_and_nothing_else_is() {
        let backlog = Backlog::default();
        assert!(backlog.add_event("chat message", r#""a : b",{"seq":1}"#.len()));
        assert!(backlog.add_answer(r#"{"ok":true}"#.len()));
        for other in ["2", r#"40{"sid":"x"}"#, "41", "43"] {
            assert_eq!(counted_bytes(other.as_bytes(), other.len()), 0, "{other}");
        }
        let event = r#"42["chat message","a : b",{"seq":1}]"#;
        backlog.remove(counted_bytes(event.as_bytes(), event.len()));
        assert_eq!(backlog.bytes(), PACKET_BYTES + r#"[{"ok":true}]"#.len() as u64);
        let answer = r#"43123456[{"ok":true}]"#;
        backlog.remove(counted_bytes(&answer.as_bytes()[..10], answer.len()));
        assert_eq!(backlog.bytes(), 0);
    }

    #[test]
    fn a_mark_is_passed_once_all_before_it_has_gone_out() {
        let backlog = Backlog::default();
        assert!(backlog.has_passed(backlog.mark()), "nothing waits");
        let (one, other) = (r#"42["a",1]"#, r#"42["b",2]"#);
        backlog.add_event("a", 1);
        let mark = backlog.mark();
        backlog.add_event("b", 1);
        assert!(!backlog.has_passed(mark));
        backlog.remove(counted_bytes(one.as_bytes(), one.len()));
        assert!(backlog.has_passed(mark) && !backlog.has_passed(backlog.mark()));
        backlog.remove(counted_bytes(other.as_bytes(), other.len()));
        assert!(backlog.has_passed(backlog.mark()));
    }

    #[test]
    fn more_than_a_session_may_have_is_reported() {
        let backlog = Backlog::default();
        let half = usize::try_from(MAX_BACKLOG_BYTES / 2).unwrap();
        assert!(backlog.add_answer(half - 1_000));
        assert!(backlog.add_answer(half - 1_000));
        assert!(!backlog.add_answer(2_000));
        backlog.remove_answer(2_000);
        assert!(backlog.add_answer(0), "what was not taken is not counted");
    }
}
