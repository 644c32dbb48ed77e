//! The claims of a token.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The issuer of every token.
pub const ISSUER: &str = "natter";
/// The audience of every token.
pub const AUDIENCE: &str = "natter";

/// The claims of a token, all of them required (RFC 7519 names, times in seconds since the epoch).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The user's id.
    pub sub: Uuid,
    /// The user's name.
    pub name: String,
    /// The version of the user's token status at which it is valid.
    pub ver: u32,
    /// The session, created at log-in and kept by renewals.
    pub sid: Uuid,
    /// This token's own id.
    pub jti: Uuid,
    /// When it was issued.
    pub iat: u64,
    /// When it expires.
    pub exp: u64,
    /// When the password was last given.
    pub auth_time: u64,
    /// Always [`ISSUER`].
    pub iss: String,
    /// Always [`AUDIENCE`].
    pub aud: String,
}

/// The lifetimes of tokens and sessions.
#[derive(Debug, Clone, Copy)]
pub struct Lifetimes {
    /// One token, from its issue.
    pub token: Duration,
    /// A session with all its renewals, from the log-in.
    pub session: Duration,
}

impl Claims {
    /// The claims of a new session's first token, issued at `now` (seconds since the epoch).
    pub fn issue(user: Uuid, name: &str, ver: u32, now: u64, lifetimes: Lifetimes) -> Self {
        Self {
            sub: user,
            name: name.to_owned(),
            ver,
            sid: Uuid::new_v4(),
            jti: Uuid::new_v4(),
            iat: now,
            exp: expiry(now, now, lifetimes),
            auth_time: now,
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
        }
    }

    /// The claims of a fresh token of the same session; it never outlives the session.
    #[must_use]
    pub fn renew(&self, now: u64, lifetimes: Lifetimes) -> Self {
        Self { jti: Uuid::new_v4(), iat: now, exp: expiry(now, self.auth_time, lifetimes), ..self.clone() }
    }

    /// Seconds from `now` until it expires; 0 when it has.
    pub fn expires_in(&self, now: u64) -> u64 {
        self.exp.saturating_sub(now)
    }

    /// When the last token of this session can expire, in seconds since the epoch.
    pub fn session_ends(&self, lifetimes: Lifetimes) -> u64 {
        self.exp.max(self.auth_time.saturating_add(lifetimes.session.as_secs()))
    }
}

fn expiry(now: u64, auth_time: u64, lifetimes: Lifetimes) -> u64 {
    now.saturating_add(lifetimes.token.as_secs()).min(auth_time.saturating_add(lifetimes.session.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFETIMES: Lifetimes =
        Lifetimes { token: Duration::from_secs(100), session: Duration::from_secs(250) };

    #[test]
    fn a_renewal_keeps_the_session_and_never_outlives_it() {
        let first = Claims::issue(Uuid::now_v7(), "ada", 1, 1_000, LIFETIMES);
        assert_eq!((first.iat, first.exp, first.auth_time), (1_000, 1_100, 1_000));
        let second = first.renew(1_090, LIFETIMES);
        assert_eq!((second.sid, second.auth_time, second.exp), (first.sid, 1_000, 1_190));
        assert_ne!(second.jti, first.jti);
        assert_eq!(second.renew(1_180, LIFETIMES).exp, 1_250);
    }
}
