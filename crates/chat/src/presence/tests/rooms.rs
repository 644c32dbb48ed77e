//! Several rooms.

use store::{NodeId, NodeReport, OtherNode, RoomId, Sender};

use super::{
    ANNOUNCE_INTERVAL, Announcement, LOBBY, RosterFixture, SubscriptionId, names, person, room_report, sender,
};
use crate::presence::Snapshot;
use crate::presence::local_user::{LEAVE_GRACE, TYPING_TIMEOUT};

/// Ada is in the lobby and in another room, Grace only in the lobby. All of it is announced.
struct TwoRooms {
    fixture: RosterFixture,
    ada: Sender,
    adas: SubscriptionId,
    grace: Sender,
    graces: SubscriptionId,
    room: RoomId,
}

impl TwoRooms {
    fn new() -> Self {
        let (mut fixture, room) = (RosterFixture::new(), RoomId::generate());
        let (ada, grace) = (sender("Ada"), sender("Grace"));
        let (adas, graces) = (fixture.join(&ada), fixture.join(&grace));
        fixture.join_room(room, adas, &ada);
        fixture.attend(adas, &ada, false);
        fixture.attend(graces, &grace, false);
        let announced = announcements(&mut fixture);
        assert_eq!(announced, [presence(LOBBY, &["Ada", "Grace"], &[], 2), presence(room, &["Ada"], &[], 1)]);
        fixture.later(ANNOUNCE_INTERVAL);
        Self { fixture, ada, adas, grace, graces, room }
    }

    fn announcements(&mut self) -> Vec<String> {
        announcements(&mut self.fixture)
    }
}

/// The announcements that are due now, the lobby's first.
fn announcements(fixture: &mut RosterFixture) -> Vec<String> {
    let mut announced = fixture.all_announced();
    announced.sort_by_key(|announced| match announced {
        Announcement::Presence { room, .. } | Announcement::Typing { room, .. } => *room,
    });
    let described = announced.into_iter().map(|announced| match announced {
        Announcement::Presence { room, count, joined, left } => {
            format!("{room}: {:?} {:?} {count}", names(&joined), names(&left))
        }
        Announcement::Typing { room, users } => typing(room, &names(&users)),
    });
    described.collect()
}

fn presence(room: RoomId, joined: &[&str], left: &[&str], count: u64) -> String {
    format!("{room}: {joined:?} {left:?} {count}")
}

fn typing<T: std::fmt::Debug>(room: RoomId, users: &[T]) -> String {
    format!("{room}: {users:?} are typing")
}

#[test]
fn each_room_has_its_own_people() {
    let mut rooms = TwoRooms::new();
    let room = rooms.room;
    rooms.fixture.join_room(room, rooms.graces, &rooms.grace);
    assert_eq!(rooms.announcements(), [presence(room, &["Grace"], &[], 2)]);
    let snapshot = rooms.fixture.rosters.snapshot(room);
    assert_eq!((names(&snapshot.people), snapshot.count), (vec!["Ada".into(), "Grace".into()], 2));
    assert_eq!(rooms.fixture.rosters.snapshot(RoomId::generate()), Snapshot::default());
}

#[test]
fn a_change_of_a_person_is_announced_in_each_of_their_rooms() {
    let mut rooms = TwoRooms::new();
    let (room, now) = (rooms.room, rooms.fixture.now);
    rooms.fixture.attend(rooms.adas, &rooms.ada, true);
    assert_eq!(
        rooms.announcements(),
        [presence(LOBBY, &["Ada*"], &[], 2), presence(room, &["Ada*"], &[], 1)]
    );
    rooms.fixture.rosters.rename(&Sender { display_name: "Countess".into(), ..rooms.ada.clone() }, now);
    rooms.fixture.later(ANNOUNCE_INTERVAL);
    let renamed = [presence(LOBBY, &["Countess*"], &[], 2), presence(room, &["Countess*"], &[], 1)];
    assert_eq!(rooms.announcements(), renamed);
    rooms.fixture.attend(rooms.graces, &rooms.grace, true);
    rooms.fixture.later(ANNOUNCE_INTERVAL);
    assert_eq!(rooms.announcements(), [presence(LOBBY, &["Grace*"], &[], 2)], "she is in one room only");
}

#[test]
fn a_closed_socket_leaves_all_of_its_rooms_and_no_other() {
    let mut rooms = TwoRooms::new();
    let (room, ada) = (rooms.room, rooms.ada.clone());
    rooms.fixture.join(&ada);
    rooms.fixture.leave(rooms.adas, &ada);
    assert_eq!(rooms.fixture.rosters.snapshot(room).count, 1, "she stays for a moment");
    rooms.fixture.later(LEAVE_GRACE);
    assert_eq!(rooms.announcements(), [presence(room, &[], &["Ada"], 0)], "her other socket is in the lobby");
}

#[test]
fn a_user_whose_sockets_close_together_stays_for_a_moment_in_the_rooms_of_both() {
    let mut rooms = TwoRooms::new();
    let (room, ada) = (rooms.room, rooms.ada.clone());
    let other = rooms.fixture.join(&ada);
    rooms.fixture.leave(rooms.adas, &ada);
    rooms.fixture.leave(other, &ada);
    let counts = [LOBBY, room].map(|room| rooms.fixture.rosters.snapshot(room).count);
    assert_eq!(counts, [2, 1]);
    rooms.fixture.later(LEAVE_GRACE);
    assert_eq!(rooms.announcements(), [presence(LOBBY, &[], &["Ada"], 1), presence(room, &[], &["Ada"], 0)]);
}

