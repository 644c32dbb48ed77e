//! Who is typing in which room.

use store::RoomId;

use super::rooms::{TwoRooms, presence, typing};
use super::{ANNOUNCE_INTERVAL, LOBBY, RosterFixture, names, sender};
use crate::presence::local_user::{MAX_TYPING_ROOMS, TYPING_TIMEOUT};

#[test]
fn typing_is_of_one_room() {
    let mut rooms = TwoRooms::new();
    let (room, id, ada) = (rooms.room, rooms.ada.id, rooms.ada.clone());
    rooms.fixture.type_in(room, rooms.adas, &ada);
    assert_eq!(rooms.announcements(), [typing(room, &["Ada"])]);
    rooms.fixture.rosters.sent(LOBBY, Some(rooms.adas), id, rooms.fixture.now);
    rooms.fixture.later(ANNOUNCE_INTERVAL);
    assert_eq!(rooms.announcements(), [""; 0], "a message in another room does not end it");
    rooms.fixture.rosters.sent(room, Some(rooms.adas), id, rooms.fixture.now);
    assert_eq!(rooms.announcements(), [typing::<&str>(room, &[])]);
}

#[test]
fn typing_ends_in_each_room_by_itself() {
    let mut rooms = TwoRooms::new();
    let (room, ada) = (rooms.room, rooms.ada.clone());
    rooms.fixture.type_in(room, rooms.adas, &ada);
    rooms.fixture.later(TYPING_TIMEOUT / 2).type_on(rooms.adas, &ada);
    assert_eq!(rooms.announcements(), [typing(LOBBY, &["Ada"]), typing(room, &["Ada"])]);
    rooms.fixture.later(TYPING_TIMEOUT / 2);
    assert_eq!(rooms.announcements(), [typing::<&str>(room, &[])]);
    rooms.fixture.later(TYPING_TIMEOUT / 2);
    assert_eq!(rooms.announcements(), [typing::<&str>(LOBBY, &[])]);
}

#[test]
fn a_user_is_typing_in_a_bounded_number_of_rooms() {
    let (mut fixture, ada) = (RosterFixture::new(), sender("Ada"));
    let adas = fixture.join(&ada);
    let rooms: Vec<RoomId> = (0..MAX_TYPING_ROOMS + 1).map(|_| RoomId::generate()).collect();
    for room in &rooms {
        fixture.watch(*room, adas, &ada, &[&ada]);
        fixture.type_in(*room, adas, &ada);
        fixture.later(std::time::Duration::from_millis(1));
    }
    let typing: Vec<usize> = rooms.iter().map(|room| fixture.rosters.snapshot(*room).typing.len()).collect();
    assert_eq!((typing[0], typing.iter().sum::<usize>()), (0, MAX_TYPING_ROOMS), "the oldest one ended");
}

#[test]
fn nobody_is_typing_in_a_room_whom_it_does_not_show() {
    let mut rooms = TwoRooms::new();
    let (room, grace, ada) = (rooms.room, rooms.grace.clone(), rooms.ada.clone());
    rooms.fixture.type_in(room, rooms.graces, &grace);
    assert_eq!(rooms.announcements(), [""; 0], "not a member, or not any more");
    rooms.fixture.later(TYPING_TIMEOUT).type_in(room, rooms.adas, &ada);
    assert_eq!(rooms.announcements(), [typing(room, &["Ada"])]);
    rooms.change_member(&ada, false);
    rooms.fixture.later(ANNOUNCE_INTERVAL);
    assert_eq!(
        rooms.announcements(),
        [presence(room, &[], &["Ada"], 0), typing::<&str>(room, &[])],
        "who went out ends typing"
    );
    rooms.change_member(&ada, true);
    rooms.fixture.later(ANNOUNCE_INTERVAL);
    assert_eq!(rooms.announcements(), [presence(room, &["Ada"], &[], 1)], "and comes back without it");
}

#[test]
fn typing_in_a_room_that_nobody_watches_is_seen_by_who_watches_it_later() {
    let mut rooms = TwoRooms::new();
    let (grace, ada, other) = (rooms.grace.clone(), rooms.ada.clone(), RoomId::generate());
    rooms.fixture.type_in(other, rooms.graces, &grace);
    assert_eq!((rooms.announcements(), rooms.fixture.rosters.room_count()), (vec![], 2));
    rooms.fixture.watch(other, rooms.adas, &ada, &[&ada, &grace]);
    let snapshot = rooms.fixture.rosters.snapshot(other);
    assert_eq!(
        (names(&snapshot.people), names(&snapshot.typing)),
        (vec!["Ada".into(), "Grace".into()], vec!["Grace".into()])
    );
    rooms.fixture.later(TYPING_TIMEOUT);
    assert_eq!(rooms.announcements(), [typing::<&str>(other, &[])]);
}
