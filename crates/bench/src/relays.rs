//! Servers that deliver messages and store nothing: how fast a chat could be at most.

pub(crate) mod payload;
pub(crate) mod plain_epoll;
pub(crate) mod socketioxide;

use std::net::SocketAddr;

use crate::Result;
use payload::Payload;

/// Runs the plain relay in a thread that ends with the process. Returns its address.
#[cfg(test)]
pub(crate) fn relay_in_background() -> SocketAddr {
    let (sender, address) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let relay = plain_epoll::Relay::new(Payload::Large, "127.0.0.1:0".parse().expect("an address"));
        let relay = relay.expect("a port is free");
        let address = relay.address().expect("a listener has an address");
        sender.send(address).expect("the test waits");
        relay.serve().expect("the system waits for connections");
    });
    address.recv().expect("the relay listens")
}

/// The payload in the arguments, and the address in the environment.
fn settings() -> Result<(Payload, SocketAddr)> {
    let payload = match std::env::args().nth(1).as_deref() {
        Some("small") => Payload::Small,
        Some("large") => Payload::Large,
        _ => return Err("the argument is `small` or `large`".into()),
    };
    Ok((payload, std::env::var("CHAT_ADDR")?.parse()?))
}
