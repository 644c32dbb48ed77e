//! Who is there, and under which name.

use std::time::Duration;

use crate::hub::SubscriptionId;
use store::{NodeId, Sender};

use super::{Hall, described, sender, told};
use crate::presence::NAMED;
use crate::presence::local::LINGER;
use crate::presence::news::PACE;

#[test]
fn who_comes_and_who_goes_is_told_once() {
    let (mut hall, ada, grace) = (Hall::new(), sender("Ada"), sender("Grace"));
    hall.join(&grace);
    let adas = hall.join(&ada);
    assert_eq!(hall.told(), told(&["Ada", "Grace"], &[], 2));
    assert_eq!(hall.told_next(), None);
    hall.leave(adas, &ada);
    assert_eq!(hall.later(LINGER).told(), told(&[], &["Ada"], 1));
    assert_eq!(hall.seen(), ["Grace"]);
}

#[test]
fn a_page_that_is_loaded_again_does_not_flicker() {
    let (mut hall, ada) = (Hall::new(), sender("Ada"));
    let first = hall.join(&ada);
    hall.told();
    hall.leave(first, &ada);
    assert_eq!(hall.later(LINGER - Duration::from_millis(1)).told(), None);
    hall.join(&ada);
    assert_eq!(hall.later(LINGER).told(), None);
    assert_eq!(hall.seen(), ["Ada"]);
}

#[test]
fn who_is_signed_out_is_gone_at_once() {
    let (mut hall, ada) = (Hall::new(), sender("Ada"));
    let adas = hall.join(&ada);
    hall.roster.type_on(adas, ada.id, hall.now);
    hall.told();
    hall.roster.leave(adas, ada.id, false, hall.now);
    let (changes, typing) = hall.roster.announce(hall.now + PACE);
    assert_eq!(changes.map(described), told(&[], &["Ada"], 0));
    assert_eq!(typing.map(|typing| typing.users.len()), Some(0));

    let (one, other) = (hall.join(&ada), hall.join(&ada));
    hall.later(10 * PACE).told();
    hall.leave(one, &ada);
    hall.roster.leave(other, ada.id, false, hall.now);
    assert_eq!(hall.told_next(), told(&[], &["Ada"], 0), "nor does what left before linger on");
}

#[test]
fn who_is_called_otherwise_is_told_and_named_in_the_new_place() {
    let (mut hall, ada, grace) = (Hall::new(), sender("Ada"), sender("Grace"));
    hall.join(&ada);
    hall.join(&grace);
    hall.told();
    let version = hall.roster.version();
    hall.roster.rename(&Sender { display_name: "the Countess".into(), ..ada.clone() }, hall.now);
    assert_eq!(hall.told_next(), told(&["the Countess"], &[], 2));
    assert_eq!(hall.seen(), ["Grace", "the Countess"]);
    assert_ne!(hall.roster.version(), version, "other nodes are told too");
    hall.roster.rename(&sender("Nobody here"), hall.now);
    assert_eq!(hall.told_next(), None);
}

#[test]
fn at_most_two_hundred_are_named_and_all_are_counted() {
    let mut hall = Hall::new();
    let people: Vec<Sender> = (0..300).map(|number| sender(&format!("Person {number:03}"))).collect();
    let sids: Vec<SubscriptionId> = people.iter().map(|sender| hall.join(sender)).collect();
    hall.roster.attend(sids[0], people[0].id, true, hall.now);
    let (joined, _, count) = hall.told().unwrap();
    assert_eq!((joined.len(), joined[0].as_str(), count), (NAMED, "Person 001", 300));
    let seen = hall.roster.ask();
    assert_eq!((seen.people.len(), seen.count), (NAMED, 300));
    assert!(seen.people.iter().all(|person| !person.away), "those who are here come first");
    for (sid, sender) in sids.iter().zip(&people) {
        hall.roster.type_on(*sid, sender.id, hall.now);
    }
    assert_eq!(hall.typing().unwrap().len(), NAMED);
    assert_eq!(hall.roster.report(NodeId::new()).typing.len(), NAMED);
    sids.iter().zip(&people).for_each(|(sid, sender)| hall.leave(*sid, sender));
    let (joined, left, count) = hall.later(LINGER).told().unwrap();
    assert_eq!((joined.len(), left.len(), count), (0, NAMED, 0));
}
