//! The chat service: its page, Socket.IO, and the way of a message from a sender through the journal into the log and
//! by delivery to everybody.
//!
//! It never changes an account. Nothing is acknowledged or delivered before it is stored and synced.

mod args;
mod chat;
mod client_js;
mod draft;
mod history;
mod log;
mod nack;
mod page;
mod presence;
mod service;
mod transports;
mod wire;

use web::{Origin, Settings};

pub use service::serve;

/// The chat service's settings.
#[derive(Debug, Clone)]
pub struct Config {
    /// What both services are told.
    pub shared: Settings,
    /// Origins besides the chat's own whose pages may open a socket.
    pub allowed_origins: Vec<Origin>,
    /// Socket.IO sessions at once.
    pub max_sockets: usize,
    /// Socket.IO sessions at once from one client network.
    pub max_sockets_per_address: usize,
    /// Sockets at once of one user.
    pub max_sockets_per_user: usize,
    /// Messages that may wait for the journal.
    pub journal_queue: usize,
}
