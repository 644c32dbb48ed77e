//! What a server sends, read from its packets.

use serde_json::Value;

use super::Client;

/// What a server sends to an application.
#[derive(Clone, Debug, PartialEq)]
pub enum Received {
    /// The CONNECT packet was accepted.
    Connected,
    /// The CONNECT packet was refused, with this message.
    Refused(String),
    /// An event with its arguments.
    Event(String, Vec<Value>),
    /// The acknowledgement with this number.
    Ack(u64, Value),
    /// The server disconnected the socket but did not close the connection.
    Disconnected,
    /// The connection is closed.
    Closed,
}

/// Reads an Engine.IO packet; `None` for what an application does not see.
pub(crate) fn read(packet: &str) -> Option<Received> {
    let message = packet.strip_prefix('4')?;
    let (kind, rest) = message.split_at_checked(1)?;
    let json = |text: &str| serde_json::from_str::<Value>(text).expect("the server sends JSON");
    let numbered = rest.split_at(rest.find(['[', '{']).unwrap_or(rest.len()));
    match kind {
        "0" => Some(Received::Connected),
        "1" => Some(Received::Disconnected),
        "2" => {
            let mut arguments = json(numbered.1).as_array().expect("an event is an array").clone();
            let name = arguments.remove(0).as_str().expect("its name is a string").to_owned();
            Some(Received::Event(name, arguments))
        }
        "3" => Some(Received::Ack(numbered.0.parse().expect("a number"), json(numbered.1)[0].clone())),
        "4" => Some(Received::Refused(json(rest)["message"].as_str().unwrap_or_default().to_owned())),
        _ => None,
    }
}

impl Client {
    /// Forgets what arrived while an acknowledgement was waited for.
    pub fn forget(&mut self) {
        self.waiting.clear();
    }
}
