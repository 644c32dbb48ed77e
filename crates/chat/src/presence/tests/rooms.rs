//! Several rooms: the roster of each has its members who are here.

use store::{RoomId, Sender};

use super::{
    ANNOUNCE_INTERVAL, Announcement, LOBBY, RosterFixture, SubscriptionId, names, person, report, sender,
    typing_report,
};
use crate::presence::Snapshot;
use crate::presence::local_user::LEAVE_GRACE;
use crate::presence::roster::UNWATCHED_GRACE;

/// Ada is in a room, with Edsger, who is not here, and watches it. Grace is only in the lobby. All of it is announced.
pub(super) struct TwoRooms {
    pub(super) fixture: RosterFixture,
    pub(super) ada: Sender,
    pub(super) adas: SubscriptionId,
    pub(super) grace: Sender,
    pub(super) graces: SubscriptionId,
    pub(super) edsger: Sender,
    pub(super) room: RoomId,
}

impl TwoRooms {
    pub(super) fn new() -> Self {
        let (mut fixture, room) = (RosterFixture::new(), RoomId::generate());
        let [ada, grace, edsger] = ["Ada", "Grace", "Edsger"].map(sender);
        let (adas, graces) = (fixture.join(&ada), fixture.join(&grace));
        fixture.attend(adas, &ada, false);
        fixture.attend(graces, &grace, false);
        fixture.watch(room, adas, &ada, &[&ada, &edsger]);
        let announced = announcements(&mut fixture);
        assert_eq!(
            announced,
            [presence(LOBBY, &["Ada", "Grace"], &[], 2)],
            "a snapshot shows the other room"
        );
        fixture.later(ANNOUNCE_INTERVAL);
        Self { fixture, ada, adas, grace, graces, edsger, room }
    }

    pub(super) fn announcements(&mut self) -> Vec<String> {
        announcements(&mut self.fixture)
    }

    /// The people in the room and their number.
    pub(super) fn listed(&mut self) -> (Vec<String>, u64) {
        let snapshot = self.fixture.rosters.snapshot(self.room);
        (names(&snapshot.people), snapshot.count)
    }

    pub(super) fn change_member(&mut self, user: &Sender, is_in: bool) {
        self.fixture.rosters.change_member(self.room, user.id, is_in, self.fixture.now);
    }
}

