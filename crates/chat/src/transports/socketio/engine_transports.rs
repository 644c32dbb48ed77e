//! The TCP connections that carry an engine session.

use web::Connection;

/// What carries one engine session: websockets, or requests that are being answered.
#[derive(Default)]
pub(super) struct EngineTransports {
    /// The library answers every upgrade, also one that it then does not use, so there may be several.
    websockets: Vec<Connection>,
    polls: Vec<Connection>,
    /// Bytes that went out as answers to requests.
    polled: u64,
}

impl EngineTransports {
    /// The session was upgraded to a websocket.
    pub(super) fn add_websocket(&mut self, connection: Connection) {
        self.websockets.retain(Connection::is_open);
        // Room for exactly one, which is enough for nearly every session.
        self.websockets.reserve_exact(usize::from(self.websockets.is_empty()));
        self.websockets.push(connection);
    }

    /// A request is being answered.
    pub(super) fn begin_poll(&mut self, connection: Connection) {
        self.polls.push(connection);
    }

    /// A request was answered.
    pub(super) fn end_poll(&mut self, connection: &Connection) {
        if let Some(index) = self.polls.iter().position(|poll| poll == connection) {
            self.polls.swap_remove(index);
        }
    }

    /// Notes the bytes of an answer to a request.
    pub(super) fn count_polled(&mut self, bytes: u64) {
        self.polled += bytes;
    }

    /// Shuts all of them.
    pub(super) fn shut(&self) {
        self.polls.iter().chain(&self.websockets).for_each(Connection::shut);
    }

    /// Whether the client polls.
    pub(super) fn is_polling(&self) -> bool {
        !self.websockets.iter().any(Connection::is_open)
    }

    /// Bytes that have gone out.
    pub(super) fn written(&self) -> u64 {
        self.polled + self.websockets.iter().map(Connection::written).sum::<u64>()
    }
}
