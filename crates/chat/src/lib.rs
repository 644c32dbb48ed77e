//! The chat service: its page, Socket.IO, and the way of a message from a sender through the journal into the log and
//! by the fan-out to everybody.
//!
//! It never changes an account. Nothing is acknowledged or delivered before it is stored and synced.

mod access;
mod chat;
mod client_js;
mod config;
mod hub;
mod log;
mod ops;
mod page;
mod presence;
mod router;
mod service;
mod sweeper;
mod transports;
mod wire;

pub use config::Config;
pub use service::serve;
