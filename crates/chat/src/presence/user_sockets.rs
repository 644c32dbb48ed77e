//! The open sockets of one user, with what follows from all of them kept up to date: a user may have thousands, and each
//! change of one of them costs the same.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use crate::hub::SubscriptionId;

/// Time without activity after which a socket counts as away if its client never sent whether its user is away.
pub(super) const SILENCE_TIMEOUT: Duration = Duration::from_secs(5 * 60);

/// The open sockets of one user.
#[derive(Default)]
pub(super) struct UserSockets {
    by_id: HashMap<SubscriptionId, Attention>,
    /// The number of sockets whose clients sent that the user is here.
    here: usize,
    /// The sockets whose clients never sent it, by their last activity.
    silent_since: BTreeSet<(Instant, SubscriptionId)>,
}

/// Whether a user is active at a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attention {
    Here,
    Away,
    /// The client never sent it. The time when it last sent anything.
    Unknown(Instant),
}

impl UserSockets {
    /// Inserts a socket, unless it is known already.
    pub(super) fn join(&mut self, id: SubscriptionId, attention: Attention) {
        if let Entry::Vacant(place) = self.by_id.entry(id) {
            place.insert(attention);
            self.count(id, attention);
        }
    }

    pub(super) fn has(&self, id: SubscriptionId) -> bool {
        self.by_id.contains_key(&id)
    }

    pub(super) fn remove(&mut self, id: SubscriptionId) -> Option<Attention> {
        let attention = self.by_id.remove(&id)?;
        self.uncount(id, attention);
        Some(attention)
    }

    /// A socket's client sent whether its user is away.
    pub(super) fn attend(&mut self, id: SubscriptionId, away: bool) {
        self.set_attention(id, if away { Attention::Away } else { Attention::Here });
    }

    /// A socket sent something. Returns whether that can change anything.
    pub(super) fn active(&mut self, id: SubscriptionId, now: Instant) -> bool {
        let is_unknown = matches!(self.by_id.get(&id), Some(Attention::Unknown(_)));
        if is_unknown {
            self.set_attention(id, Attention::Unknown(now));
        }
        is_unknown
    }

    /// Whether the user is here at one of them.
    pub(super) fn are_here(&self, now: Instant) -> bool {
        self.here > 0
            || self.silent_since.last().is_some_and(|(since, _)| Attention::Unknown(*since).is_here(now))
    }

    /// When the last of those whose clients never sent it counts as away: only that one can make a user away.
    pub(super) fn silent_at(&self) -> Option<Instant> {
        self.silent_since.last().map(|(since, _)| *since + SILENCE_TIMEOUT)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    fn set_attention(&mut self, id: SubscriptionId, attention: Attention) {
        let Some(socket) = self.by_id.get_mut(&id) else { return };
        let before = std::mem::replace(socket, attention);
        self.uncount(id, before);
        self.count(id, attention);
    }

    fn count(&mut self, id: SubscriptionId, attention: Attention) {
        match attention {
            Attention::Here => self.here += 1,
            Attention::Away => {}
            Attention::Unknown(since) => drop(self.silent_since.insert((since, id))),
        }
    }

    fn uncount(&mut self, id: SubscriptionId, attention: Attention) {
        match attention {
            Attention::Here => self.here -= 1,
            Attention::Away => {}
            Attention::Unknown(since) => drop(self.silent_since.remove(&(since, id))),
        }
    }
}

impl Attention {
    /// What a client sent, or did not send yet.
    pub(super) fn of(away: Option<bool>, now: Instant) -> Self {
        match away {
            Some(true) => Self::Away,
            Some(false) => Self::Here,
            None => Self::Unknown(now),
        }
    }

    pub(super) fn is_here(self, now: Instant) -> bool {
        match self {
            Self::Here => true,
            Self::Away => false,
            Self::Unknown(since) => now < since + SILENCE_TIMEOUT,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sums_follow_every_change_and_are_empty_in_the_end() {
        let now = Instant::now();
        let (one, other) = (SubscriptionId::new(), SubscriptionId::new());
        let mut sockets = UserSockets::default();
        sockets.join(one, Attention::of(None, now));
        sockets.join(one, Attention::of(Some(false), now));
        sockets.join(other, Attention::of(Some(true), now));
        assert!(sockets.are_here(now) && !sockets.are_here(now + SILENCE_TIMEOUT));
        assert!(sockets.active(one, now + SILENCE_TIMEOUT) && !sockets.active(other, now));
        assert_eq!(sockets.silent_at(), Some(now + 2 * SILENCE_TIMEOUT));
        sockets.attend(one, false);
        assert!(sockets.are_here(now + 9 * SILENCE_TIMEOUT) && sockets.silent_at().is_none());
        sockets.attend(one, true);
        assert!(!sockets.are_here(now));
        assert_eq!(sockets.remove(one), Some(Attention::Away));
        sockets.attend(other, false);
        assert!(sockets.remove(other).is_some() && sockets.remove(other).is_none());
        assert!(sockets.is_empty() && !sockets.are_here(now));
    }
}
