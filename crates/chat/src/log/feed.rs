//! The feed: wakes the fan-out besides the journal. There is one for all rooms.

use std::sync::Arc;
use std::time::Duration;

use store::{Entry, Log};
use tokio::sync::mpsc;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Maximum time between two reads of the logs by the fan-out.
const POLL_INTERVAL: Duration = Duration::from_millis(250);
/// Maximum batches that wait for the fan-out. Their source, the journal or the store's feed, waits then.
pub(crate) const MAX_BATCHES_AHEAD: usize = 4;

/// The source of wake-ups.
pub(crate) struct Feed {
    arrived: mpsc::Receiver<Vec<Entry>>,
    poll: Interval,
}

/// A reason to deliver something.
#[derive(Debug)]
pub(super) enum WakeUp {
    /// These entries were appended, here or by another node; others may be missing.
    Entries(Vec<Entry>),
    /// Any room may have new entries.
    Look,
}

impl Feed {
    /// Follows the store's logs until `stop`.
    pub(crate) fn open(log: Arc<dyn Log>, tasks: &TaskTracker, stop: CancellationToken) -> Self {
        let (feed, arrived) = mpsc::channel(MAX_BATCHES_AHEAD);
        tasks.spawn(async move { stop.run_until_cancelled(log.follow(feed)).await });
        let mut poll = interval(POLL_INTERVAL);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { arrived, poll }
    }

    /// Waits for the next wake-up.
    pub(super) async fn next(&mut self) -> WakeUp {
        tokio::select! {
            biased;
            Some(entries) = self.arrived.recv() => {
                if entries.is_empty() { WakeUp::Look } else { WakeUp::Entries(entries) }
            }
            _ = self.poll.tick() => WakeUp::Look,
        }
    }
}
