//! The rooms' logs on their way: the journal writes what was accepted, the fan-out answers senders and delivers entries.

pub(crate) mod fan_out;
pub(crate) mod feed;
mod followed_rooms;
pub(crate) mod in_flight;
pub(crate) mod journal;
pub(crate) mod refusals;
#[cfg(test)]
mod tests;
pub(crate) mod writer;
