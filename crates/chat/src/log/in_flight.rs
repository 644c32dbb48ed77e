//! Remembers which subscription sent a message that is in flight: its entry is not delivered to that subscription, from
//! any feed. Only this file has that rule.

use std::collections::{HashMap, HashSet, VecDeque};

use parking_lot::Mutex;
use store::{Entry, RoomId, UserId};

use crate::hub::SubscriptionId;

/// Maximum messages of unknown outcome that are remembered: they may still come back.
const MAX_UNSETTLED: usize = 10_000;

/// The room, the sender and the id of a message.
type Key = (RoomId, UserId, String);

/// The subscriptions behind the messages on their way.
#[derive(Default)]
pub(crate) struct InFlight {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    sent_by: HashMap<Key, SubscriptionId>,
    unsettled: VecDeque<Key>,
}

impl InFlight {
    /// Notes who sent a message, before it can reach the log.
    pub(crate) fn begin(&self, room: RoomId, sender: UserId, id: &str, sent_by: SubscriptionId) {
        self.known.lock().sent_by.insert((room, sender, id.to_owned()), sent_by);
    }

    /// Takes out the senders of entries that are about to be delivered.
    pub(crate) fn take_senders(&self, entries: &[Entry]) -> Vec<Option<SubscriptionId>> {
        let mut known = self.known.lock();
        let mut take = |entry: &Entry| {
            let sender = entry.sender.as_ref()?.id;
            known.sent_by.remove(&(entry.room, sender, entry.id.clone()))
        };
        entries.iter().map(&mut take).collect()
    }

    /// Forgets a message that was delivered before, or surely will not be.
    pub(crate) fn forget(&self, room: RoomId, sender: UserId, id: &str) {
        self.known.lock().sent_by.remove(&(room, sender, id.to_owned()));
    }

    /// Forgets the messages of rooms that are not followed any more: nobody here gets their entries.
    pub(crate) fn forget_rooms(&self, rooms: &HashSet<RoomId>) {
        if !rooms.is_empty() {
            self.known.lock().sent_by.retain(|(room, ..), _| !rooms.contains(room));
        }
    }

    /// Keeps a message that may or may not come back.
    pub(crate) fn keep_unsettled(&self, room: RoomId, sender: UserId, id: &str) {
        let mut known = self.known.lock();
        known.unsettled.push_back((room, sender, id.to_owned()));
        if known.unsettled.len() > MAX_UNSETTLED
            && let Some(oldest) = known.unsettled.pop_front()
        {
            known.sent_by.remove(&oldest);
        }
    }
}
