//! Subscriptions follow memberships. Who comes into a room gets its entries from then on, over every socket that asked for
//! all rooms; who is out of it gets nothing more. The clients get `room (Room)` and `room ({id, gone: true})`, and `read` when
//! a read mark moved.
//!
//! One task does it, in the order of the changes, and never waits for the store: what is asked is asked beside it
//! ([`Questions`]), so that an end is not delayed by a beginning. What it does is harmless when it is repeated.
//!
//! A socket reads the rooms of its user before it is connected, and is registered after that. What changed in between is
//! found by comparing the two ([`verify`]): a change is in the cache of [`crate::access`] before it is
//! announced, so one that the comparison does not see is announced to a socket that is registered.

mod questions;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::Arc;

use store::{Room, RoomId, UserId};
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use crate::access::Changes;
use crate::chat::Chat;
use crate::hub::{Subscription, SubscriptionId};
use crate::views::{ReadView, RoomView};
use crate::wire::rooms::{Gone, ReadMark, Room as WireRoom};
use questions::{Answer, News, Questions, Subject};

/// The event with a room.
const ROOM_EVENT: &str = "room";
/// The event with a read mark.
const READ_EVENT: &str = "read";

/// Has a subscription that was just registered corrected, if the rooms of its user changed while it connected.
pub(crate) fn verify(chat: &Chat, subscription: &Subscription) {
    let (user, rooms) = (subscription.user(), subscription.room_ids());
    let is_same = |known: Vec<RoomId>| {
        known.len() == rooms.len() && known.iter().all(|id| rooms.binary_search(id).is_ok())
    };
    if subscription.capabilities.rooms && !chat.access.known_room_ids_of(user).is_some_and(is_same) {
        chat.hub.unverified.add(user);
    }
}

/// Keeps subscriptions as the memberships are, from now on until `stop`.
pub(crate) fn follow_memberships(
    chat: Arc<Chat>,
    stop: CancellationToken,
) -> impl Future<Output = ()> + Send {
    let mut changes = chat.access.changes();
    let mut following = Following { questions: Questions::new(Arc::clone(&chat)), chat: Arc::clone(&chat) };
    async move {
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                changed = changes.recv() => match changed {
                    Ok(changes) => following.take(&changes),
                    Err(RecvError::Lagged(_)) => following.take_everything(),
                    Err(RecvError::Closed) => return,
                },
                users = chat.hub.unverified.next() => following.compare(users),
                Some(answer) = following.questions.next() => following.take_answer(answer),
            }
        }
    }
}

/// The state of the task.
struct Following {
    chat: Arc<Chat>,
    questions: Questions,
}

impl Following {
    fn take(&mut self, Changes { rooms, memberships, reads, by }: &Changes) {
        for membership in memberships {
            match membership.is_in {
                true => self.enter(membership.user, membership.room),
                false => self.leave(membership.user, membership.room),
            }
        }
        rooms.iter().for_each(|room| self.report(room));
        for read in reads {
            if self.has_others(read.user, *by) {
                self.questions
                    .ask(Subject::Room(read.user, read.room), News::Read { now: read.clone(), by: *by });
            }
        }
    }

    /// Changes were missed.
    fn take_everything(&mut self) {
        tracing::warn!("changes of memberships were missed; all subscriptions are compared with them");
        let subscriptions = self.chat.hub.all();
        for subscription in subscriptions.iter().filter(|subscription| subscription.capabilities.rooms) {
            let user = subscription.user();
            self.questions.ask(Subject::RoomsOf(user), News::Whole);
            subscription
                .room_ids()
                .iter()
                .for_each(|room| self.questions.ask(Subject::Room(user, *room), News::Whole));
        }
    }

    /// A user is in a room: perhaps since just now, perhaps with other settings.
    fn enter(&mut self, user: UserId, room: RoomId) {
        let subscriptions = of_all_rooms(&self.chat, user);
        subscriptions.iter().for_each(|subscription| self.chat.hub.subscribe(subscription, &[room]));
        if !subscriptions.is_empty() {
            self.questions.ask(Subject::Room(user, room), News::Whole);
        }
    }

    /// A user is not in a room any more.
    fn leave(&mut self, user: UserId, room: RoomId) {
        of_all_rooms(&self.chat, user).iter().for_each(|subscription| self.dismiss(subscription, room));
    }

    fn dismiss(&self, subscription: &Subscription, room: RoomId) {
        if room != RoomId::LOBBY && self.chat.hub.unsubscribe(subscription, room) {
            self.chat.hub.send(subscription, ROOM_EVENT, &Gone::new(room));
        }
    }

    /// A room changed for everybody in it.
    fn report(&mut self, room: &Room) {
        let subscriptions = self.chat.hub.subscribed_to(room.id);
        for subscription in subscriptions.iter().filter(|subscription| subscription.capabilities.rooms) {
            self.questions.ask(Subject::Room(subscription.user(), room.id), News::Whole);
        }
    }

    /// Whether a user has subscriptions to all rooms besides this one.
    fn has_others(&self, user: UserId, by: Option<SubscriptionId>) -> bool {
        of_all_rooms(&self.chat, user).iter().any(|subscription| Some(subscription.id) != by)
    }

    /// Makes the subscriptions of users as their memberships are.
    fn compare(&mut self, users: HashSet<UserId>) {
        for user in users {
            match self.chat.access.known_room_ids_of(user) {
                Some(rooms) => self.correct(user, &rooms.into_iter().collect()),
                None => self.questions.ask(Subject::RoomsOf(user), News::Whole),
            }
        }
    }

    fn correct(&mut self, user: UserId, rooms: &HashSet<RoomId>) {
        for subscription in of_all_rooms(&self.chat, user) {
            let subscribed = subscription.room_ids();
            for room in subscribed.iter().filter(|room| !rooms.contains(room)) {
                self.dismiss(&subscription, *room);
            }
            for room in rooms.iter().filter(|room| subscribed.binary_search(room).is_err()) {
                self.enter(user, *room);
            }
        }
    }

    fn take_answer(&mut self, answer: Answer) {
        match answer {
            // What is known now is at least as new as every change that was taken.
            Answer::RoomsOf(user) => self.compare(HashSet::from([user])),
            Answer::Room(user, view) => self.admit(user, &view),
            Answer::Read(user, view, by) => self.send_read(user, by, view),
            Answer::Nothing => {}
        }
    }

    /// Lets a user's subscriptions into a room, those that were not before, and tells all of them what it is now.
    fn admit(&self, user: UserId, view: &RoomView) {
        for subscription in of_all_rooms(&self.chat, user) {
            let data = |delivered| WireRoom::from(view).going_on_to(delivered);
            self.chat.hub.admit(&subscription, view.room.id, ROOM_EVENT, data);
        }
    }

    fn send_read(&self, user: UserId, by: Option<SubscriptionId>, view: ReadView) {
        let (room, mark) = (view.room, ReadMark::from(view));
        let subscriptions = of_all_rooms(&self.chat, user);
        let others = subscriptions.iter().filter(|subscription| Some(subscription.id) != by);
        let others = others.filter(|subscription| subscription.is_in(room));
        others.for_each(|subscription| self.chat.hub.send(subscription, READ_EVENT, &mark));
    }
}

/// A user's subscriptions that asked for all rooms.
fn of_all_rooms(chat: &Chat, user: UserId) -> Vec<Arc<Subscription>> {
    let mut subscriptions = chat.hub.of(user);
    subscriptions.retain(|subscription| subscription.capabilities.rooms);
    subscriptions
}
