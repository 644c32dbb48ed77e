//! Who goes out of a room watches it no more, also when the news of it is lost or comes in between.

use std::pin::pin;

use futures_util::FutureExt;
use store::{Removed, Room, RoomKind, Stores, User};
use tempfile::TempDir;
use testkit::builders::{self, make_room};
use tokio::task::yield_now;
use web::Code;

use super::*;
use crate::chat::Chat;
use crate::hub::Subscription;
use crate::ops::watch::{self, WatchRequest};
use crate::test_chat::{chat, subscribed};

/// Grace is in a room of Ada's, and connected. No poll runs, so each question about the room goes to the store.
struct Scene {
    chat: Arc<Chat>,
    room: Room,
    grace: User,
    graces: Arc<Subscription>,
    _dir: TempDir,
}

impl Scene {
    async fn new() -> Self {
        let (chat, dir) = chat();
        let stores = &chat.stores;
        let (ada, grace) = (builders::sign_up(stores, "ada").await, builders::sign_up(stores, "grace").await);
        let room = make_room(stores, RoomKind::Private, "Attic", &ada, &[&grace]).await;
        subscribed(&chat.hub, &ada);
        let graces = subscribed(&chat.hub, &grace);
        Self { chat, room, grace, graces, _dir: dir }
    }

    fn stores(&self) -> &Stores {
        &self.chat.stores
    }

    /// Watches the room as its operation does.
    async fn watch(&self) -> Result<u64, Code> {
        let request = WatchRequest::of(self.room.id);
        let begun = watch::begin(&self.chat, &self.graces, request).map_err(|refusal| refusal.code())?;
        let watched = watch::finish(&self.chat, &self.graces, begun).await;
        watched.map(|watched| watched.snapshot.count).map_err(|refusal| refusal.code())
    }

    /// Takes Grace out of the room, without telling this node.
    async fn remove(&self) -> Membership {
        match self.stores().rooms.remove(self.room.id, self.grace.id).await.unwrap() {
            Removed::Former(_, membership) => membership,
            other => panic!("{other:?}"),
        }
    }

    fn count(&self) -> u64 {
        self.chat.presence.snapshot(self.room.id).count
    }
}

#[tokio::test]
async fn a_member_who_goes_out_watches_no_more_and_is_not_shown() {
    let scene = Scene::new().await;
    assert_eq!(scene.watch().await, Ok(2));
    let membership = scene.remove().await;
    scene.chat.presence.follow(&scene.chat.hub, &membership);
    assert_eq!((scene.graces.watched(), scene.count()), (vec![], 1));
    assert_eq!(scene.watch().await, Err(Code::UnknownRoom));
}

#[tokio::test]
async fn who_goes_out_while_a_watch_begins_does_not_watch() {
    let scene = Scene::new().await;
    let announcing = scene.chat.presence.between_announcements().await;
    let mut watching = pin!(scene.watch());
    // It asks the store where she stands, and then waits for the announcement under way.
    while !scene.chat.presence.rosters().kept_rooms().contains(&scene.room.id) {
        assert!(watching.as_mut().now_or_never().is_none());
        yield_now().await;
    }
    let membership = scene.remove().await;
    scene.chat.presence.follow(&scene.chat.hub, &membership);
    drop(announcing);
    assert_eq!(watching.await, Err(Code::UnknownRoom));
    assert_eq!((scene.graces.watched(), scene.count()), (vec![], 1));
}

#[tokio::test]
async fn changes_that_were_missed_are_made_up_for() {
    let scene = Scene::new().await;
    assert_eq!(scene.watch().await, Ok(2));
    let Chat { presence, hub, access, stores, .. } = &*scene.chat;
    let stop = CancellationToken::new();
    let parts = (Arc::clone(presence), Arc::clone(hub), Arc::clone(access), Arc::clone(&stores.rooms));
    let following = tokio::spawn(follow_members(parts.0, parts.1, parts.2, parts.3, stop.clone()));
    yield_now().await;
    let membership = scene.remove().await;
    // More news than are kept for a listener, and none of it that she went out.
    for changes in 1..=5_000 {
        let of_another = Membership { room: RoomId::generate(), changes, ..membership.clone() };
        access.absorb(vec![], vec![of_another], None);
    }
    testkit::wait::until("her watch has ended", async || scene.graces.watched().is_empty().then_some(()))
        .await;
    testkit::wait::until("she is not shown", async || (scene.count() == 1).then_some(())).await;
    stop.cancel();
    following.await.unwrap();
}
