//! The token statuses of recent users, trusted only while the poll succeeds.

use std::time::Duration;

use parking_lot::Mutex;
use quick_cache::unsync::Cache;
use store::{TokenStatus, UserId};
use tokio::time::Instant;

use super::Principal;

/// How long after the last good poll the cache is trusted.
const MAX_AGE: Duration = Duration::from_millis(500);
/// Maximum number of users in the cache; those asked about least are dropped first.
const MAX_USERS: usize = 100_000;

/// The token statuses of recent users. The poll repeats each change for ten seconds, so a status that is dropped in that
/// time comes back.
pub(super) struct StatusCache {
    known: Mutex<Known>,
}

struct Known {
    by_user: Cache<UserId, TokenStatus>,
    polled_at: Option<Instant>,
}

impl StatusCache {
    /// Whether a principal's session is valid, if that is known and the cache is trusted.
    pub(super) fn allows(&self, principal: &Principal) -> Option<bool> {
        let known = self.known.lock();
        if known.polled_at.is_none_or(|polled_at| polled_at.elapsed() > MAX_AGE) {
            return None;
        }
        // A token of a later version than the known one was issued since the last poll.
        known
            .by_user
            .get(&principal.user_id)
            .filter(|status| !principal.is_newer_than(status))
            .map(|status| principal.is_allowed_by(status))
    }

    /// Stores a token status, unless a later one is known: a later answer of the store may have arrived first.
    pub(super) fn learn(&self, user: UserId, status: TokenStatus) {
        let mut known = self.known.lock();
        let order = |status: &TokenStatus| (status.version, status.changed_at);
        if known.by_user.peek(&user).is_none_or(|present| order(present) <= order(&status)) {
            known.by_user.insert(user, status);
        }
    }

    /// Notes that a poll which began at this time has seen every change.
    pub(super) fn set_polled_at(&self, began: Instant) {
        self.known.lock().polled_at = Some(began);
    }
}

impl Default for StatusCache {
    fn default() -> Self {
        Self { known: Mutex::new(Known { by_user: Cache::new(MAX_USERS), polled_at: None }) }
    }
}

#[cfg(test)]
mod tests {
    use auth::{Claims, Lifetimes};
    use store::{State, Timestamp};

    use super::*;

    fn token_status(version: u32, changed_at: i64) -> TokenStatus {
        let changed_at = Timestamp::from_millis(changed_at);
        TokenStatus { version, signed_out: Vec::new(), state: State::Active, changed_at }
    }

    fn allows(cache: &StatusCache, user: UserId, token_version: u32) -> Option<bool> {
        let lifetimes = Lifetimes { token: MAX_AGE, session: MAX_AGE };
        cache.allows(&Principal::of_session(&Claims::issue(user.0, "ada", token_version, 0, lifetimes)))
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
    async fn the_cache_is_bounded_and_keeps_a_user_who_is_asked_about() {
        let (cache, regular) = (StatusCache::default(), UserId::new());
        cache.learn(regular, token_status(1, 0));
        cache.set_polled_at(Instant::now());
        for round in 0..2 * MAX_USERS {
            cache.learn(UserId::new(), token_status(1, 0));
            if round % (MAX_USERS / 4) == 0 {
                cache.set_polled_at(Instant::now());
                assert_eq!(allows(&cache, regular, 1), Some(true), "after {round} others");
            }
        }
        assert!(cache.known.lock().by_user.len() <= MAX_USERS);
    }
}
