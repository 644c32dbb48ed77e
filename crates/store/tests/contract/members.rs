//! What the store promises of who is in a room, with which role.

use store::{Added, MAX_OWNERS, Removed, Role, RoleSet, RoomKind, UserId};
use testkit::builders::{add_member, make_room, remove_member, set_archived, set_role};

use crate::fixture::{Fixture, in_room, messages};

const PUBLIC: RoomKind = RoomKind::Public;

pub(crate) async fn who_comes_in_begins_at_the_end_of_the_log(fixture: Fixture) {
    let (stores, ada, ben) = (&fixture.stores, fixture.user("ada").await, fixture.user("ben").await);
    let room = make_room(stores, RoomKind::Private, "Lunch", &ada, &[]).await;
    let say = async |count: usize| {
        let messages = messages(&ada, count);
        fixture.append(&messages.into_iter().map(|new| in_room(room.id, new)).collect::<Vec<_>>()).await;
    };
    say(3).await;
    let Added::Member(first, true) = stores.rooms.add(room.id, ben.id).await.unwrap() else {
        panic!("he is new")
    };
    assert!(first.is_in && first.read_seq == 3);
    let again = stores.rooms.add(room.id, ben.id).await.unwrap();
    assert_eq!(again, Added::Member(first.clone(), false));
    stores.rooms.set_notify(room.id, ben.id, store::Notify::None).await.unwrap().unwrap();
    let Removed::Former(_, former) = stores.rooms.remove(room.id, ben.id).await.unwrap() else {
        panic!("he was in")
    };
    assert!(!former.is_in && former.changes > first.changes);
    assert_eq!(stores.rooms.remove(room.id, ben.id).await.unwrap(), Removed::NotIn);
    say(2).await;
    let Added::Member(second, true) = stores.rooms.add(room.id, ben.id).await.unwrap() else {
        panic!("again")
    };
    assert_eq!((second.read_seq, second.notify), (5, store::Notify::All));
    assert!(second.changes > former.changes && second.since >= first.since);
}

pub(crate) async fn nobody_is_added_to_an_archived_room_and_anybody_leaves_it(fixture: Fixture) {
    let (stores, ada, ben) = (&fixture.stores, fixture.user("ada").await, fixture.user("ben").await);
    let room = make_room(stores, PUBLIC, "Lunch", &ada, &[&ben]).await;
    assert_eq!(stores.rooms.remove(room.id, ada.id).await.unwrap(), Removed::LastOwner);
    set_archived(stores, &room, true).await;
    let cleo = fixture.user("cleo").await;
    assert_eq!(stores.rooms.add(room.id, cleo.id).await.unwrap(), Added::Fixed);
    remove_member(stores, &room, &ben).await;
    let Removed::Former(room, _) = stores.rooms.remove(room.id, ada.id).await.unwrap() else {
        panic!("she was in")
    };
    assert!(room.is_archived && room.owners.is_empty());
}

pub(crate) async fn the_last_owner_stays_until_there_is_another_one(fixture: Fixture) {
    let (stores, ada, ben) = (&fixture.stores, fixture.user("ada").await, fixture.user("ben").await);
    let room = make_room(stores, PUBLIC, "Lunch", &ada, &[]).await;
    let role = async |user: UserId, role| stores.rooms.set_role(room.id, user, role).await.unwrap();
    assert_eq!(role(ben.id, Role::Owner).await, RoleSet::NotIn);
    add_member(stores, &room, &ben).await;
    assert_eq!(role(ada.id, Role::Member).await, RoleSet::LastOwner);
    let both = set_role(stores, &room, &ben, Role::Owner).await;
    assert_eq!(both.owners, [ada.id, ben.id]);
    assert_eq!(role(ben.id, Role::Owner).await, RoleSet::Room(both), "he is one already");
    let handed_over = set_role(stores, &room, &ada, Role::Member).await;
    assert_eq!(handed_over.owners, [ben.id]);
    assert_eq!(stores.rooms.remove(room.id, ben.id).await.unwrap(), Removed::LastOwner);
    remove_member(stores, &room, &ada).await;
    let (room, ada_then) = stores.rooms.membership(room.id, ada.id).await.unwrap().unwrap();
    assert!(room.owners == [ben.id] && !ada_then.unwrap().is_in);
}

