//! Moving an embedded store to MongoDB: everything comes along, wherever the move was interrupted.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use ::mongodb::bson::{Document, doc};
use store::deletion::{Resumer, delete_user};
use store::mongodb::OpenError as TargetError;
use store::sqlite::OpenError;
use store::{
    MoveError, Moved, Progress, ReadMark, RoomId, RoomKind, SessionEnd, State, Timestamp, User,
    move_to_mongodb,
};
use testkit::builders::{direct_room, make_room, new_entry, remove_member, set_archived};
use testkit::wait::in_time;
use tokio::sync::Notify;
use uuid::Uuid;

use super::{batch, database};
use crate::fixture::{Fixture, LOBBY, in_room};
use crate::mentions::mention;

/// Messages of each user in each room: more than one part.
const EACH: usize = 700;
/// Rooms of one user: more than one part, too.
const ROOMS: usize = 600;
const ALL: Moved = Moved {
    users: 4,
    rooms: ROOMS as u64 + 3,
    memberships: 2 * ROOMS as u64 + 8,
    entries: 4 * 2 * EACH as u64,
};

/// An embedded store with everything that a move must take along.
struct Scene {
    source: Fixture,
    users: Vec<User>,
    rooms: [RoomId; 2],
}

impl Scene {
    async fn new() -> Self {
        let source = Fixture::sqlite().await;
        let mut users = Vec::new();
        for name in ["ada", "ben", "cleo", "dora"] {
            users.push(source.user(name).await);
        }
        let stores = &source.stores;
        let room = make_room(stores, RoomKind::Private, "Plans 🗺", &users[0], &[&users[1]]).await;
        let left = make_room(stores, RoomKind::Public, "Left", &users[1], &[&users[0]]).await;
        remove_member(stores, &left, &users[0]).await;
        set_archived(stores, &left, true).await;
        direct_room(stores, &[&users[0], &users[1]]).await;
        source.rooms_with(&[users[0].id, users[1].id], ROOMS).await;
        let rooms = [LOBBY, room.id];
        for (room, user) in rooms.iter().flat_map(|room| users.iter().map(move |user| (*room, user))) {
            let messages = batch(user, &user.username, EACH).into_iter().map(|new| in_room(room, new));
            let mut messages: Vec<_> = messages.collect();
            messages[EACH - 1].mentions = users.iter().filter(|other| *other != user).map(mention).collect();
            source.append(&messages).await;
        }
        let mark = ReadMark { room: room.id, user: users[1].id, seq: 3 };
        stores.rooms.set_read(&[mark]).await.unwrap();
        let end = Timestamp::now().plus_millis(3_600_000);
        stores.tokens.sign_out(users[0].id, SessionEnd { sid: Uuid::now_v7(), until: end }).await.unwrap();
        stores.tokens.sign_out_everywhere(users[1].id).await.unwrap();
        assert!(delete_user(stores, users[2].id).await.unwrap());
        assert!(stores.accounts.begin_deletion(users[3].id).await.unwrap());
        Self { source, users, rooms }
    }

    /// What is in a store, as its traits show it.
    async fn shown(&self, fixture: &Fixture) -> String {
        let mut shown = String::new();
        for user in &self.users {
            let account = fixture.stores.accounts.account_by_id(user.id).await.unwrap();
            let account = account.map(|account| (account.user, account.password_hash));
            let status = fixture.stores.tokens.token_status(user.id).await.unwrap();
            let read = self.rooms.map(|room| (room, 0));
            let unread = fixture.stores.log.unread(user.id, &read).await.unwrap();
            let unread = self.rooms.map(|room| unread[&room]);
            let mut rooms = fixture.stores.rooms.of_user(user.id).await.unwrap();
            rooms.sort_by_key(|(room, _)| room.id);
            shown += &format!("{account:?} {status:?} {unread:?} {rooms:?}\n");
        }
        for room in self.rooms {
            shown += &format!("{:?}\n", fixture.log_of(room).await);
        }
        shown
    }
}

fn folder(address: &str) -> PathBuf {
    PathBuf::from(address.split_once(':').unwrap().1)
}

