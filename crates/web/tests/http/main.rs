//! What both services share, over real sockets.

#![expect(clippy::unwrap_used, reason = "a failing test panics")]

mod authenticator;
mod middleware;
mod raw;
mod serving;
mod shutdown;
mod status_poll;
mod upgrades;
