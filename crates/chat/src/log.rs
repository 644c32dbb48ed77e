//! The rooms' logs on their way: the journal writes what was accepted, the fan-out answers senders and delivers entries.

pub(crate) mod fan_out;
mod feed;
mod followed_rooms;
pub(crate) mod follower;
mod gathering;
mod in_flight;
pub(crate) mod journal;
mod judging;
mod lagging;
mod mentions;
mod questions;
pub(crate) mod refusals;
pub(crate) mod tasks;
#[cfg(test)]
mod tests;
mod writer;
