//! The poll that keeps a cache of what is stored fresh. Every revocation travels by one, on every store and node.
//!
//! A question is asked at its time, whether or not the one before is answered: the cache is trusted only for a time after
//! the beginning of a question that was answered, and a far store answers after most of that time. The answers may
//! come in any order. Each answer has every change since the time of an answer before it, less an overlap.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use store::{Outage, StoreError, Timestamp};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

/// How long after the last good poll a cache is trusted.
pub(crate) const MAX_AGE: Duration = Duration::from_millis(500);
/// Longest time between two questions.
const POLL_INTERVAL: Duration = Duration::from_millis(250);
/// Maximum number of questions without an answer.
const MAX_OPEN_POLLS: u32 = 6;
/// Timeout for one question.
const POLL_TIMEOUT: Duration = Duration::from_secs(5);

/// A cache that a poll keeps fresh. Each change comes again for the time of the overlap.
pub trait Polled: Sync {
    /// What is cached, for the log, such as "token statuses".
    const WHAT: &'static str;
    /// How much later than its time a change may become visible: commits take time.
    const OVERLAP_MILLIS: i64 = 10_000;
    /// The changes of one answer.
    type Changes: Send;

    /// Asks the store for every change after a time of its clock. The answer has the clock as of the answer too: a change
    /// that it lacks has a later time, less a few seconds. It may go back.
    fn changed_since(
        &self,
        since: Timestamp,
    ) -> impl Future<Output = Result<(Self::Changes, Timestamp), StoreError>> + Send;

    /// Takes changes into the cache. An overtaken answer may have older ones than the cache has.
    fn absorb(&self, changes: Self::Changes);

    /// Notes that a poll which began at this time has seen every change ([`Freshness::note_poll`]).
    fn note_poll(&self, began: Instant);
}

/// Whether a cache is trusted.
#[derive(Debug, Default)]
pub struct Freshness {
    polled_at: Option<Instant>,
}

/// The state between two questions.
struct Poll {
    /// The store's clock as of the last answer; `None` before the first one, which only tells the clock.
    last: Option<Timestamp>,
    /// When the next question is asked.
    next_at: Instant,
    /// How long answers take: the longest of the last ones.
    answer_time: Duration,
    outage: Outage,
}

/// A question with its answer.
struct Answer<C> {
    since: Option<Timestamp>,
    began: Instant,
    answer: Result<(C, Timestamp), StoreError>,
}

/// Keeps a cache fresh until the shutdown: one task of each process and service.
pub async fn poll(cache: impl Polled, shutdown: CancellationToken) {
    let mut poll =
        Poll { last: None, next_at: Instant::now(), answer_time: Duration::ZERO, outage: Outage::default() };
    let mut open = FuturesUnordered::new();
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            Some(answer) = open.next(), if !open.is_empty() => poll.take(&cache, answer),
            () = sleep_until(poll.next_at), if open.len() < MAX_OPEN_POLLS as usize => {
                open.push(ask(&cache, poll.last));
                poll.next_at = Instant::now() + interval(poll.answer_time);
            }
        }
    }
}

impl Freshness {
    /// Whether the last good poll began a short time ago.
    pub fn is_trusted(&self) -> bool {
        self.polled_at.is_some_and(|polled_at| polled_at.elapsed() <= MAX_AGE)
    }

    /// Notes that a poll which began at this time has seen every change. Its answer may have been overtaken by that to a
    /// later one.
    pub fn note_poll(&mut self, began: Instant) {
        self.polled_at = self.polled_at.max(Some(began));
    }
}

/// Asks once for the changes since a time of the store's clock.
async fn ask<P: Polled>(cache: &P, since: Option<Timestamp>) -> Answer<P::Changes> {
    let began = Instant::now();
    // Nothing has changed since the end of time, and the answer has the clock.
    let time = since.map_or(Timestamp::from_millis(i64::MAX), |last| last.plus_millis(-P::OVERLAP_MILLIS));
    let late = |_| StoreError::Unavailable(format!("it did not return the changed {} in time", P::WHAT));
    let answer = timeout(POLL_TIMEOUT, cache.changed_since(time)).await;
    Answer { since, began, answer: answer.map_err(late).flatten() }
}

impl Poll {
    fn take<P: Polled>(&mut self, cache: &P, Answer { since, began, answer }: Answer<P::Changes>) {
        match answer {
            Ok((changes, now)) => {
                cache.absorb(changes);
                if since.is_some() {
                    cache.note_poll(began);
                } else {
                    self.next_at = Instant::now();
                }
                // Whichever answer this is, the next question has what it lacks. So the time may also go back.
                self.last = Some(now);
                self.answer_time = began.elapsed().max(self.answer_time * 7 / 8);
                if self.outage.note_success() {
                    tracing::info!("{} are polled again", P::WHAT);
                }
            }
            Err(error) if self.outage.note_failure() => {
                tracing::warn!(%error, "{} cannot be polled; the store is asked about each of them", P::WHAT);
            }
            Err(_) => {}
        }
    }
}

/// The time between two questions to a store that answers after this time: so short that the next answer comes while the
/// cache is still trusted, and long enough that the open questions are evenly spread.
fn interval(answer_time: Duration) -> Duration {
    match MAX_AGE.checked_sub(answer_time) {
        Some(left) => (left / 2).max(answer_time / MAX_OPEN_POLLS).min(POLL_INTERVAL),
        // The cache is not trusted anyway.
        None => POLL_INTERVAL,
    }
}
