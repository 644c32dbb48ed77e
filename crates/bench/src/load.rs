//! The load: clients of the chat that send and receive, and HTTP requests.

mod book;
pub(crate) mod closed_loop;
pub(crate) mod http_loop;
mod message;
pub(crate) mod open_loop;
mod receipts;
mod search;
mod swarm;

pub(crate) use book::Answers;
pub(crate) use open_loop::Numbers;
pub(crate) use search::Search;
pub(crate) use swarm::{Ignore, Swarm};

#[cfg(test)]
mod tests;
