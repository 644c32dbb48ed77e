//! The people of other nodes, from the last report of each.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use store::{NodeId, NodeReport, OtherNode, Person, RoomId, RoomReport, UserId};

/// The last report of each other node.
#[derive(Default)]
pub(super) struct RemoteNodes {
    nodes: BTreeMap<NodeId, RemoteNode>,
}

struct RemoteNode {
    version: u64,
    people: HashMap<UserId, Person>,
    rooms: HashMap<RoomId, RemoteRoom>,
}

struct RemoteRoom {
    people: HashSet<UserId>,
    /// People whom the report counts but does not list.
    unlisted: u64,
    typing: Vec<UserId>,
}

impl RemoteNodes {
    /// The version of each report.
    pub(super) fn versions(&self) -> HashMap<NodeId, u64> {
        self.nodes.iter().map(|(id, node)| (*id, node.version)).collect()
    }

    /// A person in a room as the other nodes see them: here if here on any node.
    pub(super) fn person(&self, room: RoomId, id: UserId) -> Option<Person> {
        let mut seen = self.nodes.values().filter_map(|node| node.person_in(room, id));
        let mut person = seen.next()?.clone();
        person.away &= seen.all(|other| other.away);
        Some(person)
    }

    /// The number of people in a room whom no report lists.
    pub(super) fn unlisted(&self, room: RoomId) -> u64 {
        self.nodes.values().filter_map(|node| node.rooms.get(&room)).map(|room| room.unlisted).sum()
    }

    /// The people who are typing in a room.
    pub(super) fn typing(&self, room: RoomId) -> Vec<Person> {
        let typing_at = |node: &RemoteNode| {
            let ids = node.rooms.get(&room).into_iter().flat_map(|room| &room.typing);
            ids.filter_map(|id| node.people.get(id)).cloned().collect::<Vec<_>>()
        };
        self.nodes.values().flat_map(typing_at).collect()
    }

    /// Replaces the set of nodes, and the reports that are new. Returns the rooms concerned, each with the people whose
    /// state there may have changed.
    pub(super) fn merge(&mut self, others: Vec<OtherNode>) -> BTreeMap<RoomId, BTreeSet<UserId>> {
        let mut concerned = BTreeMap::new();
        let mut before = std::mem::take(&mut self.nodes);
        for OtherNode { id, new_report } in others {
            let known = before.remove(&id);
            let node = match new_report {
                Some(report) => {
                    let node = RemoteNode::from(report);
                    node.add_differences(known.as_ref(), &mut concerned);
                    if let Some(known) = known {
                        known.add_differences(Some(&node), &mut concerned);
                    }
                    Some(node)
                }
                None => known,
            };
            self.nodes.extend(node.map(|node| (id, node)));
        }
        before.values().for_each(|gone| gone.add_differences(None, &mut concerned));
        concerned
    }
}

impl RemoteNode {
    fn person_in(&self, room: RoomId, id: UserId) -> Option<&Person> {
        self.people.get(&id).filter(|_| self.rooms.get(&room).is_some_and(|room| room.people.contains(&id)))
    }

    /// Adds all rooms of this report, each with the people who are not the same there in another report.
    fn add_differences(&self, other: Option<&Self>, to: &mut BTreeMap<RoomId, BTreeSet<UserId>>) {
        for (&room, people) in &self.rooms {
            let differs =
                |id: &UserId| other.and_then(|other| other.person_in(room, *id)) != self.person_in(room, *id);
            to.entry(room).or_default().extend(people.people.iter().copied().filter(differs));
        }
    }
}

impl From<NodeReport> for RemoteNode {
    fn from(report: NodeReport) -> Self {
        let people: HashMap<_, _> = report.people.into_iter().map(|person| (person.id, person)).collect();
        let rooms = report.rooms.into_iter().map(|report| {
            let RoomReport { room, count, people: listed, typing } = report;
            let listed: HashSet<_> = listed.into_iter().filter(|id| people.contains_key(id)).collect();
            let unlisted = count.saturating_sub(listed.len() as u64);
            (room, RemoteRoom { people: listed, unlisted, typing })
        });
        let rooms = rooms.collect();
        Self { version: report.version, people, rooms }
    }
}
