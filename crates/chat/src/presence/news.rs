//! What is to be told to those who watch: who came, changed or left since it was told last, and who is typing.
//!
//! What changed and changed back is not told, unless somebody asked in between and so saw a state that nobody
//! announced.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde::Serialize;
use store::{Person, RoomId, UserId};

use super::NAMED;
use super::crowd::{Crowd, Place};
use crate::wire::{as_text, people};

/// Between two announcements of one kind.
pub(super) const PACE: Duration = Duration::from_secs(1);

/// `presence`: who came, or changed, and who left.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Changes {
    #[serde(serialize_with = "as_text")]
    pub(super) room: RoomId,
    /// How many people are there, also those who are not named.
    pub(super) count: u64,
    #[serde(serialize_with = "people")]
    pub(super) joined: Vec<Person>,
    #[serde(serialize_with = "people")]
    pub(super) left: Vec<Person>,
}

/// `typing`: everybody who is typing now.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Typing {
    #[serde(serialize_with = "as_text")]
    pub(super) room: RoomId,
    #[serde(serialize_with = "people")]
    pub(super) users: Vec<Person>,
}

/// The changes of the crowd since they were told last.
#[derive(Default)]
pub(super) struct ChangeNews {
    touched: HashMap<UserId, Touched>,
    count: u64,
    /// Somebody asked while something was not told yet.
    seen_between: bool,
    told_at: Option<Instant>,
}

/// Somebody who changed.
struct Touched {
    /// As it was told last.
    before: Option<Person>,
    /// When last there.
    seen: Person,
}

impl ChangeNews {
    /// Somebody changes, from something to something.
    pub(super) fn touch(&mut self, before: Option<&Person>, after: Option<&Person>) {
        let Some(seen) = after.or(before) else { return };
        let new = || Touched { before: before.cloned(), seen: seen.clone() };
        self.touched.entry(seen.id).and_modify(|touched| touched.seen = seen.clone()).or_insert_with(new);
    }

    pub(super) fn asked(&mut self) {
        self.seen_between |= !self.touched.is_empty();
    }

    /// When something is to be told, if there may be something.
    pub(super) fn due(&self, count: u64, now: Instant) -> Option<Instant> {
        let pending = !self.touched.is_empty() || count != self.count;
        pending.then(|| paced(self.told_at, now))
    }

    /// What is to be told now. More than one announcement may name is told by the next ones.
    pub(super) fn take(&mut self, crowd: &Crowd, count: u64, now: Instant) -> Option<Changes> {
        if self.due(count, now)? > now {
            return None;
        }
        let (mut joined, mut left) = (Vec::new(), Vec::new());
        let (touched, seen_between) = (std::mem::take(&mut self.touched), self.seen_between);
        for touched in touched.into_values() {
            let after = crowd.get(touched.seen.id);
            match after {
                _ if after == touched.before.as_ref() && !seen_between => {}
                Some(_) => joined.push(touched),
                None => left.push(touched),
            }
        }
        let (joined, left) = (self.named(joined), self.named(left));
        self.seen_between &= !self.touched.is_empty();
        if joined.is_empty() && left.is_empty() && count == self.count {
            return None;
        }
        (self.told_at, self.count) = (Some(now), count);
        Some(Changes { room: RoomId::LOBBY, count, joined, left })
    }

    /// The first of some people, as they were when last there; the others wait.
    fn named(&mut self, mut people: Vec<Touched>) -> Vec<Person> {
        people.sort_by_cached_key(|touched| Place::of(&touched.seen));
        let others = people.split_off(people.len().min(NAMED));
        self.touched.extend(others.into_iter().map(|touched| (touched.seen.id, touched)));
        people.into_iter().map(|touched| touched.seen).collect()
    }

    /// Somebody may not have heard it: it is told again.
    pub(super) fn not_heard(&mut self, changes: Changes) {
        for person in changes.joined.into_iter().chain(changes.left) {
            self.touched.entry(person.id).or_insert(Touched { before: None, seen: person });
        }
        self.seen_between |= !self.touched.is_empty();
    }
}

/// Whether the list of those who are typing is to be told.
#[derive(Default)]
pub(super) struct TypingNews {
    told: Vec<Person>,
    changed: bool,
    seen_between: bool,
    told_at: Option<Instant>,
}

impl TypingNews {
    pub(super) fn touch(&mut self) {
        self.changed = true;
    }

    pub(super) fn asked(&mut self) {
        self.seen_between |= self.changed;
    }

    pub(super) fn due(&self, now: Instant) -> Option<Instant> {
        self.changed.then(|| paced(self.told_at, now))
    }

    /// What is to be told now, `list` being everybody who is typing.
    pub(super) fn take(&mut self, list: impl FnOnce() -> Vec<Person>, now: Instant) -> Option<Typing> {
        if self.due(now)? > now {
            return None;
        }
        self.changed = false;
        let users = list();
        if users == self.told && !std::mem::take(&mut self.seen_between) {
            return None;
        }
        (self.told_at, self.seen_between) = (Some(now), false);
        self.told.clone_from(&users);
        Some(Typing { room: RoomId::LOBBY, users })
    }

    /// Who hears somebody's message takes it for the end of their typing: if they type on at once, that is told again.
    pub(super) fn ended_by_message(&mut self, id: UserId) {
        if self.told.iter().any(|person| person.id == id) {
            self.not_heard();
        }
    }

    pub(super) fn not_heard(&mut self) {
        (self.changed, self.seen_between) = (true, true);
    }
}

fn paced(told_at: Option<Instant>, now: Instant) -> Instant {
    told_at.map_or(now, |told_at| now.max(told_at + PACE))
}
