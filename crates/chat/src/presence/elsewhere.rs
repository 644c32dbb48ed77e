//! The people of the other nodes, as those report them.

use std::collections::{BTreeMap, HashMap};

use store::{NodeId, NodeReport, OtherNode, Person, UserId};

/// The other nodes' last reports.
#[derive(Default)]
pub(super) struct Elsewhere {
    nodes: BTreeMap<NodeId, Node>,
}

struct Node {
    version: u64,
    people: HashMap<UserId, Person>,
    /// People whom the report counts and does not name.
    unnamed: u64,
    typing: Vec<Person>,
}

impl Elsewhere {
    /// Which reports are known.
    pub(super) fn known(&self) -> HashMap<NodeId, u64> {
        self.nodes.iter().map(|(id, node)| (*id, node.version)).collect()
    }

    /// Somebody as the other nodes see them: here if here on any.
    pub(super) fn person(&self, id: UserId) -> Option<Person> {
        let mut seen = self.nodes.values().filter_map(|node| node.people.get(&id));
        let mut person = seen.next()?.clone();
        person.away &= seen.all(|other| other.away);
        Some(person)
    }

    pub(super) fn unnamed(&self) -> u64 {
        self.nodes.values().map(|node| node.unnamed).sum()
    }

    pub(super) fn typing(&self) -> impl Iterator<Item = &Person> {
        self.nodes.values().flat_map(|node| &node.typing)
    }

    /// Takes in which nodes there are and what they report. Gives everybody for whom that may mean something.
    pub(super) fn merge(&mut self, others: Vec<OtherNode>) -> Vec<UserId> {
        let mut concerned = Vec::new();
        let mut before = std::mem::take(&mut self.nodes);
        for OtherNode { id, news } in others {
            let known = before.remove(&id);
            if let Some(report) = news {
                concerned.extend(known.iter().flat_map(Node::ids));
                let node = Node::from(report);
                concerned.extend(node.ids());
                self.nodes.insert(id, node);
            } else if let Some(node) = known {
                self.nodes.insert(id, node);
            }
        }
        concerned.extend(before.values().flat_map(Node::ids));
        concerned
    }
}

impl Node {
    fn ids(&self) -> impl Iterator<Item = UserId> {
        self.people.keys().copied()
    }
}

impl From<NodeReport> for Node {
    fn from(report: NodeReport) -> Self {
        let people: HashMap<_, _> = report.people.into_iter().map(|person| (person.id, person)).collect();
        let unnamed = report.count.saturating_sub(people.len() as u64);
        Self { version: report.version, people, unnamed, typing: report.typing }
    }
}
