//! The rules of the roster, with moments of one's own.

mod attention;
mod coming;
mod nodes;
mod telling;
mod typing;

use std::time::{Duration, Instant};

use crate::hub::SubscriptionId;
use store::{NodeId, NodeReport, OtherNode, Person, Sender, UserId};

use super::news::{Changes, PACE};
use super::roster::Roster;

/// A roster with a clock that a test moves.
struct Hall {
    roster: Roster,
    now: Instant,
}

/// What was announced: names of who came or changed, each with `*` when away, and of who left.
type Told = Option<(Vec<String>, Vec<String>, u64)>;

impl Hall {
    fn new() -> Self {
        Self { roster: Roster::default(), now: Instant::now() }
    }

    fn join(&mut self, sender: &Sender) -> SubscriptionId {
        let sid = SubscriptionId::new();
        self.roster.join(sid, sender.clone(), None, self.now);
        sid
    }

    fn leave(&mut self, sid: SubscriptionId, sender: &Sender) {
        self.roster.leave(sid, sender.id, true, self.now);
    }

    fn later(&mut self, time: Duration) -> &mut Self {
        self.now += time;
        self
    }

    /// What is announced now.
    fn told(&mut self) -> Told {
        self.roster.announce(self.now).0.map(described)
    }

    /// What is announced once it may be.
    fn told_next(&mut self) -> Told {
        self.later(PACE).told()
    }

    fn typing(&mut self) -> Option<Vec<String>> {
        let typing = self.roster.announce(self.now).1?;
        Some(typing.users.into_iter().map(|person| person.username).collect())
    }

    fn seen(&mut self) -> Vec<String> {
        self.roster.ask().people.iter().map(shown).collect()
    }

    fn merge(&mut self, others: Vec<OtherNode>) {
        self.roster.merge(others, self.now);
    }
}

fn described(changes: Changes) -> (Vec<String>, Vec<String>, u64) {
    let names = |people: &[Person]| people.iter().map(shown).collect();
    (names(&changes.joined), names(&changes.left), changes.count)
}

fn shown(person: &Person) -> String {
    format!("{}{}", person.display_name, if person.away { "*" } else { "" })
}

fn told(joined: &[&str], left: &[&str], count: u64) -> Told {
    let owned = |names: &[&str]| names.iter().map(|name| name.to_string()).collect();
    Some((owned(joined), owned(left), count))
}

fn sender(name: &str) -> Sender {
    Sender { id: UserId::new(), username: name.to_lowercase(), display_name: name.to_owned() }
}

fn person(sender: &Sender, away: bool) -> Person {
    let Sender { id, username, display_name } = sender.clone();
    Person { id, username, display_name, away }
}

fn report(id: NodeId, version: u64, people: Vec<Person>, typing: Vec<Person>) -> OtherNode {
    let count = people.len() as u64;
    OtherNode { id, news: Some(NodeReport { id, version, count, people, typing }) }
}
