//! What the store promises of rooms: making, finding and changing them.

use store::{
    DirectRoom, MAX_ROOMS_MADE, Notify, RoomChange, RoomChanged, RoomCreated, RoomId, RoomKind, Topic, User,
    UserId,
};
use testkit::builders::{direct_room, make_room, new_room, room_name, set_archived};

use crate::fixture::{Fixture, LOBBY};

const PUBLIC: RoomKind = RoomKind::Public;
const PRIVATE: RoomKind = RoomKind::Private;

pub(crate) async fn the_maker_of_a_room_is_its_first_member_and_owner(fixture: Fixture) {
    let (rooms, ada) = (&fixture.stores.rooms, fixture.user("ada").await);
    let topic = Topic::parse("Where to eat").unwrap();
    for kind in [PUBLIC, PRIVATE] {
        let new = store::NewRoom { topic: topic.clone(), ..new_room(&ada, kind, "Lunch 🍜") };
        let RoomCreated::Room(room, membership) = rooms.create(new).await.unwrap() else {
            panic!("it is free")
        };
        assert_eq!((room.kind, room.name.clone(), &room.topic), (kind, Some(room_name("Lunch 🍜")), &topic));
        assert_eq!(
            (room.created_by, &room.owners[..], &room.people[..]),
            (Some(ada.id), &[ada.id][..], &[][..])
        );
        assert!(!room.is_archived && membership.is_in && membership.notify == Notify::All);
        let found = rooms.membership(room.id, ada.id).await.unwrap();
        assert_eq!(found, Some((room.clone(), Some(membership))));
        assert_eq!(rooms.by_ids(&[room.id, RoomId::generate()]).await.unwrap(), [(room.id, room)].into());
    }
}

pub(crate) async fn a_public_name_is_taken_in_any_letter_case_and_a_private_one_tells_nothing(
    fixture: Fixture,
) {
    let (stores, ada) = (&fixture.stores, fixture.user("ada").await);
    let create = async |kind, name| stores.rooms.create(new_room(&ada, kind, name)).await.unwrap();
    make_room(stores, PRIVATE, "Straße", &ada, &[]).await;
    let public = make_room(stores, PUBLIC, "Straße", &ada, &[]).await;
    set_archived(stores, &public, true).await;
    assert_eq!(create(PUBLIC, "STRASSE").await, RoomCreated::NameTaken, "an archived room keeps its name");
    assert_eq!(create(PUBLIC, "ＬＯＢＢＹ").await, RoomCreated::NameTaken);
    assert!(matches!(create(PRIVATE, "strasse").await, RoomCreated::Room(..)));
    let of_ada = stores.rooms.of_user(ada.id).await.unwrap();
    assert_eq!(of_ada.len(), 4, "a refused room leaves nothing: {of_ada:?}");
    let other = make_room(stores, PUBLIC, "Other", &ada, &[]).await;
    let rename = |name| RoomChange { name: Some(room_name(name)), ..RoomChange::default() };
    let renamed = stores.rooms.change(other.id, rename("strasse")).await.unwrap();
    assert_eq!(renamed, RoomChanged::NameTaken);
    let renamed = stores.rooms.change(other.id, rename("lobby")).await.unwrap();
    assert_eq!(renamed, RoomChanged::NameTaken);
    let renamed = stores.rooms.change(other.id, rename("OTHER")).await.unwrap();
    assert!(matches!(renamed, RoomChanged::Room(room) if room.name == Some(room_name("OTHER"))), "its own");
    assert!(matches!(create(PUBLIC, "other").await, RoomCreated::NameTaken));
    stores.rooms.change(other.id, rename("third")).await.unwrap();
    assert!(matches!(create(PUBLIC, "other").await, RoomCreated::Room(..)), "the old name is free");
}

pub(crate) async fn of_two_racing_for_a_public_name_one_gets_it(fixture: Fixture) {
    let (stores, there) = (&fixture.stores, fixture.another_node().await);
    let ada = fixture.user("ada").await;
    let create = |number: usize| {
        let rooms = if number.is_multiple_of(2) { &stores.rooms } else { &there.rooms };
        rooms.create(new_room(&ada, PUBLIC, "Lunch"))
    };
    let results = futures_util::future::join_all((0..8).map(create)).await;
    let made = results.iter().filter(|made| matches!(made, Ok(RoomCreated::Room(..)))).count();
    assert_eq!((results.len(), made), (8, 1), "{results:?}");
    assert_eq!(stores.rooms.of_user(ada.id).await.unwrap().len(), 2);
}

pub(crate) async fn the_same_people_have_one_direct_room(fixture: Fixture) {
    let (stores, there) = (&fixture.stores, fixture.another_node().await);
    let (ada, ben, cleo) = (fixture.user("ada").await, fixture.user("ben").await, fixture.user("cleo").await);
    let begin = |number: usize| {
        let (rooms, people) = match number.is_multiple_of(2) {
            true => (&stores.rooms, [ada.id, ben.id]),
            false => (&there.rooms, [ben.id, ada.id]),
        };
        async move { rooms.direct(&people, people[0]).await }
    };
    let mut news = Vec::new();
    let mut ids = Vec::new();
    for begun in futures_util::future::join_all((0..8).map(begin)).await {
        let DirectRoom::Room(room, is_new) = begun.unwrap() else { panic!("they have one") };
        assert!(room.kind == RoomKind::Direct && room.name.is_none() && room.owners.is_empty());
        assert_eq!(sorted(room.people), sorted(vec![ada.id, ben.id]));
        ids.push(room.id);
        news.push(is_new);
    }
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(news.iter().filter(|is_new| **is_new).count(), 1, "{news:?}");
    for user in [&ada, &ben] {
        let (_, membership) = stores.rooms.membership(ids[0], user.id).await.unwrap().unwrap();
        assert!(membership.unwrap().is_in);
    }
    let three = direct_room(stores, &[&cleo, &ada, &ben]).await;
    assert_ne!(three.id, ids[0]);
    assert_eq!((three.created_by, three.people.len()), (Some(cleo.id), 3));
}

