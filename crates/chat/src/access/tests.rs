//! What is known of rooms without asking the store, how it stays true, and what is announced.

use std::sync::Arc;

use store::{Removed, Room, RoomId, RoomKind, Stores, User, UserId};
use tempfile::TempDir;
use testkit::faulty::Faults;
use testkit::{builders, wait};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{Access, Changes, Rule, Standing};

/// The access of two nodes on one store, with two users.
struct Setting {
    stores: Stores,
    faults: Faults,
    here: Arc<Access>,
    elsewhere: Arc<Access>,
    ada: User,
    bob: User,
    _stop: DropGuard,
    _dir: TempDir,
}

impl Setting {
    async fn new() -> Self {
        let (dir, faults, stop) = (tempfile::tempdir().unwrap(), Faults::default(), CancellationToken::new());
        let stores = store::sqlite::open(dir.path()).unwrap();
        let here = Access::new(faults.wrap(stores.clone()).rooms);
        let elsewhere = Access::new(Arc::clone(&stores.rooms));
        for access in [&here, &elsewhere] {
            tokio::spawn(Arc::clone(access).poll(stop.clone()));
        }
        let (ada, bob) = (builders::sign_up(&stores, "ada").await, builders::sign_up(&stores, "bob").await);
        Self { stores, faults, here, elsewhere, ada, bob, _stop: stop.drop_guard(), _dir: dir }
    }

    /// A room of ada's. Neither node knows it yet.
    async fn room(&self, is_private: bool) -> Room {
        let kind = if is_private { RoomKind::Private } else { RoomKind::Public };
        builders::make_room(&self.stores, kind, "Garden", &self.ada, &[]).await
    }

    async fn add_bob(&self, room: &Room) {
        builders::add_member(&self.stores, room, &self.bob).await;
    }

    /// Removes bob as the node here does.
    async fn remove_bob(&self, room: &Room) {
        match self.stores.rooms.remove(room.id, self.bob.id).await.unwrap() {
            Removed::Former(room, membership) => self.here.absorb(vec![room], vec![membership], None),
            other => panic!("{other:?}"),
        }
    }

    /// Waits until the poll has begun, and a standing of ada's is known.
    async fn until_trusted(&self, room: RoomId) -> Standing {
        wait::until("the cache is trusted", async || {
            self.here.ask(self.ada.id, room).await.unwrap();
            self.here.standing(self.ada.id, room)
        })
        .await
    }
}

fn names(standing: &Standing) -> &'static str {
    match standing {
        Standing::Unseen => "unseen",
        Standing::Visitor(_) => "visitor",
        Standing::Member(_) => "member",
        Standing::Owner(_) => "owner",
    }
}

#[tokio::test]
async fn a_room_is_public_or_unseen_for_those_who_are_not_in_it() {
    let setting = Setting::new().await;
    let (public, private) = (setting.room(false).await, setting.room(true).await);
    setting.until_trusted(public.id).await;
    let ask = async |user: &User, room| setting.here.ask(user.id, room).await.unwrap();
    for (user, room, standing) in [
        (&setting.ada, RoomId::LOBBY, "member"),
        (&setting.ada, public.id, "owner"),
        (&setting.ada, private.id, "owner"),
        (&setting.bob, public.id, "visitor"),
        (&setting.bob, private.id, "unseen"),
        (&setting.bob, RoomId::generate(), "unseen"),
    ] {
        assert_eq!(names(&ask(user, room).await), standing, "{} in {room}", user.username);
    }
    setting.add_bob(&private).await;
    assert_eq!(names(&ask(&setting.bob, private.id).await), "member");
}

#[tokio::test]
async fn what_one_may_see_is_known_and_what_one_may_not_see_is_asked_each_time() {
    let setting = Setting::new().await;
    let (public, private) = (setting.room(false).await, setting.room(true).await);
    setting.until_trusted(private.id).await;
    let asked = async |user: UserId, room| {
        let before = setting.faults.membership_sizes().len();
        for _ in 0..3 {
            setting.here.ask(user, room).await.unwrap();
        }
        setting.faults.membership_sizes().len() - before
    };
    assert_eq!(asked(setting.ada.id, private.id).await, 0, "it is known already");
    assert!(asked(setting.bob.id, public.id).await <= 1);
    setting.here.rooms_of(setting.bob.id).await.unwrap();
    assert_eq!(asked(setting.bob.id, private.id).await, 3, "a private room");
    assert_eq!(asked(setting.bob.id, RoomId::generate()).await, 3, "no room: it costs the same");
}

