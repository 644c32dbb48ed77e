//! The changes of a room that its watchers have not received yet: who joined, changed or left, and who is typing.
//!
//! A change that was undone is not announced, unless a snapshot was taken in between: it showed a state that was never
//! announced.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use store::{Person, UserId};

use super::MAX_LISTED;
use super::sorted_people::{Rank, SortedPeople};

/// Minimum time between two announcements of one kind in one room.
pub(super) const ANNOUNCE_INTERVAL: Duration = Duration::from_secs(1);

/// What is announced of the people in a room.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PeopleChanges {
    /// Number of people, listed or not.
    pub(super) count: u64,
    pub(super) joined: Vec<Person>,
    pub(super) left: Vec<Person>,
}

/// The changes of a room's people since the last announcement.
#[derive(Default)]
pub(super) struct PendingChanges {
    changed: HashMap<UserId, PendingPerson>,
    /// The count that was announced last.
    count: u64,
    snapshot_taken: bool,
    announced_at: Option<Instant>,
}

/// A person who changed.
struct PendingPerson {
    /// As announced last; `None` for a person who was not in the room.
    announced: Option<Person>,
    /// When last in the room.
    last: Person,
}

impl PendingChanges {
    /// Nothing is pending. `count` is the number of people in the room.
    pub(super) fn since(count: u64) -> Self {
        Self { count, ..Self::default() }
    }

    pub(super) fn add(&mut self, before: Option<&Person>, after: Option<&Person>) {
        let Some(last) = after.or(before) else { return };
        let new = || PendingPerson { announced: before.cloned(), last: last.clone() };
        self.changed.entry(last.id).and_modify(|changed| changed.last = last.clone()).or_insert_with(new);
    }

    pub(super) fn note_snapshot(&mut self) {
        self.snapshot_taken |= !self.changed.is_empty();
    }

    /// When to announce, if there may be something to announce.
    pub(super) fn due(&self, count: u64, now: Instant) -> Option<Instant> {
        let is_pending = !self.changed.is_empty() || count != self.count;
        is_pending.then(|| allowed_at(self.announced_at, now))
    }

    /// Takes what is due. People who do not fit into one announcement remain for the next.
    pub(super) fn take(&mut self, people: &SortedPeople, count: u64, now: Instant) -> Option<PeopleChanges> {
        if self.due(count, now)? > now {
            return None;
        }
        let (mut joined, mut left) = (Vec::new(), Vec::new());
        for changed in std::mem::take(&mut self.changed).into_values() {
            let now_in = people.get(changed.last.id);
            match now_in {
                _ if now_in == changed.announced.as_ref() && !self.snapshot_taken => {}
                Some(_) => joined.push(changed),
                None => left.push(changed),
            }
        }
        let (joined, left) = (self.first_of(joined), self.first_of(left));
        self.snapshot_taken &= !self.changed.is_empty();
        if joined.is_empty() && left.is_empty() && count == self.count {
            return None;
        }
        (self.announced_at, self.count) = (Some(now), count);
        Some(PeopleChanges { count, joined, left })
    }

    /// The first people in order. Puts the others back.
    fn first_of(&mut self, mut people: Vec<PendingPerson>) -> Vec<Person> {
        people.sort_by_cached_key(|changed| Rank::of(&changed.last));
        let others = people.split_off(people.len().min(MAX_LISTED));
        self.changed.extend(others.into_iter().map(|changed| (changed.last.id, changed)));
        people.into_iter().map(|changed| changed.last).collect()
    }

    /// A watcher may have missed an announcement, so these people are announced again.
    pub(super) fn missed(&mut self, people: impl IntoIterator<Item = Person>) {
        for person in people {
            self.changed.entry(person.id).or_insert(PendingPerson { announced: None, last: person });
        }
        self.snapshot_taken |= !self.changed.is_empty();
    }
}

/// The list of those who are typing, since it was announced last.
#[derive(Default)]
pub(super) struct PendingTyping {
    announced: Vec<Person>,
    is_changed: bool,
    snapshot_taken: bool,
    announced_at: Option<Instant>,
}

impl PendingTyping {
    /// Nothing is pending in a room where these are typing.
    pub(super) fn since(announced: Vec<Person>) -> Self {
        Self { announced, ..Self::default() }
    }

    pub(super) fn add(&mut self) {
        self.is_changed = true;
    }

    pub(super) fn note_snapshot(&mut self) {
        self.snapshot_taken |= self.is_changed;
    }

    /// When to announce, if there may be something to announce.
    pub(super) fn due(&self, now: Instant) -> Option<Instant> {
        self.is_changed.then(|| allowed_at(self.announced_at, now))
    }

    /// Takes what is due. `typing` lists everybody who is typing.
    pub(super) fn take(&mut self, typing: impl FnOnce() -> Vec<Person>, now: Instant) -> Option<Vec<Person>> {
        if self.due(now)? > now {
            return None;
        }
        self.is_changed = false;
        let typing = typing();
        if typing == self.announced && !std::mem::take(&mut self.snapshot_taken) {
            return None;
        }
        (self.announced_at, self.snapshot_taken) = (Some(now), false);
        self.announced.clone_from(&typing);
        Some(typing)
    }

    /// Clients take a message as the end of its sender's typing. If the sender types on at once, that is announced again.
    pub(super) fn ended_by_message(&mut self, id: UserId) {
        if self.announced.iter().any(|person| person.id == id) {
            self.missed();
        }
    }

    pub(super) fn missed(&mut self) {
        (self.is_changed, self.snapshot_taken) = (true, true);
    }
}

/// When the next announcement is allowed.
fn allowed_at(announced_at: Option<Instant>, now: Instant) -> Instant {
    announced_at.map_or(now, |at| (at + ANNOUNCE_INTERVAL).max(now))
}