pub(crate) async fn of_two_owners_who_leave_at_once_one_stays(fixture: Fixture) {
    let (stores, there) = (&fixture.stores, fixture.another_node().await);
    let (ada, ben) = (fixture.user("ada").await, fixture.user("ben").await);
    for number in 0..20 {
        let room = make_room(stores, PUBLIC, &format!("room {number}"), &ada, &[&ben]).await;
        set_role(stores, &room, &ben, Role::Owner).await;
        let left = tokio::join!(stores.rooms.remove(room.id, ada.id), there.rooms.remove(room.id, ben.id));
        let (left, stayed) = match (left.0.unwrap(), left.1.unwrap()) {
            (Removed::Former(..), Removed::LastOwner) => (ada.id, ben.id),
            (Removed::LastOwner, Removed::Former(..)) => (ben.id, ada.id),
            others => panic!("{others:?}"),
        };
        let (room, former) = stores.rooms.membership(room.id, left).await.unwrap().unwrap();
        let (_, owner) = stores.rooms.membership(room.id, stayed).await.unwrap().unwrap();
        assert_eq!(
            (&room.owners[..], former.unwrap().is_in, owner.unwrap().is_in),
            (&[stayed][..], false, true)
        );
    }
}

pub(crate) async fn a_new_owner_who_leaves_at_once_is_none(fixture: Fixture) {
    let (stores, there) = (&fixture.stores, fixture.another_node().await);
    let (ada, ben) = (fixture.user("ada").await, fixture.user("ben").await);
    for number in 0..20 {
        let room = make_room(stores, PUBLIC, &format!("room {number}"), &ada, &[&ben]).await;
        let (role, left) = tokio::join!(
            stores.rooms.set_role(room.id, ben.id, Role::Owner),
            there.rooms.remove(room.id, ben.id)
        );
        assert!(matches!(left.as_ref().unwrap(), Removed::Former(..)), "{left:?} {role:?}");
        let (room, former) = stores.rooms.membership(room.id, ben.id).await.unwrap().unwrap();
        assert_eq!((&room.owners[..], former.unwrap().is_in), (&[ada.id][..], false), "{role:?}");
    }
}

pub(crate) async fn a_room_has_a_bounded_number_of_owners(fixture: Fixture) {
    let (stores, ada) = (&fixture.stores, fixture.user("ada").await);
    let room = make_room(stores, PUBLIC, "Lunch", &ada, &[]).await;
    for number in 1..=MAX_OWNERS {
        let user = fixture.user(&format!("user{number}")).await;
        add_member(stores, &room, &user).await;
        let set = stores.rooms.set_role(room.id, user.id, Role::Owner).await.unwrap();
        assert_eq!(set == RoleSet::TooManyOwners, number == MAX_OWNERS, "{number}: {set:?}");
    }
}

pub(crate) async fn a_person_is_in_a_bounded_number_of_rooms(fixture: Fixture) {
    let (stores, ada) = (&fixture.stores, fixture.user("ada").await);
    let lunch = make_room(stores, PUBLIC, "Lunch", &ada, &[]).await;
    let ben = fixture.user("ben").await;
    fixture.rooms_with(&[ben.id], store::MAX_ROOMS_OF_USER - 1).await;
    assert!(matches!(stores.rooms.add(lunch.id, ben.id).await.unwrap(), Added::Member(_, true)));
    let dinner = make_room(stores, PUBLIC, "Dinner", &ada, &[]).await;
    assert_eq!(stores.rooms.add(dinner.id, ben.id).await.unwrap(), Added::TooManyRooms);
    let begun = stores.rooms.direct(&[ada.id, ben.id], ada.id).await.unwrap();
    assert_eq!(begun, store::DirectRoom::TooManyRooms(ben.id));
    let of_ben = stores.rooms.of_user(ben.id).await.unwrap();
    assert_eq!(of_ben.len(), store::MAX_ROOMS_OF_USER + 1, "the lobby too");
    remove_member(stores, &lunch, &ben).await;
    assert!(matches!(stores.rooms.add(dinner.id, ben.id).await.unwrap(), Added::Member(_, true)));
}
