//! Presence: who is there, who is away, who is typing, told to those who ask.
//!
//! A client asks by `watch ({room?, away?})`, answered `{ok: true, people, typing, count}`, and from then on gets
//! - `presence {room, count, joined, left}`: `joined` holds who came and who changed (away, here again, another name),
//!   to be taken in by id; at most once a second, at most 200 people in each list;
//! - `typing {room, users}`: everybody who is typing now, the reader perhaps among them; at most once a second.
//!
//! A person is `{id, username, display_name, away}`. At most 200 are named, those who are here before those who are
//! away, each by name; `count` tells how many there are in all. `typing ({room?})`, answered `{ok: true}`, makes a person
//! typing for 6 seconds, or until a message of theirs is accepted.
//!
//! Somebody is away when all of their sockets are: those that said `away: true`, and those that never said and from which
//! nothing came for 5 minutes. A socket that leaves stands for 2 seconds, unless its session is over.
//!
//! Nothing of it is stored for good, and nothing else waits for it. People of other nodes are known a second or two
//! later ([`exchange`]); one who is on several is one person.

mod announcer;
mod calls;
mod crowd;
mod elsewhere;
mod exchange;
mod local;
mod news;
mod roster;
#[cfg(test)]
mod tests;

use parking_lot::{Mutex, MutexGuard};
use std::time::Instant;

use crate::hub::{Observer, Subscription, SubscriptionId};
use store::{Person, Sender, UserId};
use tokio::sync::{self, Notify};

pub(crate) use announcer::announce;
pub(crate) use calls::{TypingCall, WatchCall};
pub(crate) use exchange::exchange;
use roster::Roster;
pub(crate) use roster::Seen;

/// People who are named in one list.
const NAMED: usize = 200;

/// The roster of this process, shared by the sockets, the announcer and the exchange with other nodes.
#[derive(Default)]
pub(crate) struct Presence {
    roster: Mutex<Roster>,
    /// Held while something is announced, and while somebody joins those who are told: what one is shown and what one is
    /// told later leave no gap.
    announcing: sync::Mutex<()>,
    /// Something is to be announced sooner than was known.
    sooner: Notify,
    /// Other nodes are to be told something else.
    reportable: Notify,
}

impl Presence {
    /// A subscription's client says whether somebody sits before it. It may say so before it is registered, so it is
    /// noted at the subscription first.
    pub(crate) fn attend(&self, subscription: &Subscription, away: bool) {
        subscription.say_away(away);
        self.change(|roster, now| roster.attend(subscription.id, subscription.user(), away, now));
    }

    pub(crate) fn type_on(&self, subscription: &Subscription) {
        self.change(|roster, now| roster.type_on(subscription.id, subscription.user(), now));
    }

    /// A message was accepted, from a socket or by a request.
    pub(crate) fn sent(&self, socket: Option<SubscriptionId>, user: UserId) {
        self.change(|roster, now| roster.sent(socket, user, now));
    }

    pub(crate) fn rename(&self, sender: &Sender) {
        self.change(|roster, now| roster.rename(sender, now));
    }

    /// Nothing is announced until what is given back is dropped.
    pub(crate) async fn between_announcements(&self) -> sync::MutexGuard<'_, ()> {
        self.announcing.lock().await
    }

    /// Everybody as they are now.
    pub(crate) fn ask(&self) -> Seen {
        self.roster().ask()
    }

    fn change(&self, change: impl FnOnce(&mut Roster, Instant)) {
        let (sooner, reportable) = {
            let mut roster = self.roster();
            let now = Instant::now();
            let (due, version) = (roster.due(now), roster.version());
            change(&mut roster, now);
            let is_sooner = |new: Instant| due.is_none_or(|due| new < due);
            (roster.due(now).is_some_and(is_sooner), roster.version() != version)
        };
        if sooner {
            self.sooner.notify_one();
        }
        if reportable {
            self.reportable.notify_one();
        }
    }

    fn roster(&self) -> MutexGuard<'_, Roster> {
        self.roster.lock()
    }
}

impl Observer for Presence {
    /// What the client said about itself before counts.
    fn joined(&self, subscription: &Subscription) {
        // Asked under the roster's lock: see `attend`.
        self.change(|roster, now| {
            roster.join(subscription.id, subscription.sender(), subscription.said_away(), now);
        });
    }

    fn left(&self, subscription: &Subscription, lingers: bool) {
        self.change(|roster, now| roster.leave(subscription.id, subscription.user(), lingers, now));
    }
}

impl Seen {
    /// Bytes of an answer that bears it, at least.
    pub(crate) fn size(&self) -> u64 {
        self.people.iter().chain(&self.typing).map(bytes).sum()
    }
}

/// Bytes of a person in an answer, at least: the names, and what stands around them.
fn bytes(person: &Person) -> u64 {
    const ENVELOPE: usize = 85;
    (ENVELOPE + person.username.len() + person.display_name.len()) as u64
}
