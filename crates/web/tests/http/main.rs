//! What both services share, over real sockets.

#![expect(clippy::unwrap_used, reason = "what a test does not expect may panic")]

mod authenticator;
mod middleware;
mod raw;
mod serving;
mod shutdown;
mod upgrades;
