//! The callers of unit tests. It is no part of the service.

use std::net::Ipv4Addr;
use std::time::Duration;

use auth::{Claims, Lifetimes};
use store::UserId;
use web::{ClientNetwork, Principal, Requester};

const HOUR: Duration = Duration::from_secs(3_600);
pub(crate) const LIFETIMES: Lifetimes = Lifetimes { token: HOUR, session: HOUR };

/// A user who has just logged in, on this machine.
pub(crate) fn requester(user: UserId, username: &str) -> Requester {
    let claims = Claims::issue(user.0, username, 1, web::now_secs(), LIFETIMES);
    let network = ClientNetwork::of(Ipv4Addr::LOCALHOST.into());
    Requester { principal: Principal::of_session(&claims), network }
}
