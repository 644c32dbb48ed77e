//! Who is there: this node's sockets and the other nodes' reports, made into one list.
//!
//! It holds no socket and no clock, so that every rule can be tested with moments of one's own. What it costs is what
//! changes, however many are there.

mod telling;

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::time::Instant;

use crate::hub::SubscriptionId;
use store::{OtherNode, Person, Sender, UserId};

use super::crowd::Crowd;
use super::elsewhere::Elsewhere;
use super::local::Local;
use super::news::{ChangeNews, TypingNews};
pub(crate) use telling::Seen;

/// Everybody.
#[derive(Default)]
pub(crate) struct Roster {
    here: HashMap<UserId, Local>,
    elsewhere: Elsewhere,
    crowd: Crowd,
    typing_here: BTreeSet<UserId>,
    /// When somebody's state changes by itself.
    dues: BTreeSet<(Instant, UserId)>,
    changes: ChangeNews,
    typing: TypingNews,
    version: u64,
}

impl Roster {
    /// A socket came; it may have said already whether it is attended.
    pub(crate) fn join(
        &mut self,
        socket: SubscriptionId,
        sender: Sender,
        said_away: Option<bool>,
        now: Instant,
    ) {
        let id = sender.id;
        match self.here.entry(id) {
            Entry::Occupied(mut local) => self.version += u64::from(local.get_mut().rename(&sender)),
            Entry::Vacant(vacant) => {
                vacant.insert(Local::new(sender));
                self.version += 1;
            }
        }
        self.change(id, now, |local| local.join(socket, said_away, now));
    }

    /// A socket went, perhaps to be back in a moment.
    pub(crate) fn leave(&mut self, socket: SubscriptionId, user: UserId, lingers: bool, now: Instant) {
        self.change(user, now, |local| local.leave(socket, lingers, now));
    }

    /// A socket said whether somebody sits before it.
    pub(crate) fn attend(&mut self, socket: SubscriptionId, user: UserId, away: bool, now: Instant) {
        self.change(user, now, |local| local.attend(socket, away));
    }

    /// Somebody is typing, for a while.
    pub(crate) fn type_on(&mut self, socket: SubscriptionId, user: UserId, now: Instant) {
        self.change(user, now, |local| {
            local.heard(socket, now);
            local.begin_typing(now);
        });
    }

    /// A message of somebody was accepted, which ends their typing.
    pub(crate) fn sent(&mut self, socket: Option<SubscriptionId>, user: UserId, now: Instant) {
        let Some(local) = self.here.get_mut(&user) else { return };
        let was_unsaid = socket.is_some_and(|socket| local.heard(socket, now));
        let was_typing = local.end_typing();
        if was_typing {
            self.typing.ended_by_message(user);
        }
        if was_typing || was_unsaid {
            self.settle(user, now);
        }
    }

    /// Somebody is called otherwise now.
    pub(crate) fn rename(&mut self, sender: &Sender, now: Instant) {
        let renamed = self.here.get_mut(&sender.id).is_some_and(|local| local.rename(sender));
        self.version += u64::from(renamed);
        if renamed {
            self.typing.touch();
        }
        self.settle(sender.id, now);
    }

    /// The other nodes and their reports, as far as they are new.
    pub(crate) fn merge(&mut self, others: Vec<OtherNode>, now: Instant) {
        let typing: Vec<Person> = self.elsewhere.typing().cloned().collect();
        for id in self.elsewhere.merge(others) {
            self.settle(id, now);
        }
        if !typing.iter().eq(self.elsewhere.typing()) {
            self.typing.touch();
        }
    }

    fn change(&mut self, user: UserId, now: Instant, change: impl FnOnce(&mut Local)) {
        if let Some(local) = self.here.get_mut(&user) {
            change(local);
            self.settle(user, now);
        }
    }

    /// Makes everything else follow from what is known of somebody.
    fn settle(&mut self, id: UserId, now: Instant) {
        self.settle_here(id, now);
        let elsewhere = self.elsewhere.person(id);
        let person = match self.here.get(&id).map(|local| &local.person) {
            Some(here) => {
                let away = here.away && elsewhere.is_none_or(|elsewhere| elsewhere.away);
                Some(Person { away, ..here.clone() })
            }
            None => elsewhere,
        };
        let before = self.crowd.get(id);
        if before != person.as_ref() {
            self.changes.touch(before, person.as_ref());
            self.crowd.set(id, person);
        }
    }

    fn settle_here(&mut self, id: UserId, now: Instant) {
        let Some(local) = self.here.get_mut(&id) else { return };
        let is_there = local.is_there(now);
        self.version += u64::from(local.settle(now) || !is_there);
        let due = local.due(now).filter(|_| is_there);
        if let Some(before) = std::mem::replace(&mut local.noted, due) {
            self.dues.remove(&(before, id));
        }
        self.dues.extend(due.map(|due| (due, id)));
        let is_typing = is_there && local.is_typing;
        let changed = if is_typing { self.typing_here.insert(id) } else { self.typing_here.remove(&id) };
        if changed {
            self.typing.touch();
        }
        if !is_there {
            self.here.remove(&id);
        }
    }
}
