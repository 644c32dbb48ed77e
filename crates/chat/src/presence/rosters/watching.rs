//! Which rooms are watched, and who their members are.

use std::collections::HashSet;
use std::time::Instant;

use store::{RoomId, UserId};

use super::Rosters;
use crate::hub::SubscriptionId;

impl Rosters {
    /// Keeps a room's roster for a watcher who is about to come. False if it is not kept yet: then its members have to be
    /// read.
    pub(crate) fn expect_watcher(&mut self, room: RoomId, now: Instant) -> bool {
        let Some(roster) = self.rooms.get_mut(&room) else { return false };
        if room != RoomId::LOBBY {
            roster.expect_watcher(now);
            self.schedule(room, now);
        }
        true
    }

    /// The members of a room are about to be read.
    pub(crate) fn begin_reading(&mut self, room: RoomId) {
        self.members.begin_reading(room);
    }

    /// The members of a room could not be read.
    pub(crate) fn stop_reading(&mut self, room: RoomId) {
        self.members.stop_reading(room);
    }

    /// The members of a room were read. From now on its roster is kept, until nobody watches it any more.
    pub(crate) fn set_members(&mut self, room: RoomId, read: HashSet<UserId>, now: Instant) {
        let concerned = self.members.set(room, read);
        let is_new = !self.rooms.contains_key(&room);
        self.rooms.entry(room).or_default();
        concerned.into_iter().for_each(|id| self.settle_in(room, id));
        self.settle_remote(room);
        if is_new && let Some(roster) = self.rooms.get_mut(&room) {
            roster.begin();
            roster.expect_watcher(now);
        }
        self.schedule(room, now);
    }

    /// A user came into a room, or went out: then the user is typing there no more.
    pub(crate) fn change_member(&mut self, room: RoomId, user: UserId, is_in: bool, now: Instant) {
        if !is_in && self.users.get_mut(&user).is_some_and(|local| local.end_typing(room)) {
            self.settle(user, now);
        }
        if self.members.change(room, user, is_in) {
            self.settle_in(room, user);
            self.settle_remote(room);
            self.schedule(room, now);
        }
    }

    /// The rooms, besides the lobby, whose rosters are kept.
    pub(crate) fn kept_rooms(&self) -> Vec<RoomId> {
        self.members.rooms().collect()
    }

    /// A socket watches a room. Ignored for one that is not open, or not any more, and for the lobby, whose roster is kept
    /// in any case.
    pub(crate) fn watch(&mut self, room: RoomId, socket: SubscriptionId, user: UserId) {
        let is_open = self.users.get(&user).is_some_and(|user| user.has(socket));
        if is_open
            && room != RoomId::LOBBY
            && let Some(roster) = self.rooms.get_mut(&room)
        {
            roster.add_watcher(socket);
            self.watched.entry(socket).or_default().insert(room);
        }
    }

    /// A socket watches a room no more.
    pub(crate) fn unwatch(&mut self, room: RoomId, socket: SubscriptionId, now: Instant) {
        let Some(rooms) = self.watched.get_mut(&socket) else { return };
        rooms.remove(&room);
        if rooms.is_empty() {
            self.watched.remove(&socket);
        }
        if let Some(roster) = self.rooms.get_mut(&room) {
            roster.remove_watcher(socket, now);
            self.schedule(room, now);
        }
    }

    pub(super) fn unwatch_all(&mut self, socket: SubscriptionId, now: Instant) {
        let rooms = self.watched.get(&socket).cloned().unwrap_or_default();
        rooms.into_iter().for_each(|room| self.unwatch(room, socket, now));
    }
}
