//! Here and away.

use std::time::Duration;

use super::{RosterFixture, SubscriptionId, announced, sender};
use crate::presence::local_user::LEAVE_GRACE;
use crate::presence::user_sockets::SILENCE_TIMEOUT;

const MILLISECOND: Duration = Duration::from_millis(1);

#[test]
fn a_user_whose_attended_page_reloads_is_not_away_in_between() {
    let (mut fixture, ada) = (RosterFixture::new(), sender("Ada"));
    let (hidden, front) = (fixture.join(&ada), fixture.join(&ada));
    fixture.attend(hidden, &ada, true);
    fixture.attend(front, &ada, false);
    fixture.announced();
    fixture.leave(front, &ada);
    assert_eq!(fixture.later(LEAVE_GRACE - MILLISECOND).announced(), None);
    assert_eq!(fixture.later(MILLISECOND).announced(), announced(&["Ada*"], &[], 1));
}

#[test]
fn a_silent_socket_is_away_after_five_minutes_and_here_again_when_it_sends() {
    let (mut fixture, ada) = (RosterFixture::new(), sender("Ada"));
    let adas = fixture.join(&ada);
    fixture.announced();
    assert_eq!(fixture.later(SILENCE_TIMEOUT - MILLISECOND).announced(), None);
    assert_eq!(fixture.rosters.due(), Some(fixture.now + MILLISECOND));
    assert_eq!(fixture.later(MILLISECOND).announced(), announced(&["Ada*"], &[], 1));
    fixture.later(SILENCE_TIMEOUT).send(Some(adas), &ada);
    assert_eq!(fixture.announced(), announced(&["Ada"], &[], 1));
    fixture.later(SILENCE_TIMEOUT / 2).send(Some(adas), &ada);
    assert_eq!(fixture.later(SILENCE_TIMEOUT / 2).announced(), None, "the time counts from the last event");
    assert_eq!(fixture.later(SILENCE_TIMEOUT / 2).announced(), announced(&["Ada*"], &[], 1));
}

#[test]
fn what_a_client_says_about_its_user_holds_until_it_says_otherwise() {
    let (mut fixture, ada) = (RosterFixture::new(), sender("Ada"));
    let adas = fixture.join(&ada);
    fixture.announced();
    fixture.attend(adas, &ada, false);
    assert_eq!(fixture.later(10 * SILENCE_TIMEOUT).announced(), None);
    fixture.attend(adas, &ada, true);
    assert_eq!(fixture.announced(), announced(&["Ada*"], &[], 1));
    fixture.send(Some(adas), &ada);
    assert_eq!(fixture.announced_next(), None, "a message does not overrule it");
    fixture.attend(adas, &ada, false);
    assert_eq!(fixture.announced(), announced(&["Ada"], &[], 1));
}

#[test]
fn a_user_is_away_when_all_of_their_sockets_are() {
    let (mut fixture, ada) = (RosterFixture::new(), sender("Ada"));
    let (one, other) = (fixture.join(&ada), fixture.join(&ada));
    assert_eq!(fixture.announced(), announced(&["Ada"], &[], 1), "one person");
    fixture.attend(one, &ada, true);
    assert_eq!(fixture.announced_next(), None);
    fixture.attend(other, &ada, true);
    assert_eq!(fixture.announced(), announced(&["Ada*"], &[], 1));
    fixture.leave(one, &ada);
    assert_eq!(fixture.later(LEAVE_GRACE).announced(), None, "the other one is still there");
}

#[test]
fn what_a_client_said_before_it_joined_counts() {
    let (mut fixture, ada) = (RosterFixture::new(), sender("Ada"));
    fixture.rosters.join(SubscriptionId::new(), ada, Some(true), fixture.now);
    assert_eq!(fixture.announced(), announced(&["Ada*"], &[], 1));
}