#[test]
fn typing_is_of_one_room() {
    let mut rooms = TwoRooms::new();
    let (room, id, now) = (rooms.room, rooms.ada.id, rooms.fixture.now);
    rooms.fixture.rosters.type_on(room, rooms.adas, id, now);
    assert_eq!(rooms.announcements(), [typing(room, &["Ada"])]);
    rooms.fixture.rosters.sent(LOBBY, Some(rooms.adas), id, now);
    rooms.fixture.later(ANNOUNCE_INTERVAL);
    assert_eq!(rooms.announcements(), [""; 0], "a message in another room does not end it");
    rooms.fixture.rosters.sent(room, Some(rooms.adas), id, rooms.fixture.now);
    assert_eq!(rooms.announcements(), [typing::<&str>(room, &[])]);
}

#[test]
fn typing_ends_in_each_room_by_itself() {
    let mut rooms = TwoRooms::new();
    let (room, id) = (rooms.room, rooms.ada.id);
    rooms.fixture.rosters.type_on(room, rooms.adas, id, rooms.fixture.now);
    rooms.fixture.later(TYPING_TIMEOUT / 2);
    rooms.fixture.rosters.type_on(LOBBY, rooms.adas, id, rooms.fixture.now);
    assert_eq!(rooms.announcements(), [typing(LOBBY, &["Ada"]), typing(room, &["Ada"])]);
    rooms.fixture.later(TYPING_TIMEOUT / 2);
    assert_eq!(rooms.announcements(), [typing::<&str>(room, &[])]);
    rooms.fixture.later(TYPING_TIMEOUT / 2);
    assert_eq!(rooms.announcements(), [typing::<&str>(LOBBY, &[])]);
}

#[test]
fn typing_in_a_room_without_a_socket_there_is_ignored() {
    let mut rooms = TwoRooms::new();
    let now = rooms.fixture.now;
    rooms.fixture.rosters.type_on(rooms.room, rooms.graces, rooms.grace.id, now);
    rooms.fixture.rosters.type_on(RoomId::generate(), rooms.graces, rooms.grace.id, now);
    assert_eq!(rooms.announcements(), [""; 0]);
    assert_eq!((rooms.fixture.rosters.room_count(), rooms.fixture.rosters.due()), (2, None));
}

#[test]
fn a_room_that_everybody_left_costs_nothing_a_second_later() {
    let mut rooms = TwoRooms::new();
    for _ in 0..1_000 {
        let (id, socket) = (RoomId::generate(), SubscriptionId::new());
        rooms.fixture.join_room(id, socket, &rooms.ada);
        rooms.fixture.later(ANNOUNCE_INTERVAL);
        assert_eq!(rooms.announcements(), [presence(id, &["Ada"], &[], 1)]);
        rooms.fixture.leave(socket, &rooms.ada);
        rooms.fixture.later(LEAVE_GRACE);
        assert_eq!(rooms.announcements(), [presence(id, &[], &["Ada"], 0)]);
        rooms.fixture.join_room(id, socket, &rooms.ada);
        assert_eq!(rooms.announcements(), [""; 0], "not within a second, although nobody was there");
        rooms.fixture.sign_out(socket, &rooms.ada);
    }
    rooms.fixture.later(ANNOUNCE_INTERVAL);
    assert_eq!((rooms.announcements(), rooms.fixture.rosters.room_count()), (vec![], 2));
    assert_eq!(rooms.fixture.rosters.due(), None, "and no timer waits for it");
}

#[test]
fn a_report_tells_the_rooms_of_each_person_and_is_merged_by_room() {
    let mut here = TwoRooms::new();
    here.fixture.rosters.type_on(here.room, here.adas, here.ada.id, here.fixture.now);
    let reported = here.fixture.rosters.report(NodeId::new());
    let (ada, grace) = (person(&here.ada, false), person(&here.grace, false));
    assert_eq!(reported.people, [ada.clone(), grace.clone()]);
    let rooms =
        [room_report(LOBBY, &[ada.clone(), grace], &[]), room_report(here.room, &[ada], &[&here.ada])];
    assert_eq!(reported.rooms, rooms);

    let mut there = RosterFixture::new();
    let other = |report: NodeReport| vec![OtherNode { id: report.id, new_report: Some(report) }];
    there.merge(other(reported.clone()));
    let joined = [
        presence(LOBBY, &["Ada", "Grace"], &[], 2),
        presence(here.room, &["Ada"], &[], 1),
        typing(here.room, &["Ada"]),
    ];
    assert_eq!(announcements(&mut there), joined);
    let mut changed = NodeReport { version: reported.version + 1, ..reported };
    changed.rooms.pop();
    there.merge(other(changed));
    there.later(ANNOUNCE_INTERVAL);
    let left = [presence(here.room, &[], &["Ada"], 0), typing::<&str>(here.room, &[])];
    assert_eq!(announcements(&mut there), left, "and nothing in the lobby");
    there.later(ANNOUNCE_INTERVAL);
    assert_eq!((announcements(&mut there), there.rosters.room_count()), (vec![], 1));
}
