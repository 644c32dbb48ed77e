//! The rosters of all rooms with people: this node's sockets and the other nodes' reports.
//!
//! It holds no clock, so that tests can set the time. All rooms share two timers; a room without people costs nothing.

mod report;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Instant;

use store::{NodeId, OtherNode, Person, RoomId, Sender, UserId};

use super::local_user::LocalUser;
use super::pending_changes::PeopleChanges;
use super::remote_nodes::RemoteNodes;
use super::roster::Roster;
use super::{Announcement, Snapshot, SubscriptionId};

/// All people.
#[derive(Default)]
pub(super) struct Rosters {
    users: HashMap<UserId, LocalUser>,
    remote: RemoteNodes,
    /// The lobby first.
    rooms: BTreeMap<RoomId, Roster>,
    /// When a user's state changes by itself.
    user_timer: BTreeSet<(Instant, UserId)>,
    /// When something is to be announced in a room.
    room_timer: BTreeSet<(Instant, RoomId)>,
    version: u64,
}

impl Rosters {
    /// A socket is in rooms. `away` is what its client last sent.
    pub(super) fn join(
        &mut self,
        rooms: &[RoomId],
        socket: SubscriptionId,
        sender: Sender,
        away: Option<bool>,
        now: Instant,
    ) {
        let id = sender.id;
        match self.users.entry(id) {
            Entry::Occupied(mut user) => drop(user.get_mut().rename(&sender)),
            Entry::Vacant(vacant) => drop(vacant.insert(LocalUser::new(sender))),
        }
        self.change(id, now, |user| user.join(rooms, socket, away, now));
    }

    /// A socket closed. If it lingers, it may be back within the leave grace.
    pub(super) fn leave(&mut self, socket: SubscriptionId, user: UserId, lingers: bool, now: Instant) {
        self.change(user, now, |user| user.leave(socket, lingers, now));
    }

    /// A client sent whether its user is away.
    pub(super) fn attend(&mut self, socket: SubscriptionId, user: UserId, away: bool, now: Instant) {
        self.change(user, now, |user| user.attend(socket, away));
    }

    /// A user is typing in a room.
    pub(super) fn type_on(&mut self, room: RoomId, socket: SubscriptionId, user: UserId, now: Instant) {
        self.change(user, now, |user| {
            user.active(socket, now);
            user.begin_typing(room, now);
        });
    }

    /// A message was accepted. It ends its sender's typing in that room.
    pub(super) fn sent(&mut self, room: RoomId, socket: Option<SubscriptionId>, user: UserId, now: Instant) {
        let Some(local) = self.users.get_mut(&user) else { return };
        let was_active = socket.is_some_and(|socket| local.active(socket, now));
        let was_typing = local.end_typing(room);
        if was_typing && let Some(roster) = self.rooms.get_mut(&room) {
            roster.typing_ended_by_message(user);
        }
        if was_typing || was_active {
            self.settle(user, now);
        }
    }

    /// A user has another display name.
    pub(super) fn rename(&mut self, sender: &Sender, now: Instant) {
        if self.users.get_mut(&sender.id).is_some_and(|user| user.rename(sender)) {
            self.settle(sender.id, now);
        }
    }

    /// Takes in the other nodes and their new reports.
    pub(super) fn merge(&mut self, others: Vec<OtherNode>, now: Instant) {
        for (room, people) in self.remote.merge(others) {
            for id in people {
                self.settle_in(room, id);
            }
            let (unlisted, typing) = (self.remote.unlisted(room), self.remote.typing(room));
            self.rooms.entry(room).or_default().set_remote(unlisted, typing);
            self.schedule(room, now);
        }
    }

    /// The versions of the other nodes' reports.
    pub(super) fn remote_versions(&self) -> HashMap<NodeId, u64> {
        self.remote.versions()
    }

    /// Changes with every change of this node's report.
    pub(super) fn version(&self) -> u64 {
        self.version
    }

