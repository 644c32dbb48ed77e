//! This node's report: its people, each once, and who is typing where, within the bounds of one document.

use std::collections::HashSet;

use store::{
    MAX_REPORTED_PEOPLE, MAX_REPORTED_TYPING, NodeId, NodeReport, Person, RoomId, TypingReport, UserId,
};

use super::Rosters;
use crate::presence::MAX_LISTED;

/// The part of a report that is written.
struct Report<'a> {
    rosters: &'a Rosters,
    people: Vec<Person>,
    named: HashSet<UserId>,
    /// Listings of those who are typing that still fit.
    listings: usize,
    typing: Vec<TypingReport>,
}

impl Rosters {
    /// The report of this node: its own people only. Those who are typing are named first, in as many rooms as fit, the
    /// lobby first, since nobody could tell otherwise who they are.
    pub(crate) fn report(&self, id: NodeId) -> NodeReport {
        let (people, named, typing) = (Vec::new(), HashSet::new(), Vec::new());
        let mut report = Report { rosters: self, people, named, listings: MAX_REPORTED_TYPING, typing };
        self.typing.iter().for_each(|(room, user)| report.add_typing(*room, *user));
        let everybody = self.rooms.get(&RoomId::LOBBY).into_iter().flat_map(|lobby| lobby.in_order());
        for person in everybody {
            report.name(person.id);
        }
        let Report { people, typing, .. } = report;
        NodeReport { id, version: self.version, count: self.users.len() as u64, people, typing }
    }
}

impl Report<'_> {
    /// Somebody is typing in the last room of the report, or in one more.
    fn add_typing(&mut self, room: RoomId, user: UserId) {
        let is_new = self.typing.last().is_none_or(|last| last.room != room);
        let needed = 1 + usize::from(is_new);
        let is_full = self.typing.last().is_some_and(|last| !is_new && last.users.len() >= MAX_LISTED);
        if is_full || self.listings < needed || !self.name(user) {
            return;
        }
        self.listings -= needed;
        match self.typing.last_mut().filter(|_| !is_new) {
            Some(last) => last.users.push(user),
            None => self.typing.push(TypingReport { room, users: vec![user] }),
        }
    }

    /// Returns whether the person is named in the report.
    fn name(&mut self, id: UserId) -> bool {
        if self.named.contains(&id) {
            return true;
        }
        let user = self.rosters.users.get(&id).filter(|_| self.people.len() < MAX_REPORTED_PEOPLE);
        let Some(user) = user else { return false };
        self.named.insert(id);
        self.people.push(user.person.clone());
        true
    }
}
