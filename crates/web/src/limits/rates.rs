//! Rates: how often something may be done for a key, such as a user or a client network.
//!
//! A rate is a token bucket, computed as GCRA by `governor`. What is refused takes nothing from the bucket, so a client that
//! waits for the given time is served.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::{Quota, RateLimiter};
use parking_lot::Mutex;
use quick_cache::unsync::Cache;

use crate::{Code, Refusal};

/// Maximum keys that a rate remembers. Beyond it a bucket that was not used for long is forgotten, which fills it.
const MAX_KEYS: usize = 100_000;

/// A rate by the second lets what it allows in this time happen at once, in seconds.
const BURST_SECS: u32 = 10;

/// How often something may be done for each key. Clones share the buckets.
#[derive(Debug)]
pub struct Rate<K: Hash + Eq + Clone, C: Clock = DefaultClock> {
    /// `None`: as often as one likes.
    limited: Option<Arc<Limited<K, C>>>,
}

#[derive(Debug)]
struct Limited<K: Hash + Eq + Clone, C: Clock> {
    limiter: RateLimiter<K, Buckets<K>, C, NoOpMiddleware<C::Instant>>,
    buckets: Buckets<K>,
    /// After this time a bucket has one more.
    interval: Duration,
}

/// It was done too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateExceeded {
    /// After this time it may be done again, if nothing else is done for the key until then.
    pub retry_after: Duration,
}

/// For each key the time at which its bucket is full again, since the limiter was made.
#[derive(Debug)]
struct Buckets<K>(Arc<Mutex<Cache<K, Nanos>>>);

impl<K: Hash + Eq + Clone> Rate<K> {
    /// `count` in each `period`, and up to `burst` at once. A count of 0 is no limit.
    pub fn new(count: u32, period: Duration, burst: u32) -> Self {
        Self::with_clock(count, period, burst, DefaultClock::default())
    }

    /// `count` a second, and what that is in ten seconds at once. A count of 0 is no limit.
    pub fn per_second(count: u32) -> Self {
        Self::new(count, Duration::from_secs(1), count.saturating_mul(BURST_SECS))
    }

    /// `count` in each `period`, all of it at once if need be. A count of 0 is no limit.
    pub fn per(period: Duration, count: u32) -> Self {
        Self::new(count, period, count)
    }
}

impl<K: Hash + Eq + Clone, C: Clock> Rate<K, C> {
    fn with_clock(count: u32, period: Duration, burst: u32, clock: C) -> Self {
        let Some(count) = NonZeroU32::new(count) else { return Self { limited: None } };
        let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        let interval = (period / count.get()).max(Duration::from_nanos(1));
        let limited = Quota::with_period(interval).map(|quota| {
            let buckets = Buckets(Arc::new(Mutex::new(Cache::new(MAX_KEYS))));
            let limiter = RateLimiter::new(quota.allow_burst(burst), buckets.clone(), clock);
            Arc::new(Limited { limiter, buckets, interval })
        });
        Self { limited }
    }

    /// Takes one from the bucket of `key`.
    ///
    /// # Errors
    /// [`RateExceeded`] when the bucket is empty. Nothing is taken then.
    pub fn take(&self, key: &K) -> Result<(), RateExceeded> {
        let Some(limited) = &self.limited else { return Ok(()) };
        limited.limiter.check_key(key).map_err(|until| {
            let wait = until.wait_time_from(limited.limiter.clock().now());
            RateExceeded { retry_after: wait.max(Duration::from_millis(1)) }
        })
    }

    /// Puts one back that was taken, such as for a log-in that then succeeded where only failures count.
    pub fn give_back(&self, key: &K) {
        if let Some(limited) = &self.limited {
            limited.buckets.refill(key, limited.interval);
        }
    }
}

