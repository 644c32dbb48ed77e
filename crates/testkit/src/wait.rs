//! Waiting for things to become so, within a bound. Nothing here sleeps for longer than a look takes.

use std::fmt::Debug;
use std::time::{Duration, Instant};

/// How long anything may take on a busy machine before it counts as not happening.
pub const TIMEOUT: Duration = Duration::from_secs(20);

const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Looks again and again until `look` sees something.
///
/// # Panics
/// When [`TIMEOUT`] is over, naming what was waited for.
pub async fn until<T, L: AsyncFnMut() -> Option<T>>(what: &str, look: L) -> T {
    until_within(TIMEOUT, what, look).await
}

/// As [`until`], within a time of its own.
///
/// # Panics
/// When the time is over, naming what was waited for.
pub async fn until_within<T, L: AsyncFnMut() -> Option<T>>(time: Duration, what: &str, mut look: L) -> T {
    let start = Instant::now();
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(start.elapsed() < time, "{what}: not within {time:?}");
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}

/// Looks until what is seen equals `expected`.
///
/// # Panics
/// When [`TIMEOUT`] is over, with what was seen last.
pub async fn until_equal<T: PartialEq + Debug, L: AsyncFnMut() -> T>(what: &str, expected: T, mut look: L) {
    let start = Instant::now();
    loop {
        let seen = look().await;
        if seen == expected {
            return;
        }
        assert!(start.elapsed() < TIMEOUT, "{what}: expected {expected:?}, seen last {seen:?}");
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}

/// What `work` gives, if it ends in time.
///
/// # Panics
/// When [`TIMEOUT`] is over, naming what was waited for.
pub async fn in_time<T>(what: &str, work: impl Future<Output = T>) -> T {
    within(TIMEOUT, what, work).await
}

/// As [`in_time`], within a time of its own.
///
/// # Panics
/// When the time is over, naming what was waited for.
pub async fn within<T>(time: Duration, what: &str, work: impl Future<Output = T>) -> T {
    match tokio::time::timeout(time, work).await {
        Ok(done) => done,
        Err(_) => panic!("{what}: not within {time:?}"),
    }
}
