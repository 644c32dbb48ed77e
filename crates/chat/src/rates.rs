//! How often a user, or a client network, may do something in the chat.
//!
//! The admission takes from these rates once for each operation; the transports take from them for each connection.

use std::hash::Hash;
use std::time::Duration;

use store::UserId;
use web::{ClientNetwork, Rate, RateExceeded, Refusal};

use crate::config::Config;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
/// Calls about presence a second from a user: `watch` and `typing`.
const PRESENCE_CALLS_PER_SECOND: u32 = 50;
/// Changes a second that a user makes to rooms and memberships: each is a write, and members hear of it.
const ROOM_CHANGES_PER_SECOND: u32 = 20;
/// Read marks a second from a user.
const READ_MARKS_PER_SECOND: u32 = 50;
/// Messages a second that a user may always send, although others in the network have exhausted its rate.
const SPARE_PER_SECOND: u32 = 1;
/// Refused events a second from a user, before the socket is disconnected.
const REFUSED_PER_SECOND: u32 = 100;
/// How many at once: what a client may have on its way to the server before the first refusal reaches it.
const REFUSED_BURST: u32 = 10_000;
/// For at least this number the rate of connections is made, also if fewer are allowed at once.
const MIN_CONNECTIONS: u32 = 20;
/// In this time a client network may open as many engine sessions as it may have at once, and a user as many sockets.
const CONNECT_PERIOD: Duration = Duration::from_secs(10);
/// How many times as many it may open before that rate holds: after a network has failed all of them come back, perhaps
/// more than once.
const CONNECT_BURST: u32 = 10;

/// The rates of one chat service.
pub(crate) struct Rates {
    send: Rate<UserId>,
    send_by_network: Rate<ClientNetwork>,
    spare: Rate<UserId>,
    refused: Rate<UserId>,
    read: Rate<UserId>,
    presence: Rate<UserId>,
    invite: Rate<UserId>,
    change: Rate<UserId>,
    mark: Rate<UserId>,
    connect: Rate<UserId>,
    handshake: Rate<ClientNetwork>,
}

impl Rates {
    /// The rates of a configuration.
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            send: Rate::per_second(config.send_per_second),
            send_by_network: Rate::per_second(config.send_per_address_per_second),
            spare: Rate::per_second(SPARE_PER_SECOND),
            refused: Rate::new(REFUSED_PER_SECOND, SECOND, REFUSED_BURST),
            read: Rate::per_second(config.read_per_second),
            presence: Rate::per_second(PRESENCE_CALLS_PER_SECOND),
            invite: Rate::per(MINUTE, config.invite_per_minute),
            change: Rate::per_second(ROOM_CHANGES_PER_SECOND),
            mark: Rate::per_second(READ_MARKS_PER_SECOND),
            connect: connects(config.max_sockets_per_user),
            handshake: connects(config.max_sockets_per_address),
        }
    }

    /// A user sends a message from a network.
    ///
    /// # Errors
    /// `rate_limited`.
    pub(crate) fn send(&self, user: UserId, network: ClientNetwork) -> Result<(), Refusal> {
        let taken = self.send.take(&user).and_then(|()| {
            let by_network = self.send_by_network.take(&network);
            let taken = by_network.or_else(|exceeded| self.spare.take(&user).map_err(|_| exceeded));
            taken.inspect_err(|_| self.send.give_back(&user))
        });
        taken.map_err(|exceeded| exceeded.refusal("messages"))
    }

    /// An event of a user is refused.
    ///
    /// # Errors
    /// [`RateExceeded`] when that goes on and on.
    pub(crate) fn refused(&self, user: UserId) -> Result<(), RateExceeded> {
        self.refused.take(&user)
    }

    /// A user reads from a log.
    ///
    /// # Errors
    /// `rate_limited`.
    pub(crate) fn read(&self, user: UserId) -> Result<(), Refusal> {
        self.read.take(&user).map_err(|exceeded| exceeded.refusal("requests"))
    }

    /// A user requests who is here, or reports typing.
    ///
    /// # Errors
    /// `rate_limited`.
    pub(crate) fn presence(&self, user: UserId) -> Result<(), Refusal> {
        self.presence.take(&user).map_err(|exceeded| exceeded.refusal("requests"))
    }

    /// A user creates a room, begins a direct message, or adds somebody.
    ///
    /// # Errors
    /// `rate_limited`.
    pub(crate) fn invite(&self, user: UserId) -> Result<(), Refusal> {
        self.invite.take(&user).map_err(|exceeded| exceeded.refusal("new rooms and members"))
    }

    /// A user changes a room or a membership.
    ///
    /// # Errors
    /// `rate_limited`.
    pub(crate) fn change(&self, user: UserId) -> Result<(), Refusal> {
        self.change.take(&user).map_err(|exceeded| exceeded.refusal("changes"))
    }

    /// A user moves a read mark.
    ///
    /// # Errors
    /// `rate_limited`.
    pub(crate) fn mark(&self, user: UserId) -> Result<(), Refusal> {
        self.mark.take(&user).map_err(|exceeded| exceeded.refusal("requests"))
    }

    /// A user connects a socket.
    ///
    /// # Errors
    /// [`RateExceeded`].
    pub(crate) fn connect(&self, user: UserId) -> Result<(), RateExceeded> {
        self.connect.take(&user)
    }

    /// A client opens an engine session, before it is known who it is.
    ///
    /// # Errors
    /// [`RateExceeded`].
    pub(crate) fn handshake(&self, network: ClientNetwork) -> Result<(), RateExceeded> {
        self.handshake.take(&network)
    }
}

