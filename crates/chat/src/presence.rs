//! Presence: who is here or away, and who is typing where. A room has those of its members who are here.
//!
//! A member asks with `watch ({room?, away?})`, answered `{ok: true, people, typing, count}`, and receives from then on
//! - `presence {room, count, joined, left}`: `joined` lists who joined and who changed (away, here again, another name);
//!   the client replaces these people by id. At most once a second, at most 200 people in each list;
//! - `typing {room, users}`: everybody who is typing now, possibly the reader too. At most once a second.
//!
//! That ends with `unwatch ({room?})`, with the membership, and with the socket. Nobody else learns who is in a room.
//!
//! A person is `{id, username, display_name, away}`. At most 200 people are listed: people who are here, then people
//! who are away, each group by name. `count` is the number of all. `typing ({room?})`, answered `{ok: true}`, marks a person
//! as typing for 6 seconds, or until a message of theirs in that room is accepted.
//!
//! A person is away when all of their sockets are: those that sent `away: true`, and those that never sent it and were
//! silent for 5 minutes. A closed socket counts for 2 more seconds, unless its session is over.
//!
//! A person is here once, in however many rooms: a node reports its people and who is typing, not its rooms. The members of
//! a room are kept only while somebody on this node watches it.
//!
//! Nothing here is kept after the stop, and no other part waits for it. People of other nodes appear after a second or two
//! ([`node_sync`]); a person on several nodes is one person. Presence knows no transport: the hub reports who joins
//! and leaves, and sends events to watchers.

mod announcement;
mod announcer;
mod following;
mod local_user;
mod members;
mod node_sync;
mod opening;
mod pending_changes;
mod remote_nodes;
mod roster;
mod rosters;
mod sorted_people;
#[cfg(test)]
mod tests;
mod user_sockets;

use std::sync::atomic::AtomicU64;
use std::time::Instant;

use parking_lot::{Mutex, MutexGuard};
use store::{RoomId, Sender, UserId};
use tokio::sync::{self, Notify};

pub(crate) use announcement::{Announcement, Snapshot};
pub(crate) use announcer::announce;
pub(crate) use following::follow_members;
pub(crate) use node_sync::sync_nodes;
use opening::Turns;
use rosters::Rosters;

use crate::hub::{Observer, Subscription, SubscriptionId};

/// Maximum number of people in one list.
const MAX_LISTED: usize = 200;

/// The people of all rooms. Shared by the sockets, the announcer and the node sync.
#[derive(Default)]
pub(crate) struct Presence {
    rosters: Mutex<Rosters>,
    /// Held while a room's changes are announced, and while a watcher subscribes, so that no change falls between its
    /// snapshot and its first event.
    announcing: sync::Mutex<()>,
    /// Turns to read who is in a room.
    turns: Turns,
    /// How many times somebody went out of a room.
    departures: AtomicU64,
    /// Wakes the announcer when something is due earlier than it expects.
    due_earlier: Notify,
    /// Wakes the node sync when this node's report has changed.
    report_changed: Notify,
}

impl Presence {
    /// A client sends whether its user is away. It may do so before it is registered, so its subscription keeps it.
    pub(crate) fn attend(&self, subscription: &Subscription, away: bool) {
        subscription.say_away(away);
        self.change(|rosters, now| rosters.attend(subscription.id, subscription.user(), away, now));
    }

    /// A user is typing. Only the members of the room see that, of its members.
    pub(crate) fn type_on(&self, room: RoomId, subscription: &Subscription) {
        self.change(|rosters, now| rosters.type_on(room, subscription.id, subscription.user(), now));
    }

    /// A message was accepted, over a subscription or, with `None`, from an HTTP request.
    pub(crate) fn sent(&self, room: RoomId, subscription: Option<SubscriptionId>, user: UserId) {
        self.change(|rosters, now| rosters.sent(room, subscription, user, now));
    }

    /// A user has another display name.
    pub(crate) fn rename(&self, sender: &Sender) {
        self.change(|rosters, now| rosters.rename(sender, now));
    }

    /// Waits for the announcement under way. None begins while the guard is held.
    pub(crate) async fn between_announcements(&self) -> sync::MutexGuard<'_, ()> {
        self.announcing.lock().await
    }

    /// The people in a room now. Later announcements continue from it.
    pub(crate) fn snapshot(&self, room: RoomId) -> Snapshot {
        self.rosters().snapshot(room)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Rosters, Instant) -> T) -> T {
        let (result, due_earlier, report_changed) = {
            let mut rosters = self.rosters();
            let (due, version) = (rosters.due(), rosters.version());
            let result = change(&mut rosters, Instant::now());
            let is_earlier = |new: Instant| due.is_none_or(|due| new < due);
            (result, rosters.due().is_some_and(is_earlier), rosters.version() != version)
        };
        if due_earlier {
            self.due_earlier.notify_one();
        }
        if report_changed {
            self.report_changed.notify_one();
        }
        result
    }

    fn rosters(&self) -> MutexGuard<'_, Rosters> {
        self.rosters.lock()
    }
}

impl Observer for Presence {
    /// The user is here. What the client sent before counts: whether its user is away, and what it watches.
    fn joined(&self, subscription: &Subscription) {
        // Read under the lock, so that a rename or an `attend` comes before or after.
        self.change(|rosters, now| {
            rosters.join(subscription.id, subscription.sender(), subscription.said_away(), now);
            for room in subscription.watched() {
                rosters.watch(room, subscription.id, subscription.user());
            }
        });
    }

    fn left(&self, subscription: &Subscription, lingers: bool) {
        self.change(|rosters, now| rosters.leave(subscription.id, subscription.user(), lingers, now));
    }

    /// Ignored until the subscription joins: it tells then what it watches.
    fn watches(&self, subscription: &Subscription, room: RoomId) {
        self.change(|rosters, _| rosters.watch(room, subscription.id, subscription.user()));
    }

    fn unwatches(&self, subscription: &Subscription, room: RoomId) {
        self.change(|rosters, now| rosters.unwatch(room, subscription.id, now));
    }
}
