//! The address of a client, from the connection or from trusted proxies.

use std::net::{IpAddr, Ipv6Addr};

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::Connection;
use crate::{Problem, Refusal};

/// The network that a limit counts as one client: an IPv4 address itself, the /64 of an IPv6 address (a household has at
/// least that much to itself, RFC 6177).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientNetwork(IpAddr);

/// The address of a request's client, in its extensions. The middleware notes it, once for all that need it.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

/// The address of the client: the peer's, or, behind `hops` trusted proxies, the one that the outermost of them saw, which
/// is the `hops`-th from the right of `X-Forwarded-For`. Clients can write the addresses further left, so these are
/// ignored. If the header cannot be read, the peer's address is used.
pub(crate) fn client_address(connection: &Connection, headers: &HeaderMap, hops: usize) -> IpAddr {
    let peer = connection.peer().ip().to_canonical();
    if hops == 0 {
        return peer;
    }
    let lines = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok());
    let chain: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    let seen = chain.len().checked_sub(hops).or(if chain.is_empty() { None } else { Some(0) });
    seen.and_then(|at| address_in(chain[at])).unwrap_or(peer)
}

impl ClientNetwork {
    /// The network of an address.
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            v4 => v4,
        })
    }
}

/// The network of a request's client.
impl<S: Sync> FromRequestParts<S> for ClientNetwork {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let address = parts.extensions.get::<ClientAddress>();
        address.map(|address| Self::of(address.0)).ok_or_else(|| Refusal::internal().into())
    }
}

/// Some proxies write the port too.
fn address_in(text: &str) -> Option<IpAddr> {
    let bare = || text.trim_start_matches('[').split(']').next().and_then(|ip| ip.parse().ok());
    let parsed = text.parse::<IpAddr>().ok();
    parsed
        .or_else(|| text.parse().ok().map(|a: std::net::SocketAddr| a.ip()))
        .or_else(bare)
        .map(|ip| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen_by(hops: usize, lines: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let connection = Connection::detached("[::ffff:192.0.2.1]:5000".parse().unwrap());
        client_address(&connection, &headers, hops).to_string()
    }

    #[test]
    fn only_addresses_from_trusted_proxies_count() {
        assert_eq!(seen_by(0, &["203.0.113.9"]), "192.0.2.1", "no proxy is trusted");
        assert_eq!(seen_by(1, &["6.6.6.6, 203.0.113.9"]), "203.0.113.9", "the client wrote 6.6.6.6 itself");
        assert_eq!(seen_by(2, &["6.6.6.6, 203.0.113.9", "10.0.0.2"]), "203.0.113.9", "lines are one list");
        assert_eq!(seen_by(2, &["203.0.113.9"]), "203.0.113.9", "fewer hops than configured");
        assert_eq!(seen_by(1, &["nonsense"]), "192.0.2.1");
        assert_eq!(seen_by(1, &[]), "192.0.2.1");
        assert_eq!(seen_by(1, &["[2001:db8::1]:443"]), "2001:db8::1");
    }

    #[test]
    fn an_ipv6_household_is_one_network() {
        let network = |text: &str| ClientNetwork::of(text.parse().unwrap()).0.to_string();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("::ffff:192.0.2.1"), "192.0.2.1");
    }
}