impl RateExceeded {
    /// The refusal of what was done too often, such as "messages".
    pub fn refusal(self, what: &'static str) -> Refusal {
        metrics::counter!("natter_rate_limited_total", "what" => what).increment(1);
        let seconds = self.retry_after.as_secs_f64().ceil();
        let unit = if seconds > 1.0 { "seconds" } else { "second" };
        let detail = format!("Too many {what} in a short time. Try again in {seconds} {unit}.");
        Refusal::new(Code::RateLimited, detail).retry_after(self.retry_after)
    }
}

impl<K: Hash + Eq + Clone> Buckets<K> {
    /// Makes the bucket of a key full again earlier by `by`.
    fn refill(&self, key: &K, by: Duration) {
        if let Some(mut full_at) = self.0.lock().get_mut(key) {
            let by = Nanos::from(by).as_u64();
            *full_at = Nanos::new(full_at.as_u64().saturating_sub(by));
        }
    }
}

impl<K: Hash + Eq + Clone> StateStore for Buckets<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, judge: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut buckets = self.0.lock();
        if let Some(mut full_at) = buckets.get_mut(key) {
            let (judged, next) = judge(Some(*full_at))?;
            *full_at = next;
            return Ok(judged);
        }
        let (judged, next) = judge(None)?;
        buckets.insert(key.clone(), next);
        Ok(judged)
    }
}

impl<K> Clone for Buckets<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K: Hash + Eq + Clone, C: Clock> Clone for Rate<K, C> {
    fn clone(&self) -> Self {
        Self { limited: self.limited.clone() }
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Two a second and four at once, and its clock.
    fn rate() -> (Rate<u32, FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        (Rate::with_clock(2, SECOND, 4, clock.clone()), clock)
    }

    fn taken(rate: &Rate<u32, FakeRelativeClock>, key: u32, times: u32) -> u32 {
        (0..times).map(|_| u32::from(rate.take(&key).is_ok())).sum()
    }

    #[test]
    fn a_key_has_its_burst_and_then_its_rate() {
        let (rate, clock) = rate();
        assert_eq!(taken(&rate, 1, 10), 4);
        assert_eq!(rate.take(&1), Err(RateExceeded { retry_after: SECOND / 2 }));
        clock.advance(SECOND / 2);
        assert_eq!(taken(&rate, 1, 10), 1, "a client that waits is served");
        assert_eq!(taken(&rate, 2, 10), 4, "another key is not touched");
        clock.advance(100 * SECOND);
        assert_eq!(taken(&rate, 1, 10), 4, "never more than the burst at once");
    }

    #[test]
    fn what_is_given_back_can_be_taken_again() {
        let (rate, _clock) = rate();
        for _ in 0..100 {
            assert_eq!(rate.take(&1), Ok(()));
            rate.give_back(&1);
        }
        rate.give_back(&1);
        assert_eq!(taken(&rate, 1, 10), 4, "and no more than was taken");
    }

    #[test]
    fn a_count_of_zero_is_no_limit() {
        let rate = Rate::new(0, SECOND, 1);
        assert!((0..1_000).all(|_| rate.take(&1).is_ok()));
    }

    #[test]
    fn more_keys_than_the_maximum_forget_the_ones_that_were_not_used_for_long() {
        let (rate, _clock) = rate();
        for key in 0..3 * u32::try_from(MAX_KEYS).unwrap() {
            // A key that is refused again and again is never forgotten.
            assert!(rate.take(&u32::MAX).is_ok() == (key < 4), "{key}");
            assert!(rate.take(&key).is_ok());
        }
        let limited = rate.limited.as_ref().unwrap();
        assert!(limited.buckets.0.lock().len() <= MAX_KEYS);
    }

    #[test]
    fn a_refusal_tells_when_to_try_again() {
        let refusal = RateExceeded { retry_after: Duration::from_millis(1_200) }.refusal("messages");
        assert_eq!(refusal.code(), Code::RateLimited);
        assert_eq!(refusal.detail(), "Too many messages in a short time. Try again in 2 seconds.");
        assert_eq!(refusal.delay(), Some(Duration::from_millis(1_200)));
    }
}
