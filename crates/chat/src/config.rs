//! The chat service's settings.

use web::{Origin, Settings};

/// The settings of [`crate::serve`].
#[derive(Debug, Clone)]
pub struct Config {
    /// The settings of both services.
    pub shared: Settings,
    /// Origins besides the chat's own whose pages may open a socket.
    pub allowed_origins: Vec<Origin>,
    /// Maximum engine sessions.
    pub max_sockets: usize,
    /// Maximum engine sessions from one client network.
    pub max_sockets_per_address: usize,
    /// Maximum sockets of one user.
    pub max_sockets_per_user: usize,
    /// Maximum messages that wait for the journal.
    pub journal_queue: usize,
    /// Days after which entries are dropped; 0: never.
    pub retention_days: u32,
    /// Messages a second from a user; 0: no limit.
    pub send_per_second: u32,
    /// Messages a second from a client network; 0: no limit.
    pub send_per_address_per_second: u32,
    /// Reads a second from a user; 0: no limit.
    pub read_per_second: u32,
    /// Rooms that a user creates, direct messages that a user begins, and people that a user adds, a minute; 0: no limit.
    pub invite_per_minute: u32,
}
