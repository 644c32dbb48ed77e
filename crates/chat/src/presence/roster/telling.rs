//! What is told of the roster: to those who ask, to those who watch, and to the other nodes.

use std::collections::HashMap;
use std::time::Instant;

use store::{MAX_REPORTED, NodeId, NodeReport, Person};

use super::Roster;
use crate::presence::NAMED;
use crate::presence::crowd::Place;
use crate::presence::news::{Changes, Typing};

/// What one who asks is shown.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) people: Vec<Person>,
    pub(crate) typing: Vec<Person>,
    pub(crate) count: u64,
}

impl Roster {
    /// The reports that need not come again.
    pub(crate) fn known(&self) -> HashMap<NodeId, u64> {
        self.elsewhere.known()
    }

    /// Changes with what other nodes are told of this one.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// What other nodes are told of this one.
    pub(crate) fn report(&self, id: NodeId) -> NodeReport {
        let here = self.crowd.in_order().filter_map(|person| self.here.get(&person.id));
        let people = here.map(|local| local.person.clone()).take(MAX_REPORTED).collect();
        let typing = self.typing_here.iter().filter_map(|id| self.here.get(id));
        let typing = typing.map(|local| local.person.clone()).take(NAMED).collect();
        NodeReport { id, version: self.version, count: self.here.len() as u64, people, typing }
    }

    /// Shows everybody. What is announced later continues from it.
    pub(crate) fn ask(&mut self) -> Seen {
        self.changes.asked();
        self.typing.asked();
        let people = self.crowd.in_order().take(NAMED).cloned().collect();
        Seen { people, typing: self.all_typing(), count: self.count() }
    }

    /// The next moment at which there is something to do.
    pub(crate) fn due(&self, now: Instant) -> Option<Instant> {
        let by_itself = self.dues.first().map(|(due, _)| *due);
        let to_tell = [self.changes.due(self.count(), now), self.typing.due(now)];
        by_itself.into_iter().chain(to_tell.into_iter().flatten()).min()
    }

    /// What is to be announced now.
    pub(crate) fn announce(&mut self, now: Instant) -> (Option<Changes>, Option<Typing>) {
        while let Some((due, id)) = self.dues.first().copied()
            && due <= now
        {
            self.settle(id, now);
        }
        let count = self.count();
        let changes = self.changes.take(&self.crowd, count, now);
        let mut typing = std::mem::take(&mut self.typing);
        let told = typing.take(|| self.all_typing(), now);
        self.typing = typing;
        (changes, told)
    }

    /// Somebody may not have heard an announcement.
    pub(crate) fn not_heard(&mut self, changes: Option<Changes>, typing: bool) {
        if let Some(changes) = changes {
            self.changes.not_heard(changes);
        }
        if typing {
            self.typing.not_heard();
        }
    }

    fn count(&self) -> u64 {
        self.crowd.len() + self.elsewhere.unnamed()
    }

    fn all_typing(&self) -> Vec<Person> {
        let here = self.typing_here.iter().filter_map(|id| self.crowd.get(*id));
        let mut all: Vec<&Person> = here.collect();
        let elsewhere = self.elsewhere.typing().filter(|person| !self.typing_here.contains(&person.id));
        all.extend(elsewhere.map(|person| self.crowd.get(person.id).unwrap_or(person)));
        all.sort_by_cached_key(|person| Place::of(person));
        all.dedup_by_key(|person| person.id);
        all.into_iter().take(NAMED).cloned().collect()
    }
}
