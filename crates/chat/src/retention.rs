//! Drops entries that are older than the operator keeps: at the start, and then each hour, by one node at a time.
//!
//! It drops in pieces and pauses between them, so that others' messages are stored in the meantime.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use store::{CLAIM_TIMEOUT, NodeId, Outage, Retention, RoomId, StoreError};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// Time between two runs.
const RUN_INTERVAL: Duration = Duration::from_secs(3_600);
/// Delay before a run that failed, or that another node does, is tried again.
const RETRY_DELAY: Duration = Duration::from_secs(60);
/// Time after which the claim is renewed.
const CLAIM_INTERVAL: Duration = Duration::from_secs(CLAIM_TIMEOUT.as_secs() / 4);

/// The task that drops.
pub(crate) struct Dropper {
    retention: Arc<dyn Retention>,
    max_age: Duration,
    node: NodeId,
    claimed_at: Instant,
    /// Number of entries since the last complete run.
    dropped: u64,
    /// Whether what was dropped is gone from the disk. False at the start: a process before may have been killed.
    is_purged: bool,
}

/// How a run ended.
#[derive(Debug, PartialEq, Eq)]
enum Run {
    Complete,
    /// Another node has the claim.
    Elsewhere,
}

impl Dropper {
    /// A task that drops entries which were accepted longer than `max_age` ago.
    pub(crate) fn new(retention: Arc<dyn Retention>, max_age: Duration) -> Self {
        let (node, claimed_at) = (NodeId::new(), Instant::now());
        Self { retention, max_age, node, claimed_at, dropped: 0, is_purged: false }
    }

    /// Runs until `stop`, which does not wait for a write under way.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        stop.run_until_cancelled(self.run_on()).await;
    }

    async fn run_on(&mut self) {
        let mut outage = Outage::default();
        loop {
            let run = self.run_once().await;
            match &run {
                Ok(Run::Complete) => {
                    outage.note_success();
                    let entries = std::mem::take(&mut self.dropped);
                    tracing::info!(
                        entries,
                        max_age_days = self.max_age.as_secs() / 86_400,
                        "old entries were dropped"
                    );
                }
                Ok(Run::Elsewhere) => {}
                Err(error) => {
                    if outage.note_failure() {
                        tracing::warn!(%error, "old entries must wait to be dropped");
                    }
                }
            }
            sleep(if matches!(run, Ok(Run::Complete)) { RUN_INTERVAL } else { RETRY_DELAY }).await;
        }
    }

    async fn run_once(&mut self) -> Result<Run, StoreError> {
        if !self.claim().await? {
            return Ok(Run::Elsewhere);
        }
        let mut done = None;
        while let Some(room) = self.retention.next_room(done).await? {
            if self.drop_in(room).await? == Run::Elsewhere {
                return Ok(Run::Elsewhere);
            }
            done = Some(room);
        }
        if !self.is_purged {
            self.retention.purge().await?;
            self.is_purged = true;
        }
        self.retention.release(self.node).await?;
        Ok(Run::Complete)
    }

    async fn claim(&mut self) -> Result<bool, StoreError> {
        // Before the question, so that the claim is never believed for longer than it lasts.
        self.claimed_at = Instant::now();
        self.retention.claim(self.node).await
    }

    /// Drops a room's old entries. Each write is followed by a pause of its length, so half of the time is others'.
    async fn drop_in(&mut self, room: RoomId) -> Result<Run, StoreError> {
        loop {
            if self.claimed_at.elapsed() >= CLAIM_INTERVAL && !self.claim().await? {
                return Ok(Run::Elsewhere);
            }
            let began = Instant::now();
            let dropped = self.retention.drop_oldest(room, self.max_age).await?;
            if dropped.entries > 0 {
                self.dropped += dropped.entries;
                self.is_purged = false;
                metrics::counter!("natter_entries_dropped_total").increment(dropped.entries);
            }
            if !dropped.has_more {
                return Ok(Run::Complete);
            }
            sleep(began.elapsed()).await;
        }
    }
}
