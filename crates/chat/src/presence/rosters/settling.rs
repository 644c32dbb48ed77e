//! What follows from a change: each roster that has the person, and the two timers.

use std::collections::BTreeSet;
use std::time::Instant;

use store::{Person, RoomId, UserId};

use super::Rosters;
use crate::presence::local_user::LocalUser;

impl Rosters {
    /// Updates a user, and the rooms where that changes something.
    pub(super) fn settle(&mut self, id: UserId, now: Instant) {
        let Some(user) = self.users.get_mut(&id) else { return };
        let update = user.update(now);
        let due = user.due(now).filter(|_| !update.is_gone);
        reschedule(&mut self.user_timer, &mut user.scheduled, due, id);
        for &room in &update.typing_changed {
            let typing = (room, id);
            if user.typing.contains(&room) {
                self.typing.insert(typing)
            } else {
                self.typing.remove(&typing)
            };
        }
        if update.is_gone {
            self.users.remove(&id);
        }
        self.version += u64::from(update.is_other_person || !update.typing_changed.is_empty());
        let concerned =
            if update.is_other_person { self.members.rooms_of(id) } else { update.typing_changed };
        for room in concerned {
            self.settle_in(room, id);
            self.schedule(room, now);
        }
    }

    /// Updates one person in one room, if its roster is kept.
    pub(super) fn settle_in(&mut self, room: RoomId, id: UserId) {
        let is_member = self.members.has(room, id);
        let person = if is_member { self.person(id) } else { None };
        let is_typing = is_member && self.typing.contains(&(room, id));
        if let Some(roster) = self.rooms.get_mut(&room) {
            roster.set(id, person, is_typing);
        }
    }

    /// A person who is here or away, on whichever nodes.
    fn person(&self, id: UserId) -> Option<Person> {
        let remote = self.remote.person(id);
        match self.users.get(&id) {
            Some(LocalUser { person, .. }) => {
                let away = person.away && remote.is_none_or(|remote| remote.away);
                Some(Person { away, ..person.clone() })
            }
            None => remote,
        }
    }

    /// Updates what a room's roster has of other nodes besides their people.
    pub(super) fn settle_remote(&mut self, room: RoomId) {
        let Some(roster) = self.rooms.get_mut(&room) else { return };
        let mut typing = self.remote.typing(room);
        typing.retain(|person| self.members.has(room, person.id));
        roster.set_remote(if room == RoomId::LOBBY { self.remote.unnamed() } else { 0 }, typing);
    }

    /// Sets when to look at a room again. Drops a roster that is over.
    pub(super) fn schedule(&mut self, room: RoomId, now: Instant) {
        let Some(roster) = self.rooms.get_mut(&room) else { return };
        let due = roster.due(now);
        let due = due.filter(|_| !roster.is_over(now));
        reschedule(&mut self.room_timer, &mut roster.scheduled, due, room);
        if roster.is_over(now) {
            self.rooms.remove(&room);
            self.members.forget(room);
        }
    }
}

/// Replaces one entry of a timer.
fn reschedule<K: Ord + Copy>(
    timer: &mut BTreeSet<(Instant, K)>,
    scheduled: &mut Option<Instant>,
    due: Option<Instant>,
    key: K,
) {
    if let Some(before) = std::mem::replace(scheduled, due) {
        timer.remove(&(before, key));
    }
    timer.extend(due.map(|due| (due, key)));
}
