//! The token statuses of recent users, trusted only while the poll succeeds.

use std::collections::HashMap;
use std::time::Duration;

use parking_lot::Mutex;
use store::{TokenStatus, UserId};
use tokio::time::Instant;

use super::Principal;

/// How long after the last good poll the cache is trusted.
const MAX_AGE: Duration = Duration::from_millis(500);
/// Users in each of the two generations.
const GENERATION: usize = 50_000;

/// At most 100,000 token statuses in two generations: who is asked for is carried into the young one, and when that is
/// full the old one is forgotten.
#[derive(Default)]
pub(super) struct StatusCache {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    young: HashMap<UserId, TokenStatus>,
    old: HashMap<UserId, TokenStatus>,
    polled_at: Option<Instant>,
}

impl StatusCache {
    /// Whether a principal's session is valid, if that is known and the cache is trusted.
    pub(super) fn allows(&self, principal: &Principal) -> Option<bool> {
        let mut known = self.known.lock();
        if known.polled_at.is_none_or(|polled_at| polled_at.elapsed() > MAX_AGE) {
            return None;
        }
        // A token of a later version than is known was issued since the last poll.
        known
            .find(principal.user_id)
            .filter(|status| !principal.is_newer_than(status))
            .map(|status| principal.is_allowed_by(status))
    }

    /// Stores a token status, unless a later one is known: a later answer of the store may have arrived first.
    pub(super) fn learn(&self, user: UserId, token_status: TokenStatus) {
        let mut known = self.known.lock();
        let order = |token_status: &TokenStatus| (token_status.ver, token_status.changed_at);
        if known.find(user).is_none_or(|present| order(present) <= order(&token_status)) {
            known.keep(user, token_status);
        }
    }

    /// Notes that a poll which began at this time has seen every change.
    pub(super) fn set_polled_at(&self, began: Instant) {
        self.known.lock().polled_at = Some(began);
    }
}

impl Known {
    fn find(&mut self, user: UserId) -> Option<&TokenStatus> {
        if let Some(token_status) = self.old.remove(&user) {
            self.keep(user, token_status);
        }
        self.young.get(&user)
    }

    fn keep(&mut self, user: UserId, token_status: TokenStatus) {
        if self.young.len() >= GENERATION && !self.young.contains_key(&user) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(user, token_status);
    }
}

#[cfg(test)]
mod tests {
    use auth::{Claims, Lifetimes};
    use store::{State, Timestamp};

    use super::*;

    fn token_status(ver: u32, changed_at: i64) -> TokenStatus {
        let changed_at = Timestamp::from_millis(changed_at);
        TokenStatus { ver, signed_out: Vec::new(), state: State::Active, changed_at }
    }

    fn allows(cache: &StatusCache, user: UserId, ver: u32) -> Option<bool> {
        let lifetimes = Lifetimes { token: MAX_AGE, session: MAX_AGE };
        cache.allows(&Principal::of_session(&Claims::issue(user.0, "ada", ver, 0, lifetimes)))
    }

    #[tokio::test(start_paused = true)]
    async fn the_cache_is_trusted_for_half_a_second_after_a_good_poll() {
        let (cache, user) = (StatusCache::default(), UserId::new());
        cache.learn(user, token_status(1, 0));
        assert_eq!(allows(&cache, user, 1), None, "before the first poll");
        cache.set_polled_at(Instant::now());
        assert_eq!(allows(&cache, user, 1), Some(true));
        cache.learn(user, token_status(2, 0));
        assert_eq!(allows(&cache, user, 1), Some(false));
        assert_eq!(allows(&cache, user, 3), None, "it was issued since the last poll");
        cache.learn(user, token_status(2, 0));
        tokio::time::advance(Duration::from_millis(501)).await;
        assert_eq!(allows(&cache, user, 1), None, "the poll has stalled");
    }

    #[tokio::test]
    async fn an_overtaken_answer_does_not_bring_a_session_back() {
        let (cache, user) = (StatusCache::default(), UserId::new());
        cache.set_polled_at(Instant::now());
        cache.learn(user, token_status(2, 20));
        cache.learn(user, token_status(1, 10));
        assert_eq!(allows(&cache, user, 1), Some(false));
    }

    #[tokio::test]
    async fn the_cache_is_bounded_and_keeps_who_is_asked_for() {
        let (cache, regular) = (StatusCache::default(), UserId::new());
        cache.learn(regular, token_status(1, 0));
        for round in 0..3 * GENERATION {
            cache.learn(UserId::new(), token_status(1, 0));
            if round % GENERATION == GENERATION / 2 {
                cache.set_polled_at(Instant::now());
                assert_eq!(allows(&cache, regular, 1), Some(true));
            }
        }
        let known = cache.known.lock();
        assert!(known.young.len() + known.old.len() <= 2 * GENERATION);
        assert!(known.young.contains_key(&regular) || known.old.contains_key(&regular));
    }
}
