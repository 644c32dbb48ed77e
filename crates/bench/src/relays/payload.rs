//! What a message becomes: the same two arguments as Natter's, of the same size, or the line alone.

use serde::Serialize;

/// Which arguments are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Payload {
    /// The line alone, as the chat that Natter succeeds sends it.
    Small,
    /// The line and the entry, as Natter sends them.
    Large,
}

const SENDER: &str = "sender00";
const ID: &str = "01a22bf6-9a97-7249-a61a-bc0f6466e4ff";

/// An entry as Natter writes it.
#[derive(Debug, Serialize)]
pub(crate) struct Entry<'a> {
    room: &'static str,
    seq: u64,
    kind: &'static str,
    id: &'static str,
    sender: Sender,
    text: &'a str,
    sent_at: &'static str,
}

#[derive(Debug, Serialize)]
struct Sender {
    id: &'static str,
    username: &'static str,
    display_name: &'static str,
}

/// An acknowledgement as Natter writes it; with the small payload without the entry.
#[derive(Debug, Serialize)]
pub(crate) struct Stored<'a> {
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Entry<'a>>,
}

/// The line with the sender's name.
pub(crate) fn line(text: &str) -> String {
    format!("{SENDER} : {text}")
}

/// The entry with this number.
pub(crate) fn entry(text: &str, seq: u64) -> Entry<'_> {
    let sender = Sender { id: ID, username: SENDER, display_name: SENDER };
    Entry { room: "lobby", seq, kind: "message", id: ID, sender, text, sent_at: "2026-11-30T10:18:31.447Z" }
}

/// The answer to a send.
pub(crate) fn stored(payload: Payload, text: &str, seq: u64) -> Stored<'_> {
    Stored { ok: true, message: (payload == Payload::Large).then(|| entry(text, seq)) }
}
