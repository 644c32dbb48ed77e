//! The reports of other nodes, which a test sets, and those of the node under test.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use store::{NodeId, NodeReport, Nodes, OtherNode, Person, StoreError, Stores};
use tokio::time::Instant;

/// A store of node reports. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct FakeNodes(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    others: Vec<NodeReport>,
    reported: Vec<(Instant, NodeReport)>,
    left: Vec<NodeId>,
    is_unavailable: bool,
}

impl FakeNodes {
    /// The same stores, with these nodes.
    pub fn wrap(&self, stores: Stores) -> Stores {
        Stores { nodes: Some(Arc::new(self.clone())), ..stores }
    }

    /// Replaces the reports of all other nodes.
    pub fn set_others(&self, reports: Vec<NodeReport>) {
        self.state().others = reports;
    }

    /// Makes reports and polls fail, or not.
    pub fn set_unavailable(&self, is_unavailable: bool) {
        self.state().is_unavailable = is_unavailable;
    }

    /// The reports of the node under test, each with its time.
    pub fn reported(&self) -> Vec<(Instant, NodeReport)> {
        self.state().reported.clone()
    }

    /// The last report of the node under test.
    pub fn last_reported(&self) -> Option<NodeReport> {
        self.state().reported.last().map(|(_, report)| report.clone())
    }

    /// The nodes that were removed.
    pub fn left(&self) -> Vec<NodeId> {
        self.state().left.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn answer<T>(&self, answer: T) -> Result<T, StoreError> {
        if self.is_unavailable {
            Err(StoreError::Unavailable("a test took it away".into()))
        } else {
            Ok(answer)
        }
    }
}

#[async_trait]
impl Nodes for FakeNodes {
    async fn report(&self, report: &NodeReport) -> Result<(), StoreError> {
        let mut state = self.state();
        assert!(state.left.is_empty(), "nothing is reported after the removal");
        state.answer(())?;
        state.reported.push((Instant::now(), report.clone()));
        Ok(())
    }

    async fn others(&self, _: NodeId, known: &HashMap<NodeId, u64>) -> Result<Vec<OtherNode>, StoreError> {
        let state = self.state();
        let is_new = |report: &&NodeReport| known.get(&report.id) != Some(&report.version);
        let other = |report: &NodeReport| OtherNode {
            id: report.id,
            new_report: Some(report).filter(is_new).cloned(),
        };
        state.answer(state.others.iter().map(other).collect())
    }

    async fn leave(&self, node: NodeId) -> Result<(), StoreError> {
        self.state().left.push(node);
        Ok(())
    }
}

/// The first report of a new node with these people. Nobody is typing.
pub fn report_of(people: Vec<Person>) -> NodeReport {
    let count = people.len() as u64;
    NodeReport { id: NodeId::new(), version: 1, count, people, typing: Vec::new() }
}
