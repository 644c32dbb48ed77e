//! Exchanges reports with the other nodes: publishes this node's people, and polls the people of the others.
//!
//! While the store is not available, the people of other nodes disappear after [`NODE_TIMEOUT`]; everything else
//! continues.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use store::{NODE_TIMEOUT, NodeId, Nodes, Outage};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::Presence;

/// Minimum time between two reports, and time between two polls.
const SYNC_INTERVAL: Duration = Duration::from_secs(1);
/// Maximum time between two reports. A report shows that the node is alive.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(5);

/// Publishes and polls node reports until `stop`, then removes this node.
pub(crate) async fn sync_nodes(presence: Arc<Presence>, nodes: Arc<dyn Nodes>, stop: CancellationToken) {
    let id = NodeId::new();
    let polling = stop.run_until_cancelled(poll(&presence, &*nodes, id));
    tokio::join!(publish(&presence, &*nodes, id, &stop), polling);
    if let Err(error) = nodes.leave(id).await {
        tracing::debug!(%error, "this node could not be removed; the other nodes notice that it stopped");
    }
}

/// Publishes this node's reports. A report under way is finished first: it must not arrive after the removal.
async fn publish(presence: &Presence, nodes: &dyn Nodes, id: NodeId, stop: &CancellationToken) {
    let (mut outage, mut published) = (Outage::default(), None);
    while !stop.is_cancelled() {
        let report = presence.rosters().report(id);
        match nodes.report(&report).await {
            Ok(()) => {
                published = Some(report.version);
                if outage.note_success() {
                    tracing::info!("the people of this node are reported to other nodes again");
                }
            }
            Err(error) if outage.note_failure() => {
                tracing::warn!(%error, "the people of this node cannot be reported to other nodes");
            }
            Err(_) => {}
        }
        let changed = async {
            sleep(SYNC_INTERVAL).await;
            while published == Some(presence.rosters().version()) {
                presence.report_changed.notified().await;
            }
        };
        let _ = stop.run_until_cancelled(timeout(KEEPALIVE_INTERVAL, changed)).await;
    }
}

/// Polls the other nodes' reports. While that fails they stay valid as long as those of a silent node.
async fn poll(presence: &Presence, nodes: &dyn Nodes, id: NodeId) {
    let (mut outage, mut polled_at) = (Outage::default(), Instant::now());
    let mut ticks = interval(SYNC_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let known = presence.rosters().remote_versions();
        match nodes.others(id, &known).await {
            Ok(others) => {
                polled_at = Instant::now();
                if outage.note_success() {
                    tracing::info!("the people of other nodes can be read again");
                }
                presence.change(|rosters, now| rosters.merge(others, now));
            }
            Err(error) => {
                if outage.note_failure() {
                    tracing::warn!(%error, "the people of other nodes cannot be read, and disappear");
                }
                if polled_at.elapsed() >= NODE_TIMEOUT && !known.is_empty() {
                    presence.change(|rosters, now| rosters.merge(Vec::new(), now));
                }
            }
        }
    }
}
