//! Why a CONNECT is refused, and whether its client gets the reason.

use std::fmt;

use store::UserId;

/// The message of a `connect_error`.
#[derive(Debug)]
pub(super) enum ConnectError {
    /// With the seed's message.
    TokenRefused,
    /// Only for clients with `reason: true`: a stock client would not reconnect.
    TooManySockets,
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TokenRefused => web::TOKEN_REFUSED,
            Self::TooManySockets => "Too many sockets",
        })
    }
}

/// A CONNECT that is refused.
#[derive(Debug)]
pub(super) struct ConnectRefusal {
    /// The client's answer. Without one its connection is shut.
    pub(super) error: Option<ConnectError>,
    /// The reason for the log.
    pub(super) reason: &'static str,
    /// The user of the token, if known.
    pub(super) user: Option<UserId>,
}

impl ConnectRefusal {
    /// The token is not valid for this; the client gets a `connect_error`.
    pub(super) fn invalid(reason: &'static str, user: Option<UserId>) -> Self {
        Self { error: Some(ConnectError::TokenRefused), reason, user }
    }

    /// The client may try the same again later.
    pub(super) fn for_now(reason: &'static str, user: Option<UserId>) -> Self {
        Self { error: None, reason, user }
    }

    /// The user has as many sockets as one user may have. A client that would not reconnect after a `connect_error`
    /// gets none.
    pub(super) fn full(user: Option<UserId>, wants_reason: bool) -> Self {
        let error = wants_reason.then_some(ConnectError::TooManySockets);
        Self { error, reason: "MAX_SOCKETS_PER_USER", user }
    }
}
