//! Who is here and away, by this node's sockets and the other nodes' reports, and the rosters of the rooms that are watched.
//!
//! A user is here once, in however many rooms: a room's roster is those of its members who are here. It is kept for the lobby
//! and for rooms with watchers on this node; no other room costs anything.
//! It holds no clock, so that tests can set the time. All rooms share two timers.

mod report;
mod settling;
mod watching;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Instant;

use store::{NodeId, OtherNode, RoomId, Sender, UserId};

use super::local_user::LocalUser;
use super::members::Members;
use super::pending_changes::PeopleChanges;
use super::remote_nodes::{Merged, RemoteNodes};
use super::roster::Roster;
use super::{Announcement, Snapshot, SubscriptionId};

/// All people.
pub(super) struct Rosters {
    users: HashMap<UserId, LocalUser>,
    remote: RemoteNodes,
    /// The lobby, always, and the watched rooms.
    rooms: BTreeMap<RoomId, Roster>,
    members: Members,
    /// The watched rooms of each socket, without the lobby. No set is empty.
    watched: HashMap<SubscriptionId, BTreeSet<RoomId>>,
    /// Who is typing on this node, by room, the lobby first.
    typing: BTreeSet<(RoomId, UserId)>,
    /// When a user's state changes by itself.
    user_timer: BTreeSet<(Instant, UserId)>,
    /// When something is to be announced in a room.
    room_timer: BTreeSet<(Instant, RoomId)>,
    version: u64,
}

impl Default for Rosters {
    fn default() -> Self {
        Self {
            users: HashMap::new(),
            remote: RemoteNodes::default(),
            rooms: BTreeMap::from([(RoomId::LOBBY, Roster::default())]),
            members: Members::default(),
            watched: HashMap::new(),
            typing: BTreeSet::new(),
            user_timer: BTreeSet::new(),
            room_timer: BTreeSet::new(),
            version: 0,
        }
    }
}

impl Rosters {
    /// A socket is open. `away` is what its client last sent.
    pub(super) fn join(&mut self, socket: SubscriptionId, sender: Sender, away: Option<bool>, now: Instant) {
        let id = sender.id;
        match self.users.entry(id) {
            Entry::Occupied(mut user) => drop(user.get_mut().rename(&sender)),
            Entry::Vacant(vacant) => drop(vacant.insert(LocalUser::new(sender))),
        }
        self.change(id, now, |user| user.join(socket, away, now));
    }

    /// A socket closed, and watches no more. If it lingers, it may be back within the leave grace.
    pub(super) fn leave(&mut self, socket: SubscriptionId, user: UserId, lingers: bool, now: Instant) {
        self.unwatch_all(socket, now);
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
        let Merged { people, mut typing_in } = self.remote.merge(others);
        // People whom no report names are counted there.
        typing_in.insert(RoomId::LOBBY);
        for id in people {
            for room in self.members.rooms_of(id) {
                self.settle_in(room, id);
                typing_in.insert(room);
            }
        }
        for room in typing_in {
            self.settle_remote(room);
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

    /// The number of rooms that cost memory, the lobby included.
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
        let Some(roster) = self.rooms.get_mut(&room) else { return };
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
}
