//! One user's sockets on this node, and what follows from them: in which rooms the user is, here or away, typing or not.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use store::{Person, RoomId, Sender};

use super::user_sockets::{Attention, UserSockets};
use crate::hub::SubscriptionId;

/// How long a closed socket still counts. A page that is reloaded is back sooner.
pub(super) const LEAVE_GRACE: Duration = Duration::from_secs(2);
/// How long a user counts as typing.
pub(super) const TYPING_TIMEOUT: Duration = Duration::from_secs(6);

/// A user with sockets on this node, or who had some within the leave grace.
pub(super) struct LocalUser {
    /// As other people see the user, by this node's sockets alone.
    pub(super) person: Person,
    /// The rooms where the user is, and whether the user is typing there.
    pub(super) rooms: BTreeMap<RoomId, bool>,
    /// When the timer updates the user next.
    pub(super) scheduled: Option<Instant>,
    sockets: UserSockets,
    departed: Option<Departed>,
    /// Whether the name changed since the last update.
    is_renamed: bool,
    typing_until: BTreeMap<RoomId, Instant>,
}

/// The recently closed sockets, counted as one.
struct Departed {
    was_here: bool,
    rooms: BTreeSet<RoomId>,
    until: Instant,
}

impl LocalUser {
    pub(super) fn new(sender: Sender) -> Self {
        let Sender { id, username, display_name } = sender;
        Self {
            person: Person { id, username, display_name, away: false },
            rooms: BTreeMap::new(),
            scheduled: None,
            sockets: UserSockets::default(),
            departed: None,
            is_renamed: false,
            typing_until: BTreeMap::new(),
        }
    }

    /// Takes over the display name. Returns whether it differs.
    pub(super) fn rename(&mut self, sender: &Sender) -> bool {
        let is_other = self.person.display_name != sender.display_name;
        if is_other {
            self.person.display_name.clone_from(&sender.display_name);
            self.is_renamed = true;
        }
        is_other
    }

    pub(super) fn join(
        &mut self,
        rooms: &[RoomId],
        socket: SubscriptionId,
        away: Option<bool>,
        now: Instant,
    ) {
        self.sockets.join(socket, rooms, Attention::of(away, now));
    }

    /// A socket closed. If it does not linger and was the last one, the user leaves at once.
    pub(super) fn leave(&mut self, socket: SubscriptionId, lingers: bool, now: Instant) {
        let Some(closed) = self.sockets.remove(socket) else { return };
        self.typing_until.retain(|room, _| self.sockets.are_in(*room));
        if lingers {
            let mut was_here = closed.is_here(now);
            let mut rooms = BTreeSet::from_iter(closed.rooms);
            if let Some(earlier) = self.departed.take_if(|earlier| now < earlier.until) {
                was_here |= earlier.was_here;
                rooms.extend(earlier.rooms);
            }
            self.departed = Some(Departed { was_here, rooms, until: now + LEAVE_GRACE });
        } else if self.sockets.is_empty() {
            self.departed = None;
        }
    }

    pub(super) fn attend(&mut self, socket: SubscriptionId, away: bool) {
        self.sockets.attend(socket, away);
    }

    /// A socket sent something. Returns whether that can change anything.
    pub(super) fn active(&mut self, socket: SubscriptionId, now: Instant) -> bool {
        self.sockets.active(socket, now)
    }

    pub(super) fn begin_typing(&mut self, room: RoomId, now: Instant) {
        if self.sockets.are_in(room) {
            self.typing_until.insert(room, now + TYPING_TIMEOUT);
        }
    }

    /// Returns whether the user was typing.
    pub(super) fn end_typing(&mut self, room: RoomId) -> bool {
        self.typing_until.remove(&room).is_some()
    }

    /// Updates what other people see. Returns the rooms where that changed.
    pub(super) fn update(&mut self, now: Instant) -> Vec<RoomId> {
        self.typing_until.retain(|_, until| now < *until);
        self.departed.take_if(|departed| now >= departed.until);
        let departed_here = self.departed.as_ref().is_some_and(|departed| departed.was_here);
        let away = !departed_here && !self.sockets.are_here(now);
        let departed_rooms = self.departed.iter().flat_map(|departed| &departed.rooms);
        let rooms = self.sockets.rooms().chain(departed_rooms);
        let rooms: BTreeMap<_, _> = rooms.map(|room| (*room, self.typing_until.contains_key(room))).collect();
        let before = std::mem::replace(&mut self.rooms, rooms);
        let is_other_person = std::mem::replace(&mut self.person.away, away) != away || self.is_renamed;
        self.is_renamed = false;
        let all = before.keys().chain(self.rooms.keys().filter(|room| !before.contains_key(room)));
        let is_changed = |room: &&RoomId| is_other_person || before.get(room) != self.rooms.get(room);
        all.filter(is_changed).copied().collect()
    }

    /// When the next change happens by itself.
    pub(super) fn due(&self, now: Instant) -> Option<Instant> {
        let silent_at = self.sockets.silent_at().filter(|due| *due > now);
        let departed_at = self.departed.as_ref().map(|departed| departed.until);
        silent_at.into_iter().chain(departed_at).chain(self.typing_until.values().copied()).min()
    }
}
