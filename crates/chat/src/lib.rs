//! The chat service: its page, its calls and events, and the way of a message from its sender through the journal into
//! the log, and by the fan-out to the room's subscribers.
//!
//! It never changes an account. Nothing is acknowledged or delivered before it is stored and synced.

#![warn(clippy::too_many_lines)]

mod access;
mod chat;
mod client_js;
mod config;
mod hub;
mod log;
mod mentions;
mod openapi;
mod ops;
mod page;
mod presence;
mod rates;
mod read_marks;
mod recent;
mod retention;
mod room_subscriptions;
mod router;
mod service;
mod sweeper;
#[cfg(test)]
mod test_chat;
#[cfg(test)]
mod test_principal;
#[cfg(test)]
mod test_sink;
mod transports;
mod views;
mod wire;

pub use config::Config;
pub use service::serve;