fn sorted(mut users: Vec<UserId>) -> Vec<UserId> {
    users.sort_unstable();
    users
}

pub(crate) async fn a_room_changes_as_told_and_counts_each_change(fixture: Fixture) {
    let (stores, ada) = (&fixture.stores, fixture.user("ada").await);
    let made = make_room(stores, PUBLIC, "Lunch", &ada, &[]).await;
    let topic = Topic::parse("$topic {\"$set\": 1}").unwrap();
    let change = RoomChange { name: Some(room_name("$name")), topic: Some(topic), is_archived: Some(true) };
    let RoomChanged::Room(changed) = stores.rooms.change(made.id, change.clone()).await.unwrap() else {
        panic!()
    };
    assert_eq!((changed.name.as_ref(), Some(&changed.topic)), (change.name.as_ref(), change.topic.as_ref()));
    assert!(changed.is_archived && changed.changes > made.changes && changed.changed_at >= made.changed_at);
    let again = stores.rooms.change(made.id, change).await.unwrap();
    assert_eq!(again, RoomChanged::Room(changed.clone()), "nothing is another");
    assert_eq!(stores.rooms.by_ids(&[made.id]).await.unwrap()[&made.id], changed);
    let restored = set_archived(stores, &changed, false).await;
    assert!(!restored.is_archived && restored.changes == changed.changes + 1);
}

pub(crate) async fn the_lobby_and_direct_rooms_cannot_be_changed(fixture: Fixture) {
    let (stores, ada, ben) = (&fixture.stores, fixture.user("ada").await, fixture.user("ben").await);
    let direct = direct_room(stores, &[&ada, &ben]).await;
    let change = RoomChange { is_archived: Some(true), ..RoomChange::default() };
    for room in [LOBBY, direct.id, RoomId::generate()] {
        assert_eq!(stores.rooms.change(room, change.clone()).await.unwrap(), RoomChanged::Fixed);
        assert_eq!(stores.rooms.add(room, ada.id).await.unwrap(), store::Added::Fixed);
        assert_eq!(stores.rooms.remove(room, ada.id).await.unwrap(), store::Removed::NotIn);
        let role = stores.rooms.set_role(room, ada.id, store::Role::Owner).await.unwrap();
        assert_eq!(role, store::RoleSet::NotIn);
    }
    let lobby = stores.rooms.membership(LOBBY, ada.id).await.unwrap().unwrap().0;
    assert_eq!((lobby.clone(), lobby.name.unwrap().as_str()), (store::Room::lobby(), "Lobby"));
}

pub(crate) async fn a_person_makes_a_bounded_number_of_rooms(fixture: Fixture) {
    let (stores, ada, ben) = (&fixture.stores, fixture.user("ada").await, fixture.user("ben").await);
    let mut made = Vec::new();
    for number in 0..MAX_ROOMS_MADE {
        let kind = if number % 2 == 0 { PUBLIC } else { PRIVATE };
        made.push(make_room(stores, kind, &format!("room {number}"), &ada, &[]).await);
    }
    let one_more = async |user: &User| stores.rooms.create(new_room(user, PUBLIC, "one more")).await.unwrap();
    assert_eq!(one_more(&ada).await, RoomCreated::TooManyMade);
    direct_room(stores, &[&ada, &ben]).await;
    let archived = set_archived(stores, &made[0], true).await;
    assert!(matches!(one_more(&ada).await, RoomCreated::Room(..)), "archived rooms do not count");
    let restore = RoomChange { is_archived: Some(false), ..RoomChange::default() };
    assert_eq!(stores.rooms.change(archived.id, restore).await.unwrap(), RoomChanged::TooManyMade);
    assert!(matches!(one_more(&ben).await, RoomCreated::NameTaken), "nobody else is held up");
}

pub(crate) async fn who_is_deleted_makes_and_enters_no_room(fixture: Fixture) {
    let (stores, ada, ben) = (&fixture.stores, fixture.user("ada").await, fixture.user("ben").await);
    let lunch = make_room(stores, PUBLIC, "Lunch", &ben, &[]).await;
    assert!(stores.accounts.begin_deletion(ada.id).await.unwrap());
    let made = stores.rooms.create(new_room(&ada, PUBLIC, "mine")).await.unwrap();
    assert_eq!(made, RoomCreated::UserGone);
    assert_eq!(stores.rooms.add(lunch.id, ada.id).await.unwrap(), store::Added::Fixed);
    let begun = stores.rooms.direct(&[ben.id, ada.id], ben.id).await.unwrap();
    assert_eq!(begun, DirectRoom::UserGone(ada.id));
    assert!(stores.rooms.of_user(ada.id).await.unwrap().is_empty());
}
