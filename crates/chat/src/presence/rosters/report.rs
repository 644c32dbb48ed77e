//! This node's report: its people and their rooms, within the bounds of one document.

use std::collections::HashSet;

use store::{MAX_REPORTED_LISTINGS, MAX_REPORTED_PEOPLE, NodeId, NodeReport, Person, RoomReport, UserId};

use super::Rosters;
use crate::presence::MAX_LISTED;

/// The part of a report that is written.
struct Report<'a> {
    rosters: &'a Rosters,
    people: Vec<Person>,
    named: HashSet<UserId>,
    /// Listings that still fit.
    listings: usize,
}

impl Rosters {
    /// The report of this node: its own people only, in as many rooms as fit, the lobby first.
    pub(crate) fn report(&self, id: NodeId) -> NodeReport {
        let (people, named) = (Vec::new(), HashSet::new());
        let mut report = Report { rosters: self, people, named, listings: MAX_REPORTED_LISTINGS };
        let mut rooms = Vec::new();
        for (&room, roster) in self.rooms.iter().filter(|(_, roster)| roster.local_count() > 0) {
            let Some(listings) = report.listings.checked_sub(1) else { break };
            report.listings = listings;
            let typing = report.list(roster.local_typing().take(MAX_LISTED));
            let people = report.list(roster.local());
            rooms.push(RoomReport { room, count: roster.local_count(), people, typing });
        }
        NodeReport { id, version: self.version, people: report.people, rooms }
    }
}

impl Report<'_> {
    /// The people who fit, in order. Names them if they are not named yet.
    fn list(&mut self, ids: impl Iterator<Item = UserId>) -> Vec<UserId> {
        let mut listed = Vec::new();
        for id in ids {
            if self.listings == 0 {
                break;
            }
            if self.name(id) {
                self.listings -= 1;
                listed.push(id);
            }
        }
        listed
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
