//! The poll that keeps the cache fresh. It is the one way by which a revocation travels, on every store and node.

use std::time::Duration;

use store::{ChangedTokenStatuses, StoreError, Timestamp};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

use super::Authenticator;

/// How often the store is asked.
const EVERY: Duration = Duration::from_millis(250);
/// A change may become visible so much later than its time says: clocks differ, commits take time.
const OVERLAP_MILLIS: i64 = 10_000;
/// One question's limit.
const PATIENCE: Duration = Duration::from_secs(5);

impl Authenticator {
    /// Keeps the cache fresh until the shutdown: one task of each process and service.
    pub async fn poll(self, shutdown: CancellationToken) {
        let mut tick = interval(EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut last = Timestamp::now();
        let mut away = false;
        while shutdown.run_until_cancelled(tick.tick()).await.is_some() {
            let Some(seen) = shutdown.run_until_cancelled(self.look(last)).await else { return };
            tell(&seen, &mut away);
            if let Ok(now) = seen {
                last = now;
            }
        }
    }

    /// Looks once for changes since a moment of the store's clock, and tells the present one.
    async fn look(&self, last: Timestamp) -> Result<Timestamp, StoreError> {
        let began = Instant::now();
        let question = self.shared.users.changed_since(last.plus_millis(-OVERLAP_MILLIS));
        let late = |_| StoreError::Unavailable("it did not tell the changed token statuses in time".into());
        let ChangedTokenStatuses { statuses, now } = timeout(PATIENCE, question).await.map_err(late)??;
        self.shared.absorb(statuses);
        self.shared.cache.proven_at(began);
        Ok(now)
    }
}

/// An outage is told once, and its end.
fn tell(seen: &Result<Timestamp, StoreError>, away: &mut bool) {
    match seen {
        Err(error) if !*away => {
            tracing::warn!(%error, "token statuses cannot be polled; each token is judged by the store")
        }
        Ok(_) if *away => tracing::info!("token statuses are polled again"),
        _ => {}
    }
    *away = seen.is_err();
}
