//! The poll that keeps the cache fresh. Every revocation travels by it, on every store and node.

use std::time::Duration;

use store::{ChangedTokenStatuses, Outage, StoreError, Timestamp};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

use super::Authenticator;

/// How often the store is asked.
const POLL_INTERVAL: Duration = Duration::from_millis(250);
/// How much later than its time a change may become visible: clocks differ, commits take time.
const OVERLAP_MILLIS: i64 = 10_000;
/// Timeout for one question.
const POLL_TIMEOUT: Duration = Duration::from_secs(5);

impl Authenticator {
    /// Keeps the cache fresh until the shutdown: one task of each process and service.
    pub async fn poll(self, shutdown: CancellationToken) {
        let mut tick = interval(POLL_INTERVAL);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut last = Timestamp::now();
        let mut outage = Outage::default();
        while shutdown.run_until_cancelled(tick.tick()).await.is_some() {
            let Some(polled) = shutdown.run_until_cancelled(self.poll_once(last)).await else { return };
            match polled {
                Ok(now) => {
                    last = now;
                    if outage.note_success() {
                        tracing::info!("token statuses are polled again");
                    }
                }
                Err(error) if outage.note_failure() => {
                    tracing::warn!(%error, "token statuses cannot be polled; the store is asked about each token");
                }
                Err(_) => {}
            }
        }
    }

    /// Asks once for the changes since a time of the store's clock, and returns that clock's time.
    async fn poll_once(&self, last: Timestamp) -> Result<Timestamp, StoreError> {
        let began = Instant::now();
        let question = self.shared.tokens.changed_since(last.plus_millis(-OVERLAP_MILLIS));
        let late = |_| StoreError::Unavailable("it did not return the changed token statuses in time".into());
        let ChangedTokenStatuses { statuses, now } =
            timeout(POLL_TIMEOUT, question).await.map_err(late)??;
        self.shared.absorb(statuses);
        self.shared.cache.set_polled_at(began);
        Ok(now)
    }
}