/// Moves, but stops for good after this number of parts.
async fn move_until(from: &str, to: &str, parts: u64) -> Option<Result<Moved, MoveError>> {
    let (copied, enough) = (AtomicU64::new(0), Notify::new());
    let report = |progress| {
        if matches!(progress, Progress::Copied(_)) && copied.fetch_add(1, Ordering::SeqCst) + 1 >= parts {
            enough.notify_one();
        }
    };
    let dir = folder(from);
    let moving = async {
        loop {
            match move_to_mongodb(&dir, to, &report).await {
                // A store that was just closed holds its lock for a moment.
                Err(MoveError::Source(OpenError::InUse(_))) => tokio::task::yield_now().await,
                moved => return moved,
            }
        }
    };
    tokio::select! {
        biased;
        () = enough.notified() => None,
        moved = in_time("the move ends", moving) => Some(moved),
    }
}

#[tokio::test]
async fn a_move_takes_everything_along_wherever_it_was_interrupted() {
    let (mut scene, target) = (Scene::new().await, Fixture::mongodb().await);
    let expected = scene.shown(&scene.source).await;
    let moving = async |from: &str| {
        let to = target.address();
        for parts in [1, 2, 3, 5] {
            assert!(move_until(from, &to, parts).await.is_none(), "it is interrupted");
            let opened = store::mongodb::open(&to).await;
            assert!(matches!(opened, Err(TargetError::HalfMoved(_))), "Natter does not start");
        }
        for _ in 0..2 {
            let moved = move_until(from, &to, u64::MAX).await.unwrap().unwrap();
            assert_eq!(moved, ALL, "a second time is harmless");
        }
    };
    (scene.source, ()) = scene.source.closed_during(moving).await;
    assert_eq!(scene.shown(&scene.source).await, expected, "the source is as it was");
    let moved = target.another_node().await;
    assert_eq!(scene.shown(&target).await, expected);
    Resumer::default().pass(&moved).await;
    let dora = moved.tokens.token_status(scene.users[3].id).await.unwrap().unwrap();
    assert_eq!(dora.state, State::Deleted, "the deletion under way goes on");
    let next = target.say(&scene.users[0], "next", "hello").await;
    assert_eq!(next.seq, 4 * EACH as u64 + 1);
    let resent = target.append(&[new_entry(&scene.users[0], "ada-0", "hello")]).await;
    assert!(matches!(&resent[0], store::AppendOutcome::Resent(first) if first.seq == 1), "{resent:?}");
}

#[tokio::test]
async fn a_move_needs_an_unused_store_and_an_empty_database_and_finds_what_differs() {
    let (source, target) = (Fixture::sqlite().await, Fixture::mongodb().await);
    source.user("ada").await;
    let to = target.address();
    let moved = move_to_mongodb(&folder(&source.address()), &to, &|_| {}).await;
    assert!(matches!(moved, Err(MoveError::Source(OpenError::InUse(_)))), "{moved:?}");
    let nowhere = move_until("sqlite:/nonexistent/natter", &to, u64::MAX).await.unwrap();
    assert!(matches!(nowhere, Err(MoveError::Source(OpenError::NoStore(_)))), "{nowhere:?}");
    let database = database(&target).await;
    let users = database.collection::<Document>("users");
    users.insert_one(doc! {"folded": "eve"}).await.unwrap();
    let (source, ()) = source
        .closed_during(async |from| {
            let moved = move_until(from, &to, u64::MAX).await.unwrap();
            let is_users = |name: &str| name == "users";
            assert!(
                matches!(&moved, Err(MoveError::Target(TargetError::NotEmpty { collection, .. })) if is_users(collection)),
                "{moved:?}"
            );
            users.delete_many(doc! {}).await.unwrap();
            assert!(move_until(from, &to, 1).await.is_none());
            users.update_one(doc! {}, doc! {"$set": {"display_name": "Eve"}}).await.unwrap();
            let moved = move_until(from, &to, u64::MAX).await.unwrap();
            assert!(matches!(moved, Err(MoveError::Differs { .. })), "{moved:?}");
        })
        .await;
    source.user("ben").await;
    let check = async |from: &str| {
        let moved = move_until(from, &to, u64::MAX).await.unwrap();
        assert!(matches!(moved, Err(MoveError::Target(TargetError::OtherMove(_)))), "{moved:?}");
    };
    source.closed_during(check).await;
}
