//! The people in one room, of this node and of the others, as one list.
//!
//! It holds no socket and no clock, so that tests can set the time. A change costs the same among few people and many.

use std::collections::BTreeSet;
use std::time::Instant;

use store::{Person, UserId};

use super::pending_changes::{PendingChanges, PendingTyping, PeopleChanges};
use super::sorted_people::{Rank, SortedPeople};
use super::{MAX_LISTED, Snapshot};

/// The people in a room.
#[derive(Default)]
pub(super) struct Roster {
    people: SortedPeople,
    /// People of this node, and those of them who are typing.
    local: BTreeSet<UserId>,
    local_typing: BTreeSet<UserId>,
    /// People of other nodes who are typing, and the number of those whom no report lists.
    remote_typing: Vec<Person>,
    unlisted: u64,
    changes: PendingChanges,
    typing: PendingTyping,
    /// When the timer checks the room next.
    pub(super) scheduled: Option<Instant>,
}

impl Roster {
    /// Inserts or replaces a person; `None` removes the person. `local` is whether the person is on this node, and if so
    /// whether typing.
    pub(super) fn set(&mut self, id: UserId, person: Option<Person>, local: Option<bool>) {
        set_in(&mut self.local, id, local.is_some());
        if set_in(&mut self.local_typing, id, local == Some(true)) {
            self.typing.add();
        }
        let before = self.people.get(id);
        if before == person.as_ref() {
            return;
        }
        if self.local_typing.contains(&id) {
            self.typing.add();
        }
        self.changes.add(before, person.as_ref());
        self.people.set(id, person);
    }

    /// Replaces what is known of other nodes besides their people.
    pub(super) fn set_remote(&mut self, unlisted: u64, typing: Vec<Person>) {
        self.unlisted = unlisted;
        if self.remote_typing != typing {
            self.remote_typing = typing;
            self.typing.add();
        }
    }

    /// A message ended a user's typing.
    pub(super) fn typing_ended_by_message(&mut self, id: UserId) {
        self.typing.ended_by_message(id);
    }

    /// The people now. Later announcements continue from it.
    pub(super) fn snapshot(&mut self) -> Snapshot {
        self.changes.note_snapshot();
        self.typing.note_snapshot();
        let people = self.people.in_order().take(MAX_LISTED).cloned().collect();
        Snapshot { people, typing: self.all_typing(), count: self.count() }
    }

    /// When there is something to do: to announce, or to drop an empty roster.
    pub(super) fn due(&self, now: Instant) -> Option<Instant> {
        let announcements = [self.changes.due(self.count(), now), self.typing.due(now)];
        let quiet_at = self.changes.allowed_at().max(self.typing.allowed_at());
        let drop_at = quiet_at.filter(|at| self.count() == 0 && *at > now);
        announcements.into_iter().flatten().min().or(drop_at)
    }

    /// Whether nobody is in the room and everything is announced. Until an announcement is allowed again the roster is
    /// needed, because it has the time of the last one.
    pub(super) fn is_over(&self, now: Instant) -> bool {
        self.count() == 0 && self.due(now).is_none()
    }

    /// Takes the announcements that are due: of people, and of those who are typing.
    pub(super) fn take_announcements(
        &mut self,
        now: Instant,
    ) -> (Option<PeopleChanges>, Option<Vec<Person>>) {
        let changes = self.changes.take(&self.people, self.count(), now);
        let mut pending = std::mem::take(&mut self.typing);
        let typing = pending.take(|| self.all_typing(), now);
        self.typing = pending;
        (changes, typing)
    }

    /// A watcher may have missed an announcement of these people.
    pub(super) fn missed_people(&mut self, people: impl IntoIterator<Item = Person>) {
        self.changes.missed(people);
    }

    /// A watcher may have missed an announcement of those who are typing.
    pub(super) fn missed_typing(&mut self) {
        self.typing.missed();
    }

    /// The people of this node, in order.
    pub(super) fn local(&self) -> impl Iterator<Item = UserId> {
        self.people.in_order().map(|person| person.id).filter(|id| self.local.contains(id))
    }

    /// The number of people of this node.
    pub(super) fn local_count(&self) -> u64 {
        self.local.len() as u64
    }

    /// The people of this node who are typing.
    pub(super) fn local_typing(&self) -> impl Iterator<Item = UserId> {
        self.local_typing.iter().copied()
    }

    fn count(&self) -> u64 {
        self.people.len() + self.unlisted
    }

    fn all_typing(&self) -> Vec<Person> {
        let local = self.local_typing.iter().filter_map(|id| self.people.get(*id));
        let remote = self.remote_typing.iter().filter(|person| !self.local_typing.contains(&person.id));
        let remote = remote.map(|person| self.people.get(person.id).unwrap_or(person));
        let mut all: Vec<&Person> = local.chain(remote).collect();
        all.sort_by_cached_key(|person| Rank::of(person));
        all.dedup_by_key(|person| person.id);
        all.into_iter().take(MAX_LISTED).cloned().collect()
    }
}

/// Inserts or removes a member. Returns whether the set changed.
fn set_in(set: &mut BTreeSet<UserId>, id: UserId, is_member: bool) -> bool {
    if is_member { set.insert(id) } else { set.remove(&id) }
}
