//! The callers of unit tests. It is no part of the service.

use std::time::Duration;

use auth::{Claims, Lifetimes};
use store::UserId;
use web::Principal;

const HOUR: Duration = Duration::from_secs(3_600);
pub(crate) const LIFETIMES: Lifetimes = Lifetimes { token: HOUR, session: HOUR };

/// A user who has just logged in.
pub(crate) fn principal(user: UserId, username: &str) -> Principal {
    Principal::of_session(&Claims::issue(user.0, username, 1, web::now_secs(), LIFETIMES))
}
