//! The load: clients of the chat that send and receive, and HTTP requests.
//!
//! Each loop warms up, then does the same for a noted time, whose use of both cores is measured.

mod book;
pub(crate) mod closed_loop;
mod faults;
pub(crate) mod http_loop;
mod latencies;
mod message;
pub(crate) mod open_loop;
mod receipts;
mod search;
mod sends;
pub(crate) mod sparse_loop;
mod swarm;
mod writer;

use std::time::Duration;

pub(crate) use book::Answers;
pub(crate) use search::Search;
pub(crate) use sends::Numbers;
pub(crate) use swarm::{Ignore, Swarm};
pub(crate) use writer::Writer;

/// How long messages may still come after the last send.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(2);
/// Longest wait for what arrives, after which a loop looks at the clock.
const TURN: Duration = Duration::from_millis(10);

#[cfg(test)]
mod tests;