/// For what there may be `max` of at once.
fn connects<K: Hash + Eq + Clone>(max: usize) -> Rate<K> {
    let max = u32::try_from(max).unwrap_or(u32::MAX).max(MIN_CONNECTIONS);
    Rate::new(max, CONNECT_PERIOD, max.saturating_mul(CONNECT_BURST))
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use web::Code;

    use super::*;

    /// Three messages a second from a user, and five from a network.
    fn rates() -> Rates {
        let (send, send_by_network) = (Rate::new(3, SECOND, 30), Rate::new(5, SECOND, 50));
        let [spare, refused, read, presence, invite, change, mark] = [(); 7].map(|()| Rate::per_second(1));
        let (connect, handshake) = (connects(1), connects(1));
        Rates {
            send,
            send_by_network,
            spare,
            refused,
            read,
            presence,
            invite,
            change,
            mark,
            connect,
            handshake,
        }
    }

    fn network(last: u8) -> ClientNetwork {
        ClientNetwork::of(IpAddr::V4(Ipv4Addr::new(192, 0, 2, last)))
    }

    fn sent(rates: &Rates, user: UserId, network: ClientNetwork) -> usize {
        (0..100).filter(|_| rates.send(user, network).is_ok()).count()
    }

    #[test]
    fn a_user_has_a_rate_in_all_networks_and_a_network_has_one_for_all_users() {
        let (rates, [ada, bob, cy]) = (rates(), [(); 3].map(|()| UserId::new()));
        let (cafe, home) = (network(1), network(2));
        assert!((30..33).contains(&sent(&rates, ada, cafe)));
        assert!(sent(&rates, ada, home) < 3, "another network is no way around it");
        assert!(
            (30..33).contains(&sent(&rates, bob, cafe)),
            "20 are left of the network's, and 10 are always allowed"
        );
        assert!((10..14).contains(&sent(&rates, cy, cafe)), "neighbours cannot silence a user");
        assert!((16..22).contains(&sent(&rates, cy, home)), "what the network refused was not counted");
        assert_eq!(rates.send(ada, cafe).unwrap_err().code(), Code::RateLimited);
    }
}
