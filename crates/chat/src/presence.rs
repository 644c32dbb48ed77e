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

use socketioxide::socket::Sid;
use store::{Person, Sender, UserId};
use tokio::sync::{self, Notify};

pub(crate) use announcer::announce;
pub(crate) use calls::{TypingCall, WatchCall};
pub(crate) use exchange::exchange;
use roster::Roster;
pub(crate) use roster::Seen;

use crate::transports::socketio::Member;

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
    /// A socket is in the books. What it said of itself before counts.
    pub(crate) fn join(&self, member: &Member) {
        // Asked under the roster's lock: see `attend`.
        self.change(|roster, now| roster.join(member.sid, member.sender(), member.said_away(), now));
    }

    /// A socket is out of the books; one that lingers may be back in a moment.
    pub(crate) fn leave(&self, socket: Sid, user: UserId, lingers: bool) {
        self.change(|roster, now| roster.leave(socket, user, lingers, now));
    }

    /// A socket says whether somebody sits before it. It may say so before it is in the books, so it is noted at the
    /// member first.
    pub(crate) fn attend(&self, member: &Member, away: bool) {
        member.say_away(away);
        self.change(|roster, now| roster.attend(member.sid, member.user(), away, now));
    }

    pub(crate) fn type_on(&self, member: &Member) {
        self.change(|roster, now| roster.type_on(member.sid, member.user(), now));
    }

    /// A message was accepted, from a socket or by a request.
    pub(crate) fn sent(&self, socket: Option<Sid>, user: UserId) {
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
