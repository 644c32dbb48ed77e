//! Who is typing.

use std::time::Duration;

use super::{LOBBY, RosterFixture, SubscriptionId, sender};
use crate::presence::local_user::TYPING_TIMEOUT;
use crate::presence::pending_changes::ANNOUNCE_INTERVAL;

/// Ada has one socket.
fn ada_alone() -> (RosterFixture, store::Sender, SubscriptionId) {
    let (mut fixture, ada) = (RosterFixture::new(), sender("Ada"));
    let adas = fixture.join(&ada);
    fixture.attend(adas, &ada, false);
    (fixture, ada, adas)
}

#[test]
fn typing_ends_by_itself_after_six_seconds() {
    let (mut fixture, ada, adas) = ada_alone();
    fixture.type_on(adas, &ada);
    assert_eq!(fixture.typing(), Some(vec!["Ada".into()]));
    fixture.later(TYPING_TIMEOUT / 2).type_on(adas, &ada);
    assert_eq!(fixture.typing(), None, "going on is not announced");
    assert_eq!(fixture.later(TYPING_TIMEOUT - Duration::from_millis(1)).typing(), None);
    assert_eq!(fixture.rosters.due(), Some(fixture.now + Duration::from_millis(1)));
    assert_eq!(fixture.later(Duration::from_millis(1)).typing(), Some(vec![]));
    assert_eq!(fixture.later(TYPING_TIMEOUT).typing(), None);
}

#[test]
fn typing_ends_with_the_message_and_with_the_last_socket() {
    let (mut fixture, ada, one) = ada_alone();
    let other = fixture.join(&ada);
    fixture.type_on(one, &ada);
    assert_eq!(fixture.typing(), Some(vec!["Ada".into()]));
    fixture.send(Some(other), &ada);
    assert_eq!(fixture.later(ANNOUNCE_INTERVAL).typing(), Some(vec![]));
    fixture.type_on(one, &ada);
    fixture.send(None, &ada);
    assert_eq!(fixture.later(ANNOUNCE_INTERVAL).typing(), None, "typed and sent within a second");
    fixture.type_on(one, &ada);
    assert_eq!(fixture.typing(), Some(vec!["Ada".into()]));
    fixture.leave(one, &ada);
    fixture.leave(other, &ada);
    assert_eq!(
        fixture.later(ANNOUNCE_INTERVAL).typing(),
        Some(vec![]),
        "although the user stays for a moment"
    );
}

#[test]
fn a_user_who_types_on_after_a_message_is_announced_again() {
    let (mut fixture, ada, adas) = ada_alone();
    fixture.type_on(adas, &ada);
    assert_eq!(fixture.typing(), Some(vec!["Ada".into()]));
    fixture.send(Some(adas), &ada);
    fixture.type_on(adas, &ada);
    let again = fixture.later(ANNOUNCE_INTERVAL).typing();
    assert_eq!(again, Some(vec!["Ada".into()]), "clients took the message as the end of it");
}

#[test]
fn the_end_is_announced_to_a_watcher_whose_snapshot_had_somebody_typing() {
    let (mut fixture, ada, adas) = ada_alone();
    fixture.type_on(adas, &ada);
    assert_eq!(fixture.rosters.snapshot(LOBBY).typing.len(), 1);
    fixture.send(Some(adas), &ada);
    assert_eq!(fixture.typing(), Some(vec![]));
}
