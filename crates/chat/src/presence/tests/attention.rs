//! Who is here and who is away.

use std::time::Duration;

use crate::hub::SubscriptionId;

use super::{Hall, sender, told};
use crate::presence::local::{LINGER, UNSAID};

#[test]
fn who_sat_before_the_page_that_is_loaded_again_is_not_away_meanwhile() {
    let (mut hall, ada) = (Hall::new(), sender("Ada"));
    let (hidden, front) = (hall.join(&ada), hall.join(&ada));
    hall.roster.attend(hidden, ada.id, true, hall.now);
    hall.roster.attend(front, ada.id, false, hall.now);
    hall.told();
    hall.leave(front, &ada);
    assert_eq!(hall.later(LINGER - Duration::from_millis(1)).told(), None);
    assert_eq!(hall.later(Duration::from_millis(1)).told(), told(&["Ada*"], &[], 1));
}

#[test]
fn a_socket_that_says_nothing_is_away_after_five_minutes_and_back_when_it_sends() {
    let (mut hall, ada) = (Hall::new(), sender("Ada"));
    let adas = hall.join(&ada);
    hall.told();
    assert_eq!(hall.later(UNSAID - Duration::from_millis(1)).told(), None);
    assert_eq!(hall.roster.due(hall.now), Some(hall.now + Duration::from_millis(1)));
    assert_eq!(hall.later(Duration::from_millis(1)).told(), told(&["Ada*"], &[], 1));
    hall.later(UNSAID);
    hall.roster.sent(Some(adas), ada.id, hall.now);
    assert_eq!(hall.told(), told(&["Ada"], &[], 1));
    hall.later(UNSAID / 2);
    hall.roster.sent(Some(adas), ada.id, hall.now);
    assert_eq!(hall.later(UNSAID / 2).told(), None, "counted from what came last");
    assert_eq!(hall.later(UNSAID / 2).told(), told(&["Ada*"], &[], 1));
}

#[test]
fn who_says_to_be_here_is_so_until_they_say_otherwise() {
    let (mut hall, ada) = (Hall::new(), sender("Ada"));
    let adas = hall.join(&ada);
    hall.told();
    hall.roster.attend(adas, ada.id, false, hall.now);
    assert_eq!(hall.later(10 * UNSAID).told(), None);
    hall.roster.attend(adas, ada.id, true, hall.now);
    assert_eq!(hall.told(), told(&["Ada*"], &[], 1));
    hall.roster.sent(Some(adas), ada.id, hall.now);
    assert_eq!(hall.told_next(), None, "what it said counts for more than what it sends");
    hall.roster.attend(adas, ada.id, false, hall.now);
    assert_eq!(hall.told(), told(&["Ada"], &[], 1));
}

#[test]
fn a_person_is_away_when_all_of_their_sockets_are() {
    let (mut hall, ada) = (Hall::new(), sender("Ada"));
    let (one, other) = (hall.join(&ada), hall.join(&ada));
    assert_eq!(hall.told(), told(&["Ada"], &[], 1), "one person");
    hall.roster.attend(one, ada.id, true, hall.now);
    assert_eq!(hall.told_next(), None);
    hall.roster.attend(other, ada.id, true, hall.now);
    assert_eq!(hall.told(), told(&["Ada*"], &[], 1));
    hall.leave(one, &ada);
    assert_eq!(hall.later(LINGER).told(), None, "the other one is still there");
}

#[test]
fn what_a_socket_said_before_it_was_in_the_books_counts() {
    let (mut hall, ada) = (Hall::new(), sender("Ada"));
    hall.roster.join(SubscriptionId::new(), ada, Some(true), hall.now);
    assert_eq!(hall.told(), told(&["Ada*"], &[], 1));
}
