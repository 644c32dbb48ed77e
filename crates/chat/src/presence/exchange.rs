//! This node's people told to the other nodes, and theirs to this one.
//!
//! With the store away the people of other nodes fade, and everything else goes on.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use store::{NODE_TIMEOUT, NodeId, Nodes, StoreError};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::Presence;

/// Between two reports, and between two looks at those of the others.
const PACE: Duration = Duration::from_secs(1);
/// A node reports so often though nothing changed, to show that it is alive.
const ALIVE_AT_LEAST: Duration = Duration::from_secs(5);

/// Tells and hears until it is told to stop, and then takes leave.
pub(crate) async fn exchange(presence: Arc<Presence>, nodes: Arc<dyn Nodes>, stop: CancellationToken) {
    let id = NodeId::new();
    let hearing = stop.run_until_cancelled(hear(&presence, &*nodes, id));
    tokio::join!(tell(&presence, &*nodes, id, &stop), hearing);
    if let Err(error) = nodes.leave(id).await {
        tracing::debug!(%error, "the other nodes will notice by themselves that this one stopped");
    }
}

/// Reports. One that is under way is finished before the end: it must not come after the leave.
async fn tell(presence: &Presence, nodes: &dyn Nodes, id: NodeId, stop: &CancellationToken) {
    let mut outage = Outage::of("the people of this node cannot be told to other nodes");
    let mut told = None;
    while !stop.is_cancelled() {
        let report = presence.roster().report(id);
        let told_now = nodes.report(&report).await;
        outage.note(&told_now);
        told = told_now.is_ok().then_some(report.version).or(told);
        let something_else = async {
            sleep(PACE).await;
            while told == Some(presence.roster().version()) {
                presence.reportable.notified().await;
            }
        };
        let _ = stop.run_until_cancelled(timeout(ALIVE_AT_LEAST, something_else)).await;
    }
}

/// Looks at what the others report. What was heard is believed for as long as a silent node is.
async fn hear(presence: &Presence, nodes: &dyn Nodes, id: NodeId) {
    let mut outage = Outage::of("the people of other nodes cannot be read, and fade");
    let mut heard_at = Instant::now();
    let mut looks = interval(PACE);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        let known = presence.roster().known();
        let others = nodes.others(id, &known).await;
        outage.note(&others);
        match others {
            Ok(others) => {
                heard_at = Instant::now();
                presence.change(|roster, now| roster.merge(others, now));
            }
            Err(_) if heard_at.elapsed() >= NODE_TIMEOUT && !known.is_empty() => {
                presence.change(|roster, now| roster.merge(Vec::new(), now));
            }
            Err(_) => {}
        }
    }
}

/// Says once that something does not work, and once that it does again.
struct Outage {
    what: &'static str,
    lasts: bool,
}

impl Outage {
    fn of(what: &'static str) -> Self {
        Self { what, lasts: false }
    }

    fn note<T>(&mut self, outcome: &Result<T, StoreError>) {
        match (outcome, self.lasts) {
            (Err(error), false) => tracing::warn!(%error, "{}", self.what),
            (Ok(_), true) => tracing::info!("over: {}", self.what),
            _ => {}
        }
        self.lasts = outcome.is_err();
    }
}
