//! Which socket sent what is on its way, so that delivery can leave that socket out by whichever way the entry comes
//! back.

use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};

use socketioxide::socket::Sid;
use store::{Entry, UserId};

/// So many messages of unknown outcome are remembered: they may still come back.
const UNSETTLED: usize = 10_000;

/// The sender and the id of a message.
type Key = (UserId, String);

/// The sockets behind the messages on their way.
#[derive(Default)]
pub(crate) struct InFlight {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    sockets: HashMap<Key, Sid>,
    unsettled: VecDeque<Key>,
}

impl InFlight {
    /// Before the message can reach the log.
    pub(crate) fn note(&self, sender: UserId, id: &str, socket: Sid) {
        self.known.lock().sockets.insert((sender, id.to_owned()), socket);
    }

    /// The socket that sent an entry, if it was one of this process and the entry is on its way.
    pub(crate) fn of(&self, entry: &Entry) -> Option<Sid> {
        let sender = entry.sender.as_ref()?.id;
        self.known.lock().sockets.get(&(sender, entry.id.clone())).copied()
    }

    /// After an entry was delivered.
    pub(crate) fn delivered(&self, entry: &Entry) {
        if let Some(sender) = &entry.sender {
            self.forget(sender.id, &entry.id);
        }
    }

    /// When a message was delivered before, or surely will not be.
    pub(crate) fn forget(&self, sender: UserId, id: &str) {
        self.known.lock().sockets.remove(&(sender, id.to_owned()));
    }

    /// Nobody knows whether the message will come back.
    pub(crate) fn keep_unsettled(&self, sender: UserId, id: &str) {
        let mut known = self.known.lock();
        known.unsettled.push_back((sender, id.to_owned()));
        if known.unsettled.len() > UNSETTLED
            && let Some(oldest) = known.unsettled.pop_front()
        {
            known.sockets.remove(&oldest);
        }
    }
}
