//! The people of other nodes, and this node's report.

use store::{MAX_REPORTED_PEOPLE, MAX_REPORTED_TYPING, NodeId, OtherNode, RoomId};

use super::{LOBBY, RosterFixture, announced, person, report, sender, typing_report};
use crate::presence::MAX_LISTED;
use crate::presence::local_user::MAX_TYPING_ROOMS;
use crate::presence::pending_changes::ANNOUNCE_INTERVAL;

#[test]
fn a_user_on_several_nodes_is_one_person_who_is_here_if_here_on_any() {
    let (mut fixture, ada) = (RosterFixture::new(), sender("Ada"));
    let (one, other) = (NodeId::new(), NodeId::new());
    let known = |id| OtherNode { id, new_report: None };
    let adas = fixture.join(&ada);
    fixture.attend(adas, &ada, true);
    assert_eq!(fixture.announced(), announced(&["Ada*"], &[], 1));
    fixture.merge(vec![report(one, 1, vec![person(&ada, true)], &[])]);
    assert_eq!(fixture.announced_next(), None);
    fixture.merge(vec![known(one), report(other, 1, vec![person(&ada, false)], &[])]);
    assert_eq!(fixture.announced_next(), announced(&["Ada"], &[], 1));
    fixture.sign_out(adas, &ada);
    assert_eq!(fixture.announced_next(), None, "still on two other nodes");
    fixture.merge(vec![known(one)]);
    assert_eq!(fixture.announced_next(), announced(&["Ada*"], &[], 1));
    fixture.merge(vec![]);
    assert_eq!(fixture.announced_next(), announced(&[], &["Ada*"], 0));
}

#[test]
fn a_new_report_replaces_the_one_before_and_a_known_one_stays() {
    let (mut fixture, ada, grace) = (RosterFixture::new(), sender("Ada"), sender("Grace"));
    let node = NodeId::new();
    fixture.merge(vec![report(node, 1, vec![person(&ada, false)], &[&ada])]);
    assert_eq!(fixture.rosters.remote_versions(), [(node, 1)].into());
    let both = fixture.announced_both();
    assert_eq!(both, (announced(&["Ada"], &[], 1), Some(vec!["Ada".into()])));
    fixture.merge(vec![OtherNode { id: node, new_report: None }]);
    assert_eq!(fixture.later(ANNOUNCE_INTERVAL).announced_both(), (None, None));
    fixture.merge(vec![report(node, 2, vec![person(&grace, false)], &[])]);
    let both = fixture.later(ANNOUNCE_INTERVAL).announced_both();
    assert_eq!(both, (announced(&["Grace"], &["Ada"], 1), Some(vec![])));
}

#[test]
fn people_whom_a_report_only_counts_are_counted() {
    let (mut fixture, ada) = (RosterFixture::new(), sender("Ada"));
    let node = NodeId::new();
    let counting = |version, count| {
        let mut node = report(node, version, vec![person(&ada, false)], &[]);
        node.new_report.as_mut().unwrap().count = count;
        vec![node]
    };
    fixture.merge(counting(1, 5_000));
    assert_eq!(fixture.announced(), announced(&["Ada"], &[], 5_000));
    fixture.merge(counting(2, 5_001));
    assert_eq!(fixture.announced_next(), announced(&[], &[], 5_001));
}

#[test]
fn a_user_who_is_typing_but_has_no_name_only_counts() {
    let (mut fixture, ada, grace) = (RosterFixture::new(), sender("Ada"), sender("Grace"));
    let mut other = report(NodeId::new(), 1, vec![person(&ada, false), person(&grace, false)], &[&grace]);
    other.new_report.as_mut().unwrap().people.pop();
    fixture.merge(vec![other]);
    assert_eq!(fixture.announced_both(), (announced(&["Ada"], &[], 2), None));
}

