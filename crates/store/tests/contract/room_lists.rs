//! What the store promises of lists of rooms and of members.

use std::collections::HashSet;

use store::{DisplayName, MAX_ROOMS_OF_USER, RoomId, RoomKind, User, UserId};
use testkit::builders::{direct_room, make_room, new_user, remove_member, room_name, set_archived};

use crate::fixture::{Fixture, LOBBY, messages};
use crate::many_rooms::READ_SEQ;

const PUBLIC: RoomKind = RoomKind::Public;
const PRIVATE: RoomKind = RoomKind::Private;

pub(crate) async fn a_users_rooms_are_the_lobby_and_those_that_the_user_is_in(fixture: Fixture) {
    let (stores, ada, ben) = (&fixture.stores, fixture.user("ada").await, fixture.user("ben").await);
    let mut expected = vec![
        make_room(stores, PUBLIC, "Lunch", &ada, &[&ben]).await.id,
        make_room(stores, PRIVATE, "Plans", &ben, &[&ada]).await.id,
        direct_room(stores, &[&ada, &ben]).await.id,
    ];
    make_room(stores, PUBLIC, "Without her", &ben, &[]).await;
    let left = make_room(stores, PRIVATE, "Left", &ben, &[&ada]).await;
    remove_member(stores, &left, &ada).await;
    let of_ada = stores.rooms.of_user(ada.id).await.unwrap();
    assert_eq!(of_ada[0].0, store::Room::lobby());
    assert!(of_ada.iter().all(|(room, membership)| {
        (room.id, ada.id, true) == (membership.room, membership.user, membership.is_in)
    }));
    expected.push(LOBBY);
    let found: HashSet<RoomId> = of_ada.iter().map(|(room, _)| room.id).collect();
    assert_eq!(found, expected.into_iter().collect());
    assert!(stores.rooms.of_user(UserId::new()).await.unwrap().is_empty());
}

pub(crate) async fn nothing_said_in_the_lobby_before_the_first_look_is_unread(fixture: Fixture) {
    let (stores, ada) = (&fixture.stores, fixture.user("ada").await);
    fixture.append(&messages(&ada, 4)).await;
    let ben = fixture.user("ben").await;
    let lobby_of = async |user: &User| stores.rooms.of_user(user.id).await.unwrap().remove(0).1;
    assert_eq!(lobby_of(&ben).await.read_seq, 4);
    fixture.say(&ada, "later", "hello").await;
    assert_eq!(lobby_of(&ben).await.read_seq, 4, "the first look counts");
    let (_, stored) = stores.rooms.membership(LOBBY, ben.id).await.unwrap().unwrap();
    assert_eq!(stored, Some(lobby_of(&ben).await));
    let (_, never) = stores.rooms.membership(LOBBY, ada.id).await.unwrap().unwrap();
    assert_eq!(never, None);
}

pub(crate) async fn public_rooms_to_join_come_by_name(fixture: Fixture) {
    let (stores, ada, ben) = (&fixture.stores, fixture.user("ada").await, fixture.user("ben").await);
    for name in ["zebra", "Äpfel", "Lunch", "brunch", "$lookup", "late lunch"] {
        make_room(stores, PUBLIC, name, &ada, &[]).await;
    }
    make_room(stores, PRIVATE, "lunch, secretly", &ada, &[]).await;
    make_room(stores, PUBLIC, "lunch with Ben", &ada, &[&ben]).await;
    let archived = make_room(stores, PUBLIC, "old lunch", &ada, &[]).await;
    set_archived(stores, &archived, true).await;
    let names = async |user: &User, find: Option<&str>, after: Option<&str>, limit| {
        let page = stores.rooms.public(user.id, find, after, limit).await.unwrap();
        let names: Vec<_> =
            page.rooms.into_iter().map(|room| room.name.unwrap().as_str().to_owned()).collect();
        (names, page.has_more)
    };
    let all = ["$lookup", "brunch", "late lunch", "Lunch", "zebra", "Äpfel"].map(str::to_owned);
    assert_eq!(names(&ben, None, None, 100).await, (all.to_vec(), false));
    assert_eq!(names(&ben, None, None, 4).await, (all[..4].to_vec(), true));
    let after = room_name(&all[3]);
    assert_eq!(names(&ben, None, Some(after.folded()), 2).await, (all[4..].to_vec(), false));
    assert_eq!(names(&ben, Some(" UNCH"), None, 100).await.0, ["brunch", "late lunch", "Lunch"]);
    assert_eq!(names(&ben, Some("$lookup"), None, 100).await.0, ["$lookup"]);
    assert!(names(&ben, Some("unch.*"), None, 100).await.0.is_empty(), "it is no pattern");
    assert!(names(&ada, None, None, 100).await.0.is_empty(), "she is in all of them");
}