/// The announcements that are due now, the lobby's first.
pub(super) fn announcements(fixture: &mut RosterFixture) -> Vec<String> {
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

pub(super) fn presence(room: RoomId, joined: &[&str], left: &[&str], count: u64) -> String {
    format!("{room}: {joined:?} {left:?} {count}")
}

pub(super) fn typing<T: std::fmt::Debug>(room: RoomId, users: &[T]) -> String {
    format!("{room}: {users:?} are typing")
}

#[test]
fn a_room_shows_its_members_who_are_here() {
    let mut rooms = TwoRooms::new();
    assert_eq!(rooms.listed(), (vec!["Ada".into()], 1));
    let edsger = rooms.edsger.clone();
    let edsgers = rooms.fixture.join(&edsger);
    let joined = [presence(LOBBY, &["Edsger"], &[], 3), presence(rooms.room, &["Edsger"], &[], 2)];
    assert_eq!(rooms.announcements(), joined);
    assert_eq!(rooms.listed(), (vec!["Ada".into(), "Edsger".into()], 2));
    rooms.fixture.later(ANNOUNCE_INTERVAL).sign_out(edsgers, &edsger);
    let left = [presence(LOBBY, &[], &["Edsger"], 2), presence(rooms.room, &[], &["Edsger"], 1)];
    assert_eq!(rooms.announcements(), left);
    assert_eq!(rooms.fixture.rosters.snapshot(RoomId::generate()), Snapshot::default());
}

#[test]
fn who_comes_into_a_room_or_goes_out_is_announced_there_alone() {
    let mut rooms = TwoRooms::new();
    let (room, grace, ada) = (rooms.room, rooms.grace.clone(), rooms.ada.clone());
    rooms.change_member(&grace, true);
    assert_eq!(rooms.announcements(), [presence(room, &["Grace"], &[], 2)]);
    rooms.fixture.later(ANNOUNCE_INTERVAL);
    rooms.change_member(&grace, false);
    rooms.change_member(&ada, true);
    assert_eq!(rooms.announcements(), [presence(room, &[], &["Grace"], 1)]);
    rooms.fixture.later(ANNOUNCE_INTERVAL).attend(rooms.graces, &grace, true);
    assert_eq!(rooms.announcements(), [presence(LOBBY, &["Grace*"], &[], 2)]);
}

#[test]
fn who_comes_or_goes_while_the_members_are_read_is_not_forgotten() {
    let (mut fixture, room) = (RosterFixture::new(), RoomId::generate());
    let [ada, grace, edsger] = ["Ada", "Grace", "Edsger"].map(sender);
    let adas = fixture.join(&ada);
    fixture.join(&grace);
    fixture.join(&edsger);
    fixture.rosters.begin_reading(room);
    fixture.rosters.change_member(room, grace.id, true, fixture.now);
    fixture.rosters.change_member(room, edsger.id, false, fixture.now);
    fixture.rosters.set_members(room, [ada.id, edsger.id].into(), fixture.now);
    fixture.rosters.watch(room, adas, ada.id);
    assert_eq!(names(&fixture.rosters.snapshot(room).people), ["Ada", "Grace"]);
    fixture.rosters.set_members(room, [ada.id, edsger.id].into(), fixture.now);
    assert_eq!(names(&fixture.rosters.snapshot(room).people), ["Ada", "Edsger"], "read once more");
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
fn a_closed_socket_leaves_all_rooms_unless_another_one_is_open() {
    let mut rooms = TwoRooms::new();
    let (room, ada) = (rooms.room, rooms.ada.clone());
    let other = rooms.fixture.join(&ada);
    rooms.fixture.attend(other, &ada, false);
    rooms.fixture.leave(rooms.adas, &ada);
    assert_eq!(rooms.fixture.later(LEAVE_GRACE).all_announced(), [], "her other socket is open");
    rooms.fixture.leave(other, &ada);
    assert_eq!(rooms.listed().1, 1, "she stays for a moment");
    rooms.fixture.later(LEAVE_GRACE);
    assert_eq!(rooms.announcements(), [presence(LOBBY, &[], &["Ada"], 1), presence(room, &[], &["Ada"], 0)]);
}

#[test]
fn a_room_that_nobody_watches_costs_nothing_after_a_moment() {
    let mut rooms = TwoRooms::new();
    let (room, ada) = (rooms.room, rooms.ada.clone());
    let (now, adas) = (rooms.fixture.now, rooms.adas);
    for _ in 0..1_000 {
        rooms.fixture.watch(RoomId::generate(), adas, &ada, &[&ada]);
    }
    let kept = rooms.fixture.rosters.kept_rooms();
    assert_eq!((kept.len(), rooms.fixture.rosters.room_count()), (1_001, 1_002), "and the lobby");
    kept.iter().for_each(|room| rooms.fixture.rosters.unwatch(*room, adas, now));
    let other = rooms.fixture.join(&ada);
    rooms.fixture.later(UNWATCHED_GRACE / 2).watch(room, other, &ada, &[]);
    assert_eq!(rooms.listed(), (vec!["Ada".into()], 1), "without a read: it is kept for a page that reloads");
    rooms.fixture.later(UNWATCHED_GRACE / 2).all_announced();
    assert_eq!((rooms.fixture.rosters.kept_rooms(), rooms.fixture.rosters.room_count()), (vec![room], 2));
    rooms.fixture.leave(other, &ada);
    rooms.fixture.later(UNWATCHED_GRACE).all_announced();
    assert_eq!((rooms.fixture.rosters.kept_rooms(), rooms.fixture.rosters.room_count()), (vec![], 1));
    rooms.fixture.attend(adas, &ada, false);
    assert_eq!(rooms.fixture.rosters.due(), None, "and no timer waits for it");
}

#[test]
fn a_watch_of_a_socket_that_is_not_open_counts_for_nothing() {
    let mut rooms = TwoRooms::new();
    let (room, grace, ada) = (RoomId::generate(), rooms.grace.clone(), rooms.ada.clone());
    rooms.fixture.watch(room, SubscriptionId::new(), &ada, &[&ada]);
    rooms.fixture.sign_out(rooms.graces, &grace);
    rooms.fixture.watch(room, rooms.graces, &grace, &[]);
    assert_eq!(rooms.fixture.rosters.room_count(), 3);
    rooms.fixture.later(UNWATCHED_GRACE).all_announced();
    assert_eq!(rooms.fixture.rosters.room_count(), 2, "it is dropped as if nobody had watched");
}

#[test]
fn the_people_of_other_nodes_are_in_their_rooms_too() {
    let mut rooms = TwoRooms::new();
    let (room, node) = (rooms.room, store::NodeId::new());
    let people = vec![person(&rooms.edsger, false), person(&rooms.grace, false)];
    let mut other = report(node, 1, people, &[]);
    let typists = [&rooms.edsger, &rooms.grace];
    other.new_report.as_mut().unwrap().typing = vec![typing_report(room, &typists)];
    rooms.fixture.merge(vec![other]);
    let announced = [
        presence(LOBBY, &["Edsger"], &[], 3),
        presence(room, &["Edsger"], &[], 2),
        typing(room, &["Edsger"]),
    ];
    assert_eq!(rooms.announcements(), announced, "and nobody else");
    rooms.fixture.later(ANNOUNCE_INTERVAL).merge(vec![]);
    let left = [
        presence(LOBBY, &[], &["Edsger"], 2),
        presence(room, &[], &["Edsger"], 1),
        typing::<&str>(room, &[]),
    ];
    assert_eq!(rooms.announcements(), left);
}
