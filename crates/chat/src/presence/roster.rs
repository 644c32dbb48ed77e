//! The people in one room, of this node and of the others, as one list.
//!
//! It holds no socket and no clock, so that tests can set the time. A change costs the same among few people and many.

use std::collections::{BTreeSet, HashSet};
use std::time::{Duration, Instant};

use store::{Person, UserId};

use super::pending_changes::{PendingChanges, PendingTyping, PeopleChanges};
use super::sorted_people::{Rank, SortedPeople};
use super::{MAX_LISTED, Snapshot};
use crate::hub::SubscriptionId;

/// How long the roster of a room is kept that nobody watches: a page that is reloaded watches again sooner.
pub(super) const UNWATCHED_GRACE: Duration = Duration::from_secs(10);

/// The people in a room.
#[derive(Default)]
pub(super) struct Roster {
    people: SortedPeople,
    /// People of this node who are typing.
    local_typing: BTreeSet<UserId>,
    /// People of other nodes who are typing, and the number of those whom no report names.
    remote_typing: Vec<Person>,
    unnamed: u64,
    watchers: HashSet<SubscriptionId>,
    /// Since when it has no watchers.
    unwatched_since: Option<Instant>,
    changes: PendingChanges,
    typing: PendingTyping,
    /// When the timer checks the room next.
    pub(super) scheduled: Option<Instant>,
}

impl Roster {
    /// Inserts or replaces a person; `None` removes the person. `is_typing` is whether the person is typing on this node.
    pub(super) fn set(&mut self, id: UserId, person: Option<Person>, is_typing: bool) {
        let typing_changed =
            if is_typing { self.local_typing.insert(id) } else { self.local_typing.remove(&id) };
        if typing_changed {
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
    pub(super) fn set_remote(&mut self, unnamed: u64, typing: Vec<Person>) {
        self.unnamed = unnamed;
        if self.remote_typing != typing {
            self.remote_typing = typing;
            self.typing.add();
        }
    }

    /// Takes what it has now for announced: nobody has seen anything else.
    pub(super) fn begin(&mut self) {
        self.changes = PendingChanges::since(self.count());
        self.typing = PendingTyping::since(self.all_typing());
    }

    /// A watcher is about to come, so it is kept for a moment longer.
    pub(super) fn expect_watcher(&mut self, now: Instant) {
        self.unwatched_since = self.watchers.is_empty().then_some(now);
    }

    pub(super) fn add_watcher(&mut self, watcher: SubscriptionId) {
        self.watchers.insert(watcher);
        self.unwatched_since = None;
    }

    pub(super) fn remove_watcher(&mut self, watcher: SubscriptionId, now: Instant) {
        if self.watchers.remove(&watcher) {
            self.expect_watcher(now);
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

    /// When there is something to do: to announce, or to drop the roster.
    pub(super) fn due(&self, now: Instant) -> Option<Instant> {
        let announcements = [self.changes.due(self.count(), now), self.typing.due(now)];
        let drop_at = self.unwatched_since.map(|since| since + UNWATCHED_GRACE);
        announcements.into_iter().flatten().chain(drop_at).min()
    }

    /// Whether it has had no watchers for the grace time, after which it is not kept.
    pub(super) fn is_over(&self, now: Instant) -> bool {
        self.unwatched_since.is_some_and(|since| now >= since + UNWATCHED_GRACE)
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

    /// The people, in order.
    pub(super) fn in_order(&self) -> impl Iterator<Item = &Person> {
        self.people.in_order()
    }

    fn count(&self) -> u64 {
        self.people.len() + self.unnamed
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