pub(crate) async fn members_are_paged_by_id_without_gap_or_repeat(fixture: Fixture) {
    let stores = &fixture.stores;
    let mut users = Vec::new();
    for number in 0..8 {
        users.push(fixture.user(&format!("user{number}")).await);
    }
    let others: Vec<&User> = users[1..].iter().collect();
    let room = make_room(stores, PRIVATE, "Plans", &users[0], &others).await;
    remove_member(stores, &room, &users[3]).await;
    stores.accounts.begin_deletion(users[5].id).await.unwrap();
    let paged = async |room: RoomId, limit| {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = stores.rooms.members(room, after, limit).await.unwrap();
            assert!(page.users.len() == limit as usize || !page.has_more);
            after = page.users.last().map(|user| user.id);
            seen.extend(page.users);
            if !page.has_more {
                return seen;
            }
        }
    };
    let expected = |without: &[usize]| {
        let kept = users.iter().enumerate().filter(|(number, _)| !without.contains(number));
        let mut kept: Vec<_> = kept.map(|(_, user)| user.clone()).collect();
        kept.sort_by_key(|user| user.id);
        kept
    };
    for limit in [1, 2, 6, 7] {
        assert_eq!(paged(room.id, limit).await, expected(&[3, 5]), "{limit}");
        assert_eq!(paged(LOBBY, limit).await, expected(&[5]), "{limit}");
    }
    assert_eq!(stores.rooms.count_members(room.id).await.unwrap(), 7, "until the deletion takes him out");
    assert!(stores.rooms.members(RoomId::generate(), None, 100).await.unwrap().users.is_empty());
}

pub(crate) async fn members_are_found_by_the_beginning_of_either_name(fixture: Fixture) {
    let stores = &fixture.stores;
    let mut users = Vec::new();
    for (name, display) in [("grace", "Ada's friend"), ("Adam", "Mr. G"), ("cleo", "Ádám"), ("dora", "adAM")]
    {
        let new = store::NewUser { display_name: DisplayName::parse(display).unwrap(), ..new_user(name) };
        users.push(testkit::builders::create(stores, new).await);
    }
    let room = make_room(stores, PRIVATE, "Plans", &users[0], &[&users[1], &users[2]]).await;
    let found = async |room: RoomId, prefix: &str, limit| {
        let users = stores.rooms.find_members(room, prefix, limit).await.unwrap();
        users.into_iter().map(|user| user.username).collect::<Vec<_>>()
    };
    assert_eq!(found(LOBBY, "ADA", 10).await, ["Adam", "dora", "grace"], "by user name");
    assert_eq!(found(room.id, "ada", 10).await, ["Adam", "grace"]);
    assert_eq!(found(room.id, "ada", 1).await, ["Adam"]);
    assert_eq!(found(room.id, "á", 10).await, ["cleo"]);
    assert_eq!(found(room.id, "", 10).await.len(), 3);
    assert!(found(room.id, "am", 10).await.is_empty() && found(LOBBY, "$", 10).await.is_empty());
    stores.accounts.rename(users[2].id, &DisplayName::parse("Zoe").unwrap()).await.unwrap();
    assert_eq!(found(room.id, "zo", 10).await, ["cleo"]);
    assert!(found(room.id, "á", 10).await.is_empty());
}

pub(crate) async fn members_of_a_large_room_are_found_too(fixture: Fixture) {
    let stores = &fixture.stores;
    let (ada, ben) = (fixture.user("ada").await, fixture.user("ben").await);
    // More than are read at once; nobody knows them.
    let others: Vec<UserId> = std::iter::repeat_with(UserId::new).take(1_200).chain([ada.id]).collect();
    let room = fixture.rooms_with(&others, 1).await[0];
    assert_eq!(stores.rooms.find_members(room, "a", 10).await.unwrap(), [ada]);
    assert!(stores.rooms.find_members(room, "b", 10).await.unwrap().is_empty(), "{ben:?} is elsewhere");
    assert_eq!(stores.rooms.count_members(room).await.unwrap(), 1_201);
}

pub(crate) async fn all_rooms_of_a_user_with_many_are_read(fixture: Fixture) {
    let (stores, ada) = (&fixture.stores, fixture.user("ada").await);
    let rooms = fixture.rooms_with(&[ada.id], MAX_ROOMS_OF_USER).await;
    let of_ada = stores.rooms.of_user(ada.id).await.unwrap();
    assert_eq!(of_ada.len(), MAX_ROOMS_OF_USER + 1);
    assert!(of_ada[1..].iter().all(|(_, membership)| membership.read_seq == READ_SEQ));
    let pairs: Vec<_> =
        rooms.iter().map(|&room| (room, ada.id)).chain([(RoomId::generate(), ada.id)]).collect();
    let found = stores.rooms.memberships(&pairs[1..]).await.unwrap();
    assert_eq!(found.len(), MAX_ROOMS_OF_USER - 1, "all that are there");
}
