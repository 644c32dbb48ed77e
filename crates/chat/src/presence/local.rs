//! One person's sockets at this node, and what follows from them: there or not, here or away, writing or not.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::hub::SubscriptionId;
use store::{Person, Sender};

/// A socket that never said so is unattended when nothing came from it for so long.
pub(super) const UNSAID: Duration = Duration::from_secs(5 * 60);
/// A socket that left stands for so long, since a page that is loaded again comes back sooner.
pub(super) const LINGER: Duration = Duration::from_secs(2);
/// Who was typing still is for so long.
pub(super) const TYPING: Duration = Duration::from_secs(6);

/// Whether somebody sits before a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attention {
    Here,
    Away,
    /// It never said; when something last came from it.
    Unsaid(Instant),
}

impl Attention {
    fn is_here(self, now: Instant) -> bool {
        match self {
            Self::Here => true,
            Self::Away => false,
            Self::Unsaid(since) => now < since + UNSAID,
        }
    }
}

/// Somebody with sockets here, or who had some a moment ago.
pub(super) struct Local {
    /// As others see it, by this node's sockets alone.
    pub(super) person: Person,
    pub(super) is_typing: bool,
    /// When it is to be looked at again, as the roster noted it.
    pub(super) noted: Option<Instant>,
    sockets: HashMap<SubscriptionId, Attention>,
    parted: Option<Parted>,
    typing_until: Option<Instant>,
}

/// The sockets that left lately, as one.
struct Parted {
    was_here: bool,
    until: Instant,
}

impl Local {
    pub(super) fn new(sender: Sender) -> Self {
        let Sender { id, username, display_name } = sender;
        let person = Person { id, username, display_name, away: false };
        let sockets = HashMap::new();
        Self { person, is_typing: false, noted: None, sockets, parted: None, typing_until: None }
    }

    /// Whether the name is another one.
    pub(super) fn rename(&mut self, sender: &Sender) -> bool {
        let renamed = self.person.display_name != sender.display_name;
        if renamed {
            self.person.display_name.clone_from(&sender.display_name);
        }
        renamed
    }

    pub(super) fn join(&mut self, socket: SubscriptionId, said_away: Option<bool>, now: Instant) {
        let attention = match said_away {
            Some(true) => Attention::Away,
            Some(false) => Attention::Here,
            None => Attention::Unsaid(now),
        };
        self.sockets.insert(socket, attention);
    }

    /// A socket left. One that lingers may be back in a moment; with the last of the others everything ends.
    pub(super) fn leave(&mut self, socket: SubscriptionId, lingers: bool, now: Instant) {
        let Some(attention) = self.sockets.remove(&socket) else { return };
        if self.sockets.is_empty() {
            self.typing_until = None;
        }
        if lingers {
            let before = self.parted.take().filter(|parted| now < parted.until);
            let was_here = attention.is_here(now) || before.is_some_and(|parted| parted.was_here);
            self.parted = Some(Parted { was_here, until: now + LINGER });
        } else if self.sockets.is_empty() {
            self.parted = None;
        }
    }

    pub(super) fn attend(&mut self, socket: SubscriptionId, away: bool) {
        if let Some(attention) = self.sockets.get_mut(&socket) {
            *attention = if away { Attention::Away } else { Attention::Here };
        }
    }

    /// Something came from a socket. Whether that can matter.
    pub(super) fn heard(&mut self, socket: SubscriptionId, now: Instant) -> bool {
        match self.sockets.get_mut(&socket) {
            Some(Attention::Unsaid(since)) => {
                *since = now;
                true
            }
            _ => false,
        }
    }

    pub(super) fn begin_typing(&mut self, now: Instant) {
        if !self.sockets.is_empty() {
            self.typing_until = Some(now + TYPING);
        }
    }

    /// Whether there was something to end.
    pub(super) fn end_typing(&mut self) -> bool {
        self.typing_until.take().is_some()
    }

    pub(super) fn is_there(&self, now: Instant) -> bool {
        !self.sockets.is_empty() || self.parted.as_ref().is_some_and(|parted| now < parted.until)
    }

    /// Brings up to date what others see, and tells whether that changed.
    pub(super) fn settle(&mut self, now: Instant) -> bool {
        let parted_here = self.parted.as_ref().is_some_and(|parted| parted.was_here && now < parted.until);
        let away = !parted_here && !self.sockets.values().any(|attention| attention.is_here(now));
        let is_typing = self.typing_until.is_some_and(|until| now < until);
        let before = (std::mem::replace(&mut self.person.away, away), self.is_typing);
        self.is_typing = is_typing;
        before != (away, is_typing)
    }

    /// The next moment at which something changes by itself.
    pub(super) fn due(&self, now: Instant) -> Option<Instant> {
        let unsaid = self.sockets.values().filter_map(|attention| match attention {
            Attention::Unsaid(since) => Some(*since + UNSAID),
            Attention::Here | Attention::Away => None,
        });
        let parted = self.parted.as_ref().map(|parted| parted.until);
        // Only the last socket that falls silent makes a person away.
        unsaid.max().into_iter().chain(parted).chain(self.typing_until).filter(|due| *due > now).min()
    }
}
