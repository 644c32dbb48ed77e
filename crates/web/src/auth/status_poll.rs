//! The poll that keeps the cache fresh. Every revocation travels by it, on every store and node.
//!
//! A question is asked at its time, whether or not the one before is answered: the cache is trusted only for a time after
//! the beginning of a question that was answered, and a far store answers after most of that time. The answers may
//! come in any order. Each answer has every change since the time of an answer before it, less an overlap.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use store::{ChangedTokenStatuses, Outage, StoreError, Timestamp};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::Authenticator;
use super::status_cache::MAX_AGE;

/// Longest time between two questions.
const POLL_INTERVAL: Duration = Duration::from_millis(250);
/// Maximum number of questions without an answer.
const MAX_OPEN_POLLS: u32 = 6;
/// How much later than its time a change may become visible: commits take time.
const OVERLAP_MILLIS: i64 = 10_000;
/// Timeout for one question.
const POLL_TIMEOUT: Duration = Duration::from_secs(5);

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
struct Polled {
    since: Option<Timestamp>,
    began: Instant,
    answer: Result<ChangedTokenStatuses, StoreError>,
}

impl Authenticator {
    /// Keeps the cache fresh until the shutdown: one task of each process and service.
    pub async fn poll(self, shutdown: CancellationToken) {
        let mut poll = Poll {
            last: None,
            next_at: Instant::now(),
            answer_time: Duration::ZERO,
            outage: Outage::default(),
        };
        let mut open = FuturesUnordered::new();
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                Some(polled) = open.next(), if !open.is_empty() => self.take(&mut poll, polled),
                () = sleep_until(poll.next_at), if open.len() < MAX_OPEN_POLLS as usize => {
                    open.push(self.ask(poll.last));
                    poll.next_at = Instant::now() + interval(poll.answer_time);
                }
            }
        }
    }

    /// Asks once for the changes since a time of the store's clock.
    async fn ask(&self, since: Option<Timestamp>) -> Polled {
        let began = Instant::now();
        // Nothing has changed since the end of time, and the answer has the clock.
        let time = since.map_or(Timestamp::from_millis(i64::MAX), |last| last.plus_millis(-OVERLAP_MILLIS));
        let late = |_| StoreError::Unavailable("it did not return the changed token statuses in time".into());
        let answer = timeout(POLL_TIMEOUT, self.shared.tokens.changed_since(time)).await;
        Polled { since, began, answer: answer.map_err(late).flatten() }
    }

    fn take(&self, poll: &mut Poll, Polled { since, began, answer }: Polled) {
        match answer {
            Ok(ChangedTokenStatuses { statuses, now }) => {
                self.shared.absorb(statuses);
                if since.is_some() {
                    self.shared.cache.set_polled_at(began);
                } else {
                    poll.next_at = Instant::now();
                }
                // Whichever answer this is, the next question has what it lacks. So the time may also go back.
                poll.last = Some(now);
                poll.answer_time = began.elapsed().max(poll.answer_time * 7 / 8);
                if poll.outage.note_success() {
                    tracing::info!("token statuses are polled again");
                }
            }
            Err(error) if poll.outage.note_failure() => {
                tracing::warn!(%error, "token statuses cannot be polled; the store is asked about each token");
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
