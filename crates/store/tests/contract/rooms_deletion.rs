//! What the store promises of the rooms of a user who is deleted.

use store::deletion::delete_user;
use store::{Removed, Role, RoomKind, Timestamp};
use testkit::builders::{direct_room, make_room, remove_member, resume_deletions, set_role};
use testkit::faulty::Faults;

use crate::fixture::{Fixture, LOBBY};

const PUBLIC: RoomKind = RoomKind::Public;

pub(crate) async fn a_deleted_user_is_in_no_room(fixture: Fixture) {
    let (stores, ada, ben) = (&fixture.stores, fixture.user("ada").await, fixture.user("ben").await);
    let rooms = [
        make_room(stores, PUBLIC, "Lunch", &ben, &[&ada]).await,
        make_room(stores, RoomKind::Private, "Plans", &ben, &[&ada]).await,
        direct_room(stores, &[&ada, &ben]).await,
    ];
    stores.rooms.of_user(ada.id).await.unwrap();
    let before = stores.rooms.changed_since(Timestamp::from_millis(0)).await.unwrap().now;
    assert!(delete_user(stores, ada.id).await.unwrap());
    for room in &rooms {
        let (room, former) = stores.rooms.membership(room.id, ada.id).await.unwrap().unwrap();
        let former = former.unwrap();
        assert!(!former.is_in && former.read_seq == 0 && former.notify == store::Notify::All);
        assert!(!room.people.contains(&ada.id) && room.created_by != Some(ada.id), "{room:?}");
        let members = stores.rooms.members(room.id, None, 100).await.unwrap().users;
        assert_eq!(members, std::slice::from_ref(&ben));
        assert_eq!(stores.rooms.count_members(room.id).await.unwrap(), 1);
    }
    let (_, lobby) = stores.rooms.membership(LOBBY, ada.id).await.unwrap().unwrap();
    assert!(!lobby.unwrap().is_in);
    let seen = stores.rooms.changed_since(before.plus_millis(-10_000)).await.unwrap();
    let ended = seen.memberships.iter().filter(|ended| ended.user == ada.id && !ended.is_in).count();
    assert_eq!(ended, 4, "the poll reports each");
    assert!(stores.rooms.of_user(ada.id).await.unwrap().is_empty());
    assert_eq!(stores.rooms.of_user(ben.id).await.unwrap().len(), 4);
}

pub(crate) async fn the_member_who_came_first_inherits_a_room(fixture: Fixture) {
    let (stores, ada) = (&fixture.stores, fixture.user("ada").await);
    let (ben, cleo) = (fixture.user("ben").await, fixture.user("cleo").await);
    // Cleo came before Ben, who signed up first. Their times differ.
    let room = make_room(stores, PUBLIC, "Lunch", &ada, &[&cleo]).await;
    let since = stores.rooms.membership(room.id, cleo.id).await.unwrap().unwrap().1.unwrap().since;
    while Timestamp::now() <= since {
        tokio::task::yield_now().await;
    }
    testkit::builders::add_member(stores, &room, &ben).await;
    let shared = make_room(stores, PUBLIC, "Shared", &ada, &[&cleo, &ben]).await;
    set_role(stores, &shared, &ben, Role::Owner).await;
    let alone = make_room(stores, PUBLIC, "Alone", &ada, &[&cleo]).await;
    remove_member(stores, &alone, &cleo).await;
    let faults = Faults::default();
    faults.set_rooms_unavailable(true);
    let broken = delete_user(&faults.wrap(stores.clone()), ada.id).await;
    assert!(broken.is_err(), "it stops before the rooms");
    assert_eq!(resume_deletions(stores).await, 1);
    let rooms = stores.rooms.by_ids(&[room.id, shared.id, alone.id]).await.unwrap();
    assert!(rooms.values().all(|room| room.created_by.is_none()));
    let owners = |id| (rooms[&id].owners.as_slice(), rooms[&id].is_archived);
    assert_eq!(owners(room.id), (&[cleo.id][..], false));
    assert_eq!(owners(shared.id), (&[ben.id][..], false));
    assert_eq!(owners(alone.id), (&[][..], true), "nobody is left");
    assert_eq!(stores.rooms.remove(room.id, cleo.id).await.unwrap(), Removed::LastOwner);
    let again = stores.rooms.remove_everywhere(ada.id).await;
    assert!(again.is_ok() && stores.rooms.by_ids(&[room.id]).await.unwrap()[&room.id] == rooms[&room.id]);
}

pub(crate) async fn an_heir_who_leaves_at_once_does_not_take_the_room_along(fixture: Fixture) {
    let (stores, there) = (&fixture.stores, fixture.another_node().await);
    for number in 0..10 {
        let name = |who: &str| format!("{who}{number}");
        let ada = fixture.user(&name("ada")).await;
        let (ben, cleo) = (fixture.user(&name("ben")).await, fixture.user(&name("cleo")).await);
        let room = make_room(stores, PUBLIC, &name("room"), &ada, &[&ben, &cleo]).await;
        let (left, right) =
            tokio::join!(stores.rooms.remove_everywhere(ada.id), there.rooms.remove(room.id, ben.id));
        left.unwrap();
        let room = stores.rooms.by_ids(&[room.id]).await.unwrap().remove(&room.id).unwrap();
        let [owner] = room.owners[..] else { panic!("one owner: {room:?} {right:?}") };
        let (_, membership) = stores.rooms.membership(room.id, owner).await.unwrap().unwrap();
        assert!(membership.unwrap().is_in && owner != ada.id, "{room:?} {right:?}");
    }
}
