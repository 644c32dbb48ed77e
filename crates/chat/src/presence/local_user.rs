//! One user's sockets on this node, and what follows from them: whether the user is here or away, and typing where.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use store::{Person, RoomId, Sender};

use super::user_sockets::{Attention, UserSockets};
use crate::hub::SubscriptionId;

/// How long a closed socket still counts. A page that is reloaded is back sooner.
pub(super) const LEAVE_GRACE: Duration = Duration::from_secs(2);
/// How long a user counts as typing.
pub(super) const TYPING_TIMEOUT: Duration = Duration::from_secs(6);
/// Maximum number of rooms where a user counts as typing. In one more, the user ends typing where that would end next.
pub(super) const MAX_TYPING_ROOMS: usize = 8;

/// A user with sockets on this node, or who had some within the leave grace.
pub(super) struct LocalUser {
    /// As other people see the user, by this node's sockets alone.
    pub(super) person: Person,
    /// The rooms where the user is typing, as of the last update.
    pub(super) typing: BTreeSet<RoomId>,
    /// When the timer updates the user next.
    pub(super) scheduled: Option<Instant>,
    sockets: UserSockets,
    departed: Option<Departed>,
    /// Whether other people have to see the user anew: a new user, or one with a new name.
    is_unseen: bool,
    typing_until: BTreeMap<RoomId, Instant>,
}

/// The recently closed sockets, counted as one.
struct Departed {
    was_here: bool,
    until: Instant,
}

/// What an update changed.
#[derive(Default)]
pub(super) struct Update {
    /// Whether the user is gone: no socket is left, and none is expected back.
    pub(super) is_gone: bool,
    /// Whether other people see another person, or see the user come or go.
    pub(super) is_other_person: bool,
    /// The rooms where the user began or ended typing.
    pub(super) typing_changed: Vec<RoomId>,
}

impl LocalUser {
    pub(super) fn new(sender: Sender) -> Self {
        let Sender { id, username, display_name } = sender;
        Self {
            person: Person { id, username, display_name, away: false },
            typing: BTreeSet::new(),
            scheduled: None,
            sockets: UserSockets::default(),
            departed: None,
            is_unseen: true,
            typing_until: BTreeMap::new(),
        }
    }

    /// Takes over the display name. Returns whether it differs.
    pub(super) fn rename(&mut self, sender: &Sender) -> bool {
        let is_other = self.person.display_name != sender.display_name;
        if is_other {
            self.person.display_name.clone_from(&sender.display_name);
            self.is_unseen = true;
        }
        is_other
    }

    pub(super) fn join(&mut self, socket: SubscriptionId, away: Option<bool>, now: Instant) {
        self.sockets.join(socket, Attention::of(away, now));
    }

    /// Whether a socket is open.
    pub(super) fn has(&self, socket: SubscriptionId) -> bool {
        self.sockets.has(socket)
    }

    /// A socket closed. If it does not linger and was the last one, the user leaves at once.
    pub(super) fn leave(&mut self, socket: SubscriptionId, lingers: bool, now: Instant) {
        let Some(closed) = self.sockets.remove(socket) else { return };
        if self.sockets.is_empty() {
            self.typing_until.clear();
        }
        if lingers {
            let earlier = self.departed.take_if(|earlier| now < earlier.until);
            let was_here = closed.is_here(now) || earlier.is_some_and(|earlier| earlier.was_here);
            self.departed = Some(Departed { was_here, until: now + LEAVE_GRACE });
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

    /// Ignored without an open socket.
    pub(super) fn begin_typing(&mut self, room: RoomId, now: Instant) {
        if self.sockets.is_empty() {
            return;
        }
        self.typing_until.insert(room, now + TYPING_TIMEOUT);
        if self.typing_until.len() > MAX_TYPING_ROOMS {
            let next = self.typing_until.iter().min_by_key(|(_, until)| **until).map(|(room, _)| *room);
            next.map(|room| self.typing_until.remove(&room));
        }
    }

    /// Returns whether the user was typing.
    pub(super) fn end_typing(&mut self, room: RoomId) -> bool {
        self.typing_until.remove(&room).is_some()
    }

    /// Updates what other people see.
    pub(super) fn update(&mut self, now: Instant) -> Update {
        self.typing_until.retain(|_, until| now < *until);
        self.departed.take_if(|departed| now >= departed.until);
        let departed_here = self.departed.as_ref().is_some_and(|departed| departed.was_here);
        let away = !departed_here && !self.sockets.are_here(now);
        let is_gone = self.sockets.is_empty() && self.departed.is_none();
        let was_away = std::mem::replace(&mut self.person.away, away);
        let is_other_person = std::mem::take(&mut self.is_unseen) || was_away != away || is_gone;
        let typing = self.typing_until.keys().copied().collect();
        let before = std::mem::replace(&mut self.typing, typing);
        let typing_changed = before.symmetric_difference(&self.typing).copied().collect();
        Update { is_gone, is_other_person, typing_changed }
    }

    /// When the next change happens by itself.
    pub(super) fn due(&self, now: Instant) -> Option<Instant> {
        let silent_at = self.sockets.silent_at().filter(|due| *due > now);
        let departed_at = self.departed.as_ref().map(|departed| departed.until);
        silent_at.into_iter().chain(departed_at).chain(self.typing_until.values().copied()).min()
    }
}