    /// The people in a room. Later announcements continue from it.
    pub(super) fn snapshot(&mut self, room: RoomId) -> Snapshot {
        self.rooms.get_mut(&room).map(Roster::snapshot).unwrap_or_default()
    }

    /// The number of rooms that cost memory.
    #[cfg(test)]
    pub(super) fn room_count(&self) -> usize {
        self.rooms.len()
    }

    /// When there is next something to do.
    pub(super) fn due(&self) -> Option<Instant> {
        let user = self.user_timer.first().map(|(due, _)| *due);
        let room = self.room_timer.first().map(|(due, _)| *due);
        user.into_iter().chain(room).min()
    }

    /// Brings everybody up to date, and takes the announcements of one room, if any room has one that is due.
    pub(super) fn announce_next(&mut self, now: Instant) -> Option<(RoomId, Vec<Announcement>)> {
        while let Some((_, user)) = self.user_timer.first().copied().filter(|(due, _)| *due <= now) {
            self.settle(user, now);
        }
        let (_, room) = self.room_timer.first().copied().filter(|(due, _)| *due <= now)?;
        let (changes, typing) = self.rooms.get_mut(&room)?.take_announcements(now);
        self.schedule(room, now);
        let changes = changes.map(|PeopleChanges { count, joined, left }| Announcement::Presence {
            room,
            count,
            joined,
            left,
        });
        let typing = typing.map(|users| Announcement::Typing { room, users });
        Some((room, changes.into_iter().chain(typing).collect()))
    }

    /// A watcher may have missed an announcement.
    pub(super) fn missed(&mut self, announcement: Announcement, now: Instant) {
        let (Announcement::Presence { room, .. } | Announcement::Typing { room, .. }) = announcement;
        let roster = self.rooms.entry(room).or_default();
        match announcement {
            Announcement::Presence { joined, left, .. } => {
                roster.missed_people(joined.into_iter().chain(left))
            }
            Announcement::Typing { .. } => roster.missed_typing(),
        }
        self.schedule(room, now);
    }

    fn change(&mut self, id: UserId, now: Instant, change: impl FnOnce(&mut LocalUser)) {
        if let Some(user) = self.users.get_mut(&id) {
            change(user);
            self.settle(id, now);
        }
    }

    /// Updates a user, and the rooms where that changes something.
    fn settle(&mut self, id: UserId, now: Instant) {
        let Some(user) = self.users.get_mut(&id) else { return };
        let rooms = user.update(now);
        self.version += u64::from(!rooms.is_empty());
        let is_gone = user.rooms.is_empty();
        let due = user.due(now).filter(|_| !is_gone);
        reschedule(&mut self.user_timer, &mut user.scheduled, due, id);
        if is_gone {
            self.users.remove(&id);
        }
        for room in rooms {
            self.settle_in(room, id);
            self.schedule(room, now);
        }
    }

    /// Updates one person in one room.
    fn settle_in(&mut self, room: RoomId, id: UserId) {
        let user = self.users.get(&id);
        let local = user.and_then(|user| Some((&user.person, *user.rooms.get(&room)?)));
        let remote = self.remote.person(room, id);
        let person = match local {
            Some((person, _)) => {
                let away = person.away && remote.is_none_or(|remote| remote.away);
                Some(Person { away, ..person.clone() })
            }
            None => remote,
        };
        let is_typing = local.map(|(_, is_typing)| is_typing);
        self.rooms.entry(room).or_default().set(id, person, is_typing);
    }

    /// Sets when to look at a room again. Drops the roster of a room that is over.
    fn schedule(&mut self, room: RoomId, now: Instant) {
        let Some(roster) = self.rooms.get_mut(&room) else { return };
        let due = roster.due(now);
        reschedule(&mut self.room_timer, &mut roster.scheduled, due, room);
        if roster.is_over(now) {
            self.rooms.remove(&room);
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
