//! The token statuses of recent users, trusted only while the poll succeeds.

use parking_lot::Mutex;
use quick_cache::unsync::Cache;
use store::{TokenStatus, UserId};
use tokio::time::Instant;

use super::Principal;
use crate::Freshness;

/// Maximum number of users in the cache; those asked about least are dropped first.
const MAX_USERS: usize = 100_000;

/// The token statuses of recent users. The poll repeats each change for ten seconds, so a status that is dropped in that
/// time comes back.
pub(super) struct StatusCache {
    known: Mutex<Known>,
}

struct Known {
    by_user: Cache<UserId, TokenStatus>,
    freshness: Freshness,
}

impl StatusCache {
    /// Whether a principal's session is valid, if that is known and the cache is trusted.
    pub(super) fn allows(&self, principal: &Principal) -> Option<bool> {
        let known = self.known.lock();
        if !known.freshness.is_trusted() {
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
        if known.by_user.peek(&user).is_none_or(|present| !present.is_later_than(&status)) {
            known.by_user.insert(user, status);
        }
    }

    /// Notes that a poll which began at this time has seen every change.
    pub(super) fn note_poll(&self, began: Instant) {
        self.known.lock().freshness.note_poll(began);
    }
}

impl Default for StatusCache {
    fn default() -> Self {
        Self { known: Mutex::new(Known { by_user: Cache::new(MAX_USERS), freshness: Freshness::default() }) }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use auth::{Claims, Lifetimes};
    use store::{SessionEnd, State, Timestamp};

    use super::super::Credential;
    use super::*;
    use crate::poll::MAX_AGE;

    fn token_status(version: u32, changes: u64) -> TokenStatus {
        let changed_at = Timestamp::from_millis(0);
        TokenStatus { version, signed_out: Vec::new(), state: State::Active, changes, changed_at }
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
        cache.note_poll(Instant::now());
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
        cache.note_poll(Instant::now());
        cache.learn(user, token_status(2, 20));
        cache.learn(user, token_status(1, 10));
        assert_eq!(allows(&cache, user, 1), Some(false));
    }

    #[tokio::test]
    async fn the_status_with_more_changes_is_kept_whatever_the_clocks_say() {
        let (cache, user) = (StatusCache::default(), UserId::new());
        cache.note_poll(Instant::now());
        let lifetimes = Lifetimes { token: MAX_AGE, session: MAX_AGE };
        let principal = Principal::of_session(&Claims::issue(user.0, "ada", 1, 0, lifetimes));
        let Credential::Session(session) = principal.credential();
        let late = |changed_at| TokenStatus { changed_at, ..token_status(1, 1) };
        let clock_ahead = Timestamp::from_millis(30_000);
        cache.learn(user, late(clock_ahead));
        let end = SessionEnd { sid: session.id, until: Timestamp::from_millis(90_000) };
        let clock_behind = Timestamp::from_millis(1);
        cache.learn(user, late(clock_ahead).without_session(end, clock_behind, clock_behind));
        assert_eq!(cache.allows(&principal), Some(false));
        cache.learn(user, late(clock_ahead));
        assert_eq!(cache.allows(&principal), Some(false), "an overtaken answer");
    }

    #[tokio::test(start_paused = true)]
    async fn an_overtaken_poll_shortens_no_trust() {
        let (cache, user) = (StatusCache::default(), UserId::new());
        cache.learn(user, token_status(1, 0));
        let earlier = Instant::now();
        tokio::time::advance(MAX_AGE).await;
        cache.note_poll(Instant::now());
        cache.note_poll(earlier);
        tokio::time::advance(MAX_AGE).await;
        assert_eq!(allows(&cache, user, 1), Some(true));
    }

    #[tokio::test]
    async fn the_cache_is_bounded_and_keeps_a_user_who_is_asked_about() {
        let (cache, regular) = (StatusCache::default(), UserId::new());
        cache.learn(regular, token_status(1, 0));
        cache.note_poll(Instant::now());
        for round in 0..2 * MAX_USERS {
            cache.learn(UserId::new(), token_status(1, 0));
            if round % (MAX_USERS / 4) == 0 {
                cache.note_poll(Instant::now());
                assert_eq!(allows(&cache, regular, 1), Some(true), "after {round} others");
            }
        }
        assert!(cache.known.lock().by_user.len() <= MAX_USERS);
    }
}
