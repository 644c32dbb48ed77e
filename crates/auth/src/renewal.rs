//! The claims of a renewal credential, which is exchanged for a fresh token of one session after the last one has expired.
//!
//! It is no token: its audience and its type differ, so that neither is ever accepted as the other.

use crate::{Claims, Lifetimes};

/// The audience of every renewal credential.
pub const RENEWAL_AUDIENCE: &str = "natter-renewal";

/// The claims of a renewal credential: those of a token of its session, except for the audience and for `exp`, which is the
/// end of the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renewal {
    pub(crate) claims: Claims,
}

impl Renewal {
    /// The credential of the session of a token that was verified.
    pub fn of(token: &Claims, lifetimes: Lifetimes) -> Self {
        let exp = token.auth_time.saturating_add(lifetimes.session.as_secs());
        Self { claims: Claims { exp, aud: RENEWAL_AUDIENCE.to_owned(), ..token.clone() } }
    }

    /// Its claims, with which its session is verified. They are never signed as a token.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// The claims of a fresh token of its session, issued at `now`; `None` once the session is as old as it may get.
    pub fn token(&self, now: u64, lifetimes: Lifetimes) -> Option<Claims> {
        let audience = crate::AUDIENCE.to_owned();
        let token = Claims { aud: audience, ..self.claims.renew(now, lifetimes) };
        (token.exp > now).then_some(token)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use uuid::Uuid;

    use super::*;

    const LIFETIMES: Lifetimes =
        Lifetimes { token: Duration::from_secs(100), session: Duration::from_secs(250) };

    #[test]
    fn it_lasts_as_long_as_the_session_and_gives_tokens_of_that_session() {
        let token = Claims::issue(Uuid::now_v7(), "ada", 3, 1_000, LIFETIMES);
        let renewal = Renewal::of(&token, LIFETIMES);
        assert_eq!((renewal.claims().exp, renewal.claims().aud.as_str()), (1_250, RENEWAL_AUDIENCE));
        let fresh = renewal.token(1_200, LIFETIMES).unwrap();
        assert_eq!((fresh.sub, fresh.sid, fresh.ver, fresh.auth_time), (token.sub, token.sid, 3, 1_000));
        assert_eq!((fresh.iat, fresh.exp, fresh.aud.as_str()), (1_200, 1_250, crate::AUDIENCE));
        assert_ne!(fresh.jti, token.jti);
        assert_eq!(Renewal::of(&fresh, LIFETIMES).claims().exp, 1_250, "a renewal does not prolong it");
    }

    #[test]
    fn an_ended_session_gives_no_token_even_if_its_lifetime_was_longer_before() {
        let token = Claims::issue(Uuid::now_v7(), "ada", 1, 1_000, LIFETIMES);
        let renewal = Renewal::of(&token, LIFETIMES);
        assert_eq!(renewal.token(1_250, LIFETIMES), None);
        let shorter = Lifetimes { session: Duration::from_secs(200), ..LIFETIMES };
        assert_eq!(renewal.token(1_200, shorter), None);
    }
}
