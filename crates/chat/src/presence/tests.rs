//! The rules of the rosters, with a clock that each test sets.

mod announcing;
mod attention;
mod joining;
mod nodes;
mod rooms;
mod typing;
mod typing_in_rooms;

use std::time::{Duration, Instant};

use store::{NodeId, NodeReport, OtherNode, Person, RoomId, Sender, TypingReport, UserId};

use super::pending_changes::ANNOUNCE_INTERVAL;
use super::rosters::Rosters;
use super::{Announcement, SubscriptionId};

const LOBBY: RoomId = RoomId::LOBBY;

/// The rosters, and a clock.
struct RosterFixture {
    rosters: Rosters,
    now: Instant,
}

/// An announcement of people: the names of those who joined or changed, each with `*` when away, of those who left, and
/// the count.
type Announced = Option<(Vec<String>, Vec<String>, u64)>;

impl RosterFixture {
    fn new() -> Self {
        Self { rosters: Rosters::default(), now: Instant::now() }
    }

    /// Somebody's new socket.
    fn join(&mut self, sender: &Sender) -> SubscriptionId {
        let socket = SubscriptionId::new();
        self.rosters.join(socket, sender.clone(), None, self.now);
        socket
    }

    /// A socket watches a room with these members.
    fn watch(&mut self, room: RoomId, socket: SubscriptionId, watcher: &Sender, members: &[&Sender]) {
        if !self.rosters.expect_watcher(room, self.now) {
            self.rosters.begin_reading(room);
            let members = members.iter().map(|member| member.id).collect();
            self.rosters.set_members(room, members, self.now);
        }
        self.rosters.watch(room, socket, watcher.id);
    }

    /// A socket closes, and may come back soon.
    fn leave(&mut self, socket: SubscriptionId, sender: &Sender) {
        self.rosters.leave(socket, sender.id, true, self.now);
    }

    /// A socket's session is over.
    fn sign_out(&mut self, socket: SubscriptionId, sender: &Sender) {
        self.rosters.leave(socket, sender.id, false, self.now);
    }

    fn attend(&mut self, socket: SubscriptionId, sender: &Sender, away: bool) {
        self.rosters.attend(socket, sender.id, away, self.now);
    }

    fn type_on(&mut self, socket: SubscriptionId, sender: &Sender) {
        self.type_in(LOBBY, socket, sender);
    }

    fn type_in(&mut self, room: RoomId, socket: SubscriptionId, sender: &Sender) {
        self.rosters.type_on(room, socket, sender.id, self.now);
    }

    fn send(&mut self, socket: Option<SubscriptionId>, sender: &Sender) {
        self.rosters.sent(LOBBY, socket, sender.id, self.now);
    }

    fn merge(&mut self, others: Vec<OtherNode>) {
        self.rosters.merge(others, self.now);
    }

    fn later(&mut self, time: Duration) -> &mut Self {
        self.now += time;
        self
    }

    /// All announcements that are due now.
    fn all_announced(&mut self) -> Vec<Announcement> {
        std::iter::from_fn(|| self.rosters.announce_next(self.now)).flat_map(|(_, due)| due).collect()
    }

    /// The announcements that are due now: of people, and the names of those who are typing. There is only one room.
    fn announced_both(&mut self) -> (Announced, Option<Vec<String>>) {
        let (mut presence, mut typing) = (None, None);
        for announcement in self.all_announced() {
            match announcement {
                Announcement::Presence { room, count, joined, left } => {
                    let changes = (names(&joined), names(&left), count);
                    assert!(room == LOBBY && presence.replace(changes).is_none());
                }
                Announcement::Typing { room, users } => {
                    assert!(room == LOBBY && typing.replace(names(&users)).is_none());
                }
            }
        }
        (presence, typing)
    }

    /// The announcement of people that is due now.
    fn announced(&mut self) -> Announced {
        self.announced_both().0
    }

    /// The announcement of people when one is next allowed.
    fn announced_next(&mut self) -> Announced {
        self.later(ANNOUNCE_INTERVAL).announced()
    }

    /// The announcement of those who are typing that is due now.
    fn typing(&mut self) -> Option<Vec<String>> {
        self.announced_both().1
    }

    /// The people in a snapshot of the lobby.
    fn listed(&mut self) -> Vec<String> {
        names(&self.rosters.snapshot(LOBBY).people)
    }
}

fn names(people: &[Person]) -> Vec<String> {
    let name = |person: &Person| format!("{}{}", person.display_name, if person.away { "*" } else { "" });
    people.iter().map(name).collect()
}

fn announced(joined: &[&str], left: &[&str], count: u64) -> Announced {
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

/// Another node's report of people, and of those who are typing in the lobby.
fn report(id: NodeId, version: u64, people: Vec<Person>, typing: &[&Sender]) -> OtherNode {
    let typing = if typing.is_empty() { vec![] } else { vec![typing_report(LOBBY, typing)] };
    let count = people.len() as u64;
    OtherNode { id, new_report: Some(NodeReport { id, version, count, people, typing }) }
}

fn typing_report(room: RoomId, users: &[&Sender]) -> TypingReport {
    TypingReport { room, users: users.iter().map(|user| user.id).collect() }
}
