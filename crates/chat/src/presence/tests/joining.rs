//! Who is in the room, and under which name.

use std::time::Duration;

use store::{NodeId, Sender};

use super::{LOBBY, RosterFixture, SubscriptionId, announced, sender};
use crate::presence::MAX_LISTED;
use crate::presence::local_user::LEAVE_GRACE;
use crate::presence::pending_changes::ANNOUNCE_INTERVAL;

#[test]
fn each_join_and_each_leave_is_announced_once() {
    let (mut fixture, ada, grace) = (RosterFixture::new(), sender("Ada"), sender("Grace"));
    fixture.join(&grace);
    let adas = fixture.join(&ada);
    assert_eq!(fixture.announced(), announced(&["Ada", "Grace"], &[], 2));
    assert_eq!(fixture.announced_next(), None);
    fixture.leave(adas, &ada);
    assert_eq!(fixture.later(LEAVE_GRACE).announced(), announced(&[], &["Ada"], 1));
    assert_eq!(fixture.listed(), ["Grace"]);
}

#[test]
fn a_reload_of_the_page_is_not_announced() {
    let (mut fixture, ada) = (RosterFixture::new(), sender("Ada"));
    let first = fixture.join(&ada);
    fixture.announced();
    fixture.leave(first, &ada);
    assert_eq!(fixture.later(LEAVE_GRACE - Duration::from_millis(1)).announced(), None);
    fixture.join(&ada);
    assert_eq!(fixture.later(LEAVE_GRACE).announced(), None);
    assert_eq!(fixture.listed(), ["Ada"]);
}

#[test]
fn a_user_who_is_signed_out_is_gone_at_once() {
    let (mut fixture, ada) = (RosterFixture::new(), sender("Ada"));
    let adas = fixture.join(&ada);
    fixture.type_on(adas, &ada);
    fixture.announced();
    fixture.sign_out(adas, &ada);
    let (presence, typing) = fixture.later(ANNOUNCE_INTERVAL).announced_both();
    assert_eq!((presence, typing), (announced(&[], &["Ada"], 0), Some(vec![])));

    let (one, other) = (fixture.join(&ada), fixture.join(&ada));
    fixture.later(10 * ANNOUNCE_INTERVAL).announced();
    fixture.leave(one, &ada);
    fixture.sign_out(other, &ada);
    assert_eq!(
        fixture.announced_next(),
        announced(&[], &["Ada"], 0),
        "a socket that closed before counts no more"
    );
}

#[test]
fn a_rename_is_announced_and_the_list_is_sorted_by_the_new_name() {
    let (mut fixture, ada, grace) = (RosterFixture::new(), sender("Ada"), sender("Grace"));
    fixture.join(&ada);
    fixture.join(&grace);
    fixture.announced();
    let version = fixture.rosters.version();
    fixture.rosters.rename(&Sender { display_name: "the Countess".into(), ..ada.clone() }, fixture.now);
    assert_eq!(fixture.announced_next(), announced(&["the Countess"], &[], 2));
    assert_eq!(fixture.listed(), ["Grace", "the Countess"]);
    assert_ne!(fixture.rosters.version(), version, "it is reported to other nodes");
    fixture.rosters.rename(&sender("Not in the room"), fixture.now);
    assert_eq!(fixture.announced_next(), None);
}

#[test]
fn at_most_two_hundred_are_listed_and_all_are_counted() {
    let mut fixture = RosterFixture::new();
    let people: Vec<Sender> = (0..300).map(|number| sender(&format!("Person {number:03}"))).collect();
    let sockets: Vec<SubscriptionId> = people.iter().map(|sender| fixture.join(sender)).collect();
    fixture.attend(sockets[0], &people[0], true);
    let (joined, _, count) = fixture.announced().unwrap();
    assert_eq!((joined.len(), joined[0].as_str(), count), (MAX_LISTED, "Person 001", 300));
    let snapshot = fixture.rosters.snapshot(LOBBY);
    assert_eq!((snapshot.people.len(), snapshot.count), (MAX_LISTED, 300));
    assert!(snapshot.people.iter().all(|person| !person.away), "those who are here come first");
    for (socket, sender) in sockets.iter().zip(&people) {
        fixture.type_on(*socket, sender);
    }
    assert_eq!(fixture.typing().unwrap().len(), MAX_LISTED);
    assert_eq!(fixture.rosters.report(NodeId::new()).typing[0].users.len(), MAX_LISTED);
    sockets.iter().zip(&people).for_each(|(socket, sender)| fixture.leave(*socket, sender));
    let (joined, left, count) = fixture.later(LEAVE_GRACE).announced().unwrap();
    assert_eq!((joined.len(), left.len(), count), (0, MAX_LISTED, 0));
}
