//! A websocket below the library: one TCP connection with two writers.
//!
//! The library writes its packets through [`stream::WireStream`]: handshake, acknowledgements, pings and every event
//! that is not an entry. Entries are the same bytes for all sockets of a room, so they go past the library: a
//! [`Wire`] has a [`cursor`] for each broadcast that it follows, and writes from there to the same TCP connection. Both
//! change places at the ends of websocket frames only.

mod batch;
mod cursor;
mod cursors;
mod frame;
mod output;
mod read_ahead;
mod stream;
#[cfg(test)]
mod tests;
mod try_write;
mod wire;

pub(super) use batch::Batch;
pub(super) use cursor::{BroadcastId, MAX_BEHIND_BYTES, Pushed};
pub(super) use frame::append_event;
pub(super) use output::FENCE;
pub(super) use stream::{Upgrade, WireStream};
pub(super) use wire::{Unanswered, Wire};
