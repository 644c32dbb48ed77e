//! Waiting for conditions, with a timeout. Nothing waits longer than needed.

use std::fmt::Debug;
use std::time::{Duration, Instant};

/// Timeout for anything on a busy machine.
pub const TIMEOUT: Duration = Duration::from_secs(20);

const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Polls until `look` returns something.
///
/// # Panics
/// After [`TIMEOUT`], with `what` was awaited.
pub async fn until<T, L: AsyncFnMut() -> Option<T>>(what: &str, look: L) -> T {
    until_within(TIMEOUT, what, look).await
}

/// As [`until`], with another timeout. A look that begins within it decides nothing when it is answered later: on a busy
/// machine an answer takes long, and tells what was so when it was asked for.
///
/// # Panics
/// After `time`, with `what` was awaited.
pub async fn until_within<T, L: AsyncFnMut() -> Option<T>>(time: Duration, what: &str, look: L) -> T {
    poll(time, look).await.unwrap_or_else(|| panic!("{what}: not within {time:?}"))
}

/// As [`until_within`], for callers that have more to say when the time is over: `None`.
pub(crate) async fn poll<T, L: AsyncFnMut() -> Option<T>>(time: Duration, mut look: L) -> Option<T> {
    let start = Instant::now();
    loop {
        let begun = start.elapsed();
        let seen = look().await;
        if seen.is_some() || begun >= time {
            return seen;
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}

/// Polls until `look` returns `expected`.
///
/// # Panics
/// After [`TIMEOUT`], with the last value.
pub async fn until_equal<T: PartialEq + Debug, L: AsyncFnMut() -> T>(what: &str, expected: T, mut look: L) {
    let start = Instant::now();
    loop {
        let begun = start.elapsed();
        let seen = look().await;
        if seen == expected {
            return;
        }
        assert!(begun < TIMEOUT, "{what}: expected {expected:?}, last value {seen:?}");
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}

/// The result of `work`.
///
/// # Panics
/// After [`TIMEOUT`], with `what` was awaited.
pub async fn in_time<T>(what: &str, work: impl Future<Output = T>) -> T {
    within(TIMEOUT, what, work).await
}

/// As [`in_time`], with another timeout.
///
/// # Panics
/// After `time`, with `what` was awaited.
pub async fn within<T>(time: Duration, what: &str, work: impl Future<Output = T>) -> T {
    match tokio::time::timeout(time, work).await {
        Ok(done) => done,
        Err(_) => panic!("{what}: not within {time:?}"),
    }
}
