//! The people of other nodes, from the last report of each.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use store::{NodeId, NodeReport, OtherNode, Person, RoomId, UserId};

/// The last report of each other node.
#[derive(Default)]
pub(super) struct RemoteNodes {
    nodes: BTreeMap<NodeId, RemoteNode>,
}

struct RemoteNode {
    version: u64,
    people: HashMap<UserId, Person>,
    /// People whom the report counts but does not name.
    unnamed: u64,
    typing: HashMap<RoomId, Vec<UserId>>,
}

/// What new reports may have changed.
#[derive(Default)]
pub(super) struct Merged {
    pub(super) people: BTreeSet<UserId>,
    pub(super) typing_in: BTreeSet<RoomId>,
}

impl RemoteNodes {
    /// The version of each report.
    pub(super) fn versions(&self) -> HashMap<NodeId, u64> {
        self.nodes.iter().map(|(id, node)| (*id, node.version)).collect()
    }

    /// A person as the other nodes see them: here if here on any node.
    pub(super) fn person(&self, id: UserId) -> Option<Person> {
        let mut seen = self.nodes.values().filter_map(|node| node.people.get(&id));
        let mut person = seen.next()?.clone();
        person.away &= seen.all(|other| other.away);
        Some(person)
    }

    /// The number of people whom no report names.
    pub(super) fn unnamed(&self) -> u64 {
        self.nodes.values().map(|node| node.unnamed).sum()
    }

    /// The people who are typing in a room.
    pub(super) fn typing(&self, room: RoomId) -> Vec<Person> {
        let typing_at = |node: &RemoteNode| {
            let ids = node.typing.get(&room).into_iter().flatten();
            ids.filter_map(|id| node.people.get(id)).cloned().collect::<Vec<_>>()
        };
        self.nodes.values().flat_map(typing_at).collect()
    }

    /// Replaces the set of nodes, and the reports that are new.
    pub(super) fn merge(&mut self, others: Vec<OtherNode>) -> Merged {
        let mut merged = Merged::default();
        let mut before = std::mem::take(&mut self.nodes);
        for OtherNode { id, new_report } in others {
            let known = before.remove(&id);
            let node = match new_report {
                Some(report) => {
                    let node = RemoteNode::from(report);
                    node.add_differences(known.as_ref(), &mut merged);
                    if let Some(known) = known {
                        known.add_differences(Some(&node), &mut merged);
                    }
                    Some(node)
                }
                None => known,
            };
            self.nodes.extend(node.map(|node| (id, node)));
        }
        before.values().for_each(|gone| gone.add_differences(None, &mut merged));
        merged
    }
}

impl RemoteNode {
    /// Adds what is not the same in another report.
    fn add_differences(&self, other: Option<&Self>, to: &mut Merged) {
        let is_other = |(id, person): &(&UserId, &Person)| {
            other.and_then(|other| other.people.get(*id)) != Some(*person)
        };
        to.people.extend(self.people.iter().filter(is_other).map(|(id, _)| *id));
        // Also where the same people are typing: one of them may have another name.
        to.typing_in.extend(self.typing.keys());
    }
}

impl From<NodeReport> for RemoteNode {
    fn from(NodeReport { version, count, people, typing, .. }: NodeReport) -> Self {
        let people: HashMap<_, _> = people.into_iter().map(|person| (person.id, person)).collect();
        let unnamed = count.saturating_sub(people.len() as u64);
        let typing = typing.into_iter().map(|report| (report.room, report.users)).collect();
        Self { version, people, unnamed, typing }
    }
}
