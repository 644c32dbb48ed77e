//! Other nodes, whose reports a test sets.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use store::{NodeId, NodeReport, Nodes, OtherNode, Person, RoomId, RoomReport, StoreError, Stores, UserId};

/// Reports of other nodes, and what the service reported.
#[derive(Clone, Default)]
pub(crate) struct FakeNodes {
    others: Arc<Mutex<Vec<NodeReport>>>,
    reported: Arc<Mutex<Vec<NodeReport>>>,
    left: Arc<Mutex<Vec<NodeId>>>,
}

impl FakeNodes {
    /// The same stores, with these nodes.
    pub(crate) fn wrap(&self, stores: Stores) -> Stores {
        Stores { nodes: Some(Arc::new(self.clone())), ..stores }
    }

    /// Replaces the reports of all other nodes.
    pub(crate) fn set_others(&self, reports: Vec<NodeReport>) {
        *self.others.lock().unwrap() = reports;
    }

    /// The service's last report.
    pub(crate) fn last_reported(&self) -> Option<NodeReport> {
        self.reported.lock().unwrap().last().cloned()
    }

    /// The nodes that were removed.
    pub(crate) fn left(&self) -> Vec<NodeId> {
        self.left.lock().unwrap().clone()
    }
}

#[async_trait]
impl Nodes for FakeNodes {
    async fn report(&self, report: &NodeReport) -> Result<(), StoreError> {
        assert_eq!(self.left(), [], "nothing is reported after the removal");
        self.reported.lock().unwrap().push(report.clone());
        Ok(())
    }

    async fn others(&self, _: NodeId, known: &HashMap<NodeId, u64>) -> Result<Vec<OtherNode>, StoreError> {
        let is_new = |report: &&NodeReport| known.get(&report.id) != Some(&report.version);
        let other = |report: &NodeReport| OtherNode {
            id: report.id,
            new_report: Some(report).filter(is_new).cloned(),
        };
        Ok(self.others.lock().unwrap().iter().map(other).collect())
    }

    async fn leave(&self, node: NodeId) -> Result<(), StoreError> {
        self.left.lock().unwrap().push(node);
        Ok(())
    }
}

/// A report of people with long names in the lobby.
pub(crate) fn crowd(people: usize) -> NodeReport {
    let person = |number: usize| Person {
        id: UserId::new(),
        username: format!("person{number}"),
        display_name: "🙂".repeat(64),
        away: false,
    };
    let people: Vec<Person> = (0..people).map(person).collect();
    let listed: Vec<UserId> = people.iter().map(|person| person.id).collect();
    let count = listed.len() as u64;
    let lobby = RoomReport { room: RoomId::LOBBY, count, people: listed, typing: Vec::new() };
    NodeReport { id: NodeId::new(), version: 1, people, rooms: vec![lobby] }
}
