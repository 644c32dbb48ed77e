//! The principals of tokens that were verified lately, so that a client that sends one token with every request does not
//! have it verified each time.
//!
//! It keeps only what cannot change while a token is valid. Whether its session is over is not known here: that is asked
//! each time.

use parking_lot::Mutex;
use quick_cache::unsync::Cache;

use super::Principal;

/// Maximum number of tokens, of less than a KiB each; those sent least are dropped first.
const MAX_TOKENS: usize = 4_096;

/// The principals of recent tokens, by the whole token.
pub(super) struct VerifiedTokens {
    known: Mutex<Cache<Box<str>, Principal>>,
}

impl VerifiedTokens {
    /// The principal of a token that was verified and has not expired.
    pub(super) fn principal(&self, token: &str) -> Option<Principal> {
        self.known.lock().get(token).filter(|principal| !principal.has_expired()).cloned()
    }

    /// Stores the principal of a token that was verified.
    pub(super) fn learn(&self, token: &str, principal: &Principal) {
        self.known.lock().insert(token.into(), principal.clone());
    }
}

impl Default for VerifiedTokens {
    fn default() -> Self {
        Self { known: Mutex::new(Cache::new(MAX_TOKENS)) }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use auth::{Claims, LEEWAY_SECS, Lifetimes, now_secs};
    use store::UserId;

    use super::*;

    fn principal(lasts_secs: u64, issued_at: u64) -> Principal {
        let lifetime = Duration::from_secs(lasts_secs);
        let lifetimes = Lifetimes { token: lifetime, session: lifetime };
        Principal::of_session(&Claims::issue(UserId::new().0, "ada", 1, issued_at, lifetimes))
    }

    #[test]
    fn a_token_is_known_as_a_whole_and_until_it_expires() {
        let (tokens, now) = (VerifiedTokens::default(), now_secs());
        let (valid, expired) = (principal(60, now), principal(60, now - 61 - LEEWAY_SECS));
        tokens.learn("head.valid.signature", &valid);
        tokens.learn("head.expired.signature", &expired);
        assert_eq!(tokens.principal("head.valid.signature"), Some(valid));
        assert_eq!(tokens.principal("head.expired.signature"), None);
        assert_eq!(tokens.principal("head.other.signature"), None);
    }

    #[test]
    fn the_number_of_tokens_is_bounded() {
        let (tokens, principal) = (VerifiedTokens::default(), principal(60, now_secs()));
        (0..2 * MAX_TOKENS).for_each(|number| tokens.learn(&number.to_string(), &principal));
        assert!(tokens.known.lock().len() <= MAX_TOKENS);
    }
}