#[tokio::test]
async fn a_former_member_is_known_as_one_on_every_node_by_the_poll() {
    let setting = Setting::new().await;
    let room = setting.room(true).await;
    setting.add_bob(&room).await;
    let (mut here, mut elsewhere) = (setting.here.changes(), setting.elsewhere.changes());
    wait::until("bob is known there", async || {
        setting.elsewhere.ask(setting.bob.id, room.id).await.unwrap();
        setting.elsewhere.standing(setting.bob.id, room.id)
    })
    .await;
    setting.remove_bob(&room).await;
    let ends =
        |changes: &Changes| changes.memberships.iter().any(|it| it.user == setting.bob.id && !it.is_in);
    for changes in [&mut here, &mut elsewhere] {
        while !ends(&wait::in_time("the end is announced", changes.recv()).await.unwrap()) {}
    }
    assert_eq!(setting.elsewhere.standing(setting.bob.id, room.id), None, "it is asked");
    assert_eq!(setting.elsewhere.ask(setting.bob.id, room.id).await.unwrap(), Standing::Unseen);
}

#[tokio::test]
async fn each_change_is_announced_once_also_if_it_was_asked_for_before() {
    let setting = Setting::new().await;
    let room = setting.room(false).await;
    setting.until_trusted(room.id).await;
    let mut changes = setting.here.changes();
    setting.add_bob(&room).await;
    assert_eq!(names(&setting.here.ask(setting.bob.id, room.id).await.unwrap()), "member");
    let (mut joined, mut polls) = (0, setting.faults.room_polls().len());
    let end = polls + 6;
    while polls < end {
        match changes.try_recv() {
            Ok(heard) => joined += heard.memberships.iter().filter(|it| it.user == setting.bob.id).count(),
            Err(_) => tokio::task::yield_now().await,
        }
        polls = setting.faults.room_polls().len();
    }
    assert_eq!(joined, 1, "the poll saw it several times");
    setting.remove_bob(&room).await;
    let heard = changes.try_recv().expect("what this node did is announced at once");
    assert_eq!(heard.memberships.len(), 1);
}

#[tokio::test]
async fn with_a_poll_that_stalls_nothing_is_known() {
    let setting = Setting::new().await;
    let room = setting.room(true).await;
    setting.until_trusted(room.id).await;
    setting.here.rooms_of(setting.ada.id).await.unwrap();
    assert!(setting.here.known_room_ids_of(setting.ada.id).is_some());
    setting.faults.set_room_poll_unavailable(true);
    wait::until("the cache is stale", async || {
        setting.here.standing(setting.ada.id, room.id).is_none().then_some(())
    })
    .await;
    assert_eq!(setting.here.known_room_ids_of(setting.ada.id), None);
    assert_eq!(
        names(&setting.here.ask(setting.ada.id, room.id).await.unwrap()),
        "owner",
        "the store answers"
    );
    setting.faults.set_rooms_unavailable(true);
    assert!(setting.here.ask(setting.ada.id, room.id).await.is_err(), "never in");
    assert!(setting.here.standing(setting.ada.id, RoomId::LOBBY).is_some());
}

#[tokio::test]
async fn the_rooms_of_a_user_are_asked_once() {
    let setting = Setting::new().await;
    let room = setting.room(false).await;
    setting.until_trusted(room.id).await;
    for _ in 0..3 {
        let mut ids = setting.here.room_ids_of(setting.ada.id).await.unwrap();
        ids.sort_unstable();
        assert_eq!(ids, [RoomId::LOBBY, room.id]);
    }
    assert_eq!(setting.faults.rooms_of_user(), 1);
    setting.here.absorb(Vec::new(), Vec::new(), None);
    assert_eq!(setting.here.known_room_ids_of(setting.bob.id), None);
}

#[test]
fn rules_tell_what_is_lacking() {
    use web::Code::{Archived, Forbidden, UnknownRoom};
    let lobby = Arc::new(Room::lobby());
    let public = |is_archived| {
        let id = RoomId::generate();
        Arc::new(Room { id, is_archived, ..Room::lobby() })
    };
    let direct = Arc::new(Room { id: RoomId::generate(), kind: RoomKind::Direct, ..Room::lobby() });
    let code = |rule: Rule, standing| rule.judge(&standing).err().map(|refusal| refusal.code());
    let every = [
        Rule::READ,
        Rule::TAKE_PART,
        Rule::MARK,
        Rule::JOIN,
        Rule::LEAVE,
        Rule::ADD,
        Rule::OWN,
        Rule::ARCHIVE,
    ];
    let codes = |standing: Standing| every.map(|rule| code(rule, standing.clone()));
    let (no, ok) = (Some(Forbidden), None);
    assert_eq!(codes(Standing::Unseen), [Some(UnknownRoom); 8]);
    assert_eq!(codes(Standing::Visitor(public(false))), [ok, no, no, ok, no, no, no, no]);
    assert_eq!(codes(Standing::Member(public(false))), [ok, ok, ok, ok, ok, ok, no, no]);
    assert_eq!(codes(Standing::Owner(public(false))), [ok; 8]);
    assert_eq!(codes(Standing::Member(lobby)), [ok, ok, ok, ok, no, no, no, no]);
    assert_eq!(codes(Standing::Member(direct)), [ok, ok, ok, ok, no, no, no, no]);
    let late = Some(Archived);
    assert_eq!(codes(Standing::Owner(public(true))), [ok, late, ok, late, ok, late, late, ok]);
    assert_eq!(codes(Standing::Visitor(public(true))), [ok, late, no, late, no, late, late, no]);
}
