//! Shares of a queue that all clients use.

use store::UserId;

use crate::{ClientNetwork, Permits};

/// A client may fill this part of a queue: 1 / [`SHARES`].
const SHARES: usize = 8;

/// Whose part of a queue something takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Share {
    /// A user's.
    User(UserId),
    /// That of everybody in a network.
    Network(ClientNetwork),
}

/// The permits of a queue of this length: a user, or a network, may fill an eighth of it, so that a client that fills its
/// share leaves room for others.
pub fn shares_of(queue: usize) -> Permits<Share> {
    Permits::new(usize::MAX, Some((queue / SHARES).max(1)))
}
