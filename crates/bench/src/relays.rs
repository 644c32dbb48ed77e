//! Servers that deliver messages and store nothing: how fast a chat could be at most.

pub(crate) mod payload;
pub(crate) mod plain_epoll;
pub(crate) mod socketioxide;

use std::net::SocketAddr;

use crate::Result;
use payload::Payload;

/// The payload in the arguments, and the address in the environment.
fn settings() -> Result<(Payload, SocketAddr)> {
    let payload = match std::env::args().nth(1).as_deref() {
        Some("small") => Payload::Small,
        Some("large") => Payload::Large,
        _ => return Err("the argument is `small` or `large`".into()),
    };
    Ok((payload, std::env::var("CHAT_ADDR")?.parse()?))
}