#[test]
fn a_report_has_the_people_of_this_node_only() {
    let (mut fixture, ada, grace) = (RosterFixture::new(), sender("Ada"), sender("Grace"));
    let (adas, id) = (fixture.join(&ada), NodeId::new());
    fixture.attend(adas, &ada, true);
    let others = vec![person(&ada, false), person(&grace, false)];
    let before = fixture.rosters.version();
    fixture.merge(vec![report(NodeId::new(), 1, others, &[&grace])]);
    assert_eq!(fixture.rosters.version(), before, "the people of other nodes are not reported back");
    let expected = report(id, before, vec![person(&ada, true)], &[]).new_report.unwrap();
    assert_eq!(fixture.rosters.report(id), expected);
    fixture.attend(adas, &ada, false);
    assert_ne!(fixture.rosters.version(), before);
}

#[test]
fn a_report_names_a_bounded_number_of_people_and_the_typing_first() {
    let mut fixture = RosterFixture::new();
    let many_people: Vec<_> =
        (0..MAX_REPORTED_PEOPLE + 5).map(|number| sender(&format!("P{number:04}"))).collect();
    let sockets: Vec<_> = many_people.iter().map(|sender| fixture.join(sender)).collect();
    let (last, lasts) = (many_people.last().unwrap(), sockets.last().unwrap());
    fixture.type_on(*lasts, last);
    let reported = fixture.rosters.report(NodeId::new());
    assert_eq!((reported.people.len(), reported.count), (MAX_REPORTED_PEOPLE, many_people.len() as u64));
    assert_eq!(reported.typing, [typing_report(LOBBY, &[last])]);
    assert!(
        reported.people.iter().any(|person| person.id == last.id),
        "otherwise nobody could tell who is typing"
    );
}

#[test]
fn a_report_has_a_bounded_number_of_those_who_are_typing_and_the_lobby_first() {
    let mut fixture = RosterFixture::new();
    let rooms: Vec<RoomId> = (0..MAX_TYPING_ROOMS).map(|_| RoomId::generate()).collect();
    for number in 0..2 * MAX_LISTED {
        let person = sender(&format!("P{number}"));
        let socket = fixture.join(&person);
        rooms[1..].iter().for_each(|room| fixture.type_in(*room, socket, &person));
        fixture.type_on(socket, &person);
    }
    let typing = fixture.rosters.report(NodeId::new()).typing;
    assert_eq!((typing[0].room, typing.len()), (LOBBY, MAX_TYPING_ROOMS));
    assert!(typing.iter().all(|report| report.users.len() == MAX_LISTED), "as many as a list may have");

    for number in 0..MAX_REPORTED_TYPING / MAX_TYPING_ROOMS {
        let person = sender(&format!("Q{number}"));
        let socket = fixture.join(&person);
        (0..MAX_TYPING_ROOMS).for_each(|_| fixture.type_in(RoomId::generate(), socket, &person));
    }
    let reported = fixture.rosters.report(NodeId::new());
    let listings: usize = reported.typing.iter().map(|report| 1 + report.users.len()).sum();
    assert!(listings <= MAX_REPORTED_TYPING && listings > MAX_REPORTED_TYPING - MAX_LISTED, "{listings}");
    assert_eq!(reported.typing[0].room, LOBBY);
}

#[test]
fn a_report_names_a_person_once_in_however_many_rooms() {
    let (mut fixture, ada, grace) = (RosterFixture::new(), sender("Ada"), sender("Grace"));
    let (adas, id) = (fixture.join(&ada), NodeId::new());
    let rooms: Vec<RoomId> = (0..1_000).map(|_| RoomId::generate()).collect();
    let before = fixture.rosters.report(id);
    rooms.iter().for_each(|room| fixture.watch(*room, adas, &ada, &[&ada, &grace]));
    assert_eq!(fixture.rosters.report(id), before, "watching is no news to other nodes");
    assert_eq!(before, report(id, before.version, vec![person(&ada, false)], &[]).new_report.unwrap());
}
