//! Binds the addresses. A loopback address is bound in both families, since `localhost` may mean either.
//!
//! It never falls back to another port than the configured one.

use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use tokio::net::TcpListener;
use web::Origin;

/// Maximum number of attempts to find a port that is free in both loopback families.
const MAX_ATTEMPTS: u32 = 16;

/// The listeners of one service; all have the same port.
#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) listeners: Vec<TcpListener>,
    pub(crate) address: SocketAddr,
}

/// The URL at which browsers reach a service: the configured one, or one made from its address, with the name
/// `localhost` if that is loopback.
pub(crate) fn url(configured: &Option<Origin>, address: SocketAddr) -> Origin {
    let own = match address.ip().is_loopback() {
        true => format!("http://localhost:{}", address.port()),
        false => format!("http://{address}"),
    };
    configured.clone().unwrap_or_else(|| own.parse().expect("an address makes an origin"))
}

/// Listens at `address`, and at `[::1]` with the same port when it is an IPv4 loopback address.
///
/// # Errors
/// Those of the system, for example when the port is taken in one of the families. A machine without IPv6 is no error.
pub(crate) async fn bind(address: SocketAddr) -> io::Result<Bound> {
    let mut tries = 0;
    loop {
        tries += 1;
        match bind_once(address).await {
            Err(error) if taken(&error) && address.port() == 0 && tries < MAX_ATTEMPTS => {}
            result => return result,
        }
    }
}

async fn bind_once(address: SocketAddr) -> io::Result<Bound> {
    let first = TcpListener::bind(address).await?;
    let address = first.local_addr()?;
    let mut listeners = vec![first];
    if address.is_ipv4() && address.ip().is_loopback() {
        match TcpListener::bind((IpAddr::V6(Ipv6Addr::LOCALHOST), address.port())).await {
            Ok(second) => listeners.push(second),
            Err(error) if taken(&error) => return Err(error),
            Err(error) => tracing::debug!(%error, "no IPv6 loopback here"),
        }
    }
    Ok(Bound { listeners, address })
}

fn taken(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AddrInUse
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_loopback_address_listens_on_both_families_with_one_port() {
        let bound = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let ports: Vec<_> = bound.listeners.iter().map(|each| each.local_addr().unwrap().port()).collect();
        assert!(ports.iter().all(|port| *port == bound.address.port()) && bound.address.port() != 0);
        let has_ipv6 = TcpListener::bind("[::1]:0").await.is_ok();
        assert_eq!(ports.len(), if has_ipv6 { 2 } else { 1 });
    }

    #[test]
    fn the_url_is_the_configured_one_or_follows_from_the_bound_port() {
        let loopback = "127.0.0.1:3007".parse().unwrap();
        assert_eq!(url(&None, loopback).as_str(), "http://localhost:3007");
        let set: Origin = "https://chat.example.org".parse().unwrap();
        assert_eq!(url(&Some(set.clone()), loopback), set);
        assert_eq!(url(&None, "10.0.0.7:3000".parse().unwrap()).as_str(), "http://10.0.0.7:3000");
    }

    #[tokio::test]
    async fn a_taken_port_is_an_error() {
        let first = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        assert!(taken(&bind(first.address).await.unwrap_err()));
    }
}
