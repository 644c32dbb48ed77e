//! People, and rooms of each sort that they are in, were in, or never were in.

use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::Method;
use store::{RoomChange, RoomId, RoomKind, User};
use testkit::builders;

use crate::app::{App, Person};

/// What a room is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Public,
    Private,
    Direct,
    ArchivedPublic,
    ArchivedPrivate,
}

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Owner,
    Member,
    Former,
    Stranger,
}

pub(super) const PLACES: [Place; 5] =
    [Place::Public, Place::Private, Place::Direct, Place::ArchivedPublic, Place::ArchivedPrivate];
pub(super) const EVERYBODY: [Who; 4] = [Who::Owner, Who::Member, Who::Former, Who::Stranger];

/// The people of some calls, who do nothing else. The owner changes each room once or twice before a call, and there are far
/// fewer calls than changes that a user may make at once (200), so that none is `rate_limited`.
pub(super) struct Scene<'a> {
    app: &'a App,
    people: [Person; 4],
    /// A member of each room, about whom something is done.
    pub(super) other: Person,
    /// Somebody in no room, who is added.
    pub(super) newcomer: Person,
}

impl<'a> Scene<'a> {
    pub(super) async fn new(app: &'a App) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let person = async |name: &str| app.person(&format!("{name}{number}")).await;
        let people =
            [person("owner").await, person("member").await, person("former").await, person("stranger").await];
        Self { app, people, other: person("other").await, newcomer: person("newcomer").await }
    }

    pub(super) fn person(&self, who: Who) -> &Person {
        &self.people[who as usize]
    }

    fn user(&self, who: Who) -> &User {
        &self.person(who).user
    }

    /// A new room, except that a direct one of the same people is always the same. What ends is ended by
    /// the service; the rest is done as by another node.
    pub(super) async fn room(&self, place: Place) -> RoomId {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        if place == Place::Direct {
            return self.direct().await;
        }
        let kind = match place {
            Place::Public | Place::ArchivedPublic => RoomKind::Public,
            _ => RoomKind::Private,
        };
        let (stores, name) = (&self.app.stores, format!("Room {}", NEXT.fetch_add(1, Ordering::Relaxed)));
        let others = [self.user(Who::Member), self.user(Who::Former), &self.other.user];
        let room = builders::make_room(stores, kind, &name, self.user(Who::Owner), &others).await.id;
        self.delete(&format!("/rooms/{room}/members/{}", self.user(Who::Former).id)).await;
        if matches!(place, Place::ArchivedPublic | Place::ArchivedPrivate) {
            self.delete(&format!("/rooms/{room}")).await;
        }
        room
    }

    /// Archives a room that is used no more: it counts among those of its owner otherwise.
    pub(super) async fn close(&self, room: RoomId) {
        let archived = RoomChange { is_archived: Some(true), ..RoomChange::default() };
        self.app.stores.rooms.change(room, archived).await.unwrap();
    }

    /// What the owner ends, through the service.
    async fn delete(&self, path: &str) {
        let answer = self.app.call(self.person(Who::Owner), Method::DELETE, path, None).await;
        assert_eq!(answer.status, 204, "{}", answer.text);
    }

    async fn direct(&self) -> RoomId {
        let people = [self.user(Who::Owner), self.user(Who::Member), &self.other.user];
        builders::direct_room(&self.app.stores, &people).await.id
    }
}
