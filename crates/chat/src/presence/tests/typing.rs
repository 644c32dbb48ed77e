//! Who is typing.

use std::time::Duration;

use super::{Hall, sender};
use crate::presence::local::TYPING;
use crate::presence::news::PACE;

#[test]
fn typing_ends_by_itself_after_six_seconds() {
    let (mut hall, ada) = (Hall::new(), sender("Ada"));
    let adas = hall.join(&ada);
    hall.roster.type_on(adas, ada.id, hall.now);
    assert_eq!(hall.typing(), Some(vec!["ada".into()]));
    hall.later(TYPING / 2);
    hall.roster.type_on(adas, ada.id, hall.now);
    assert_eq!(hall.typing(), None, "going on is no news");
    assert_eq!(hall.later(TYPING - Duration::from_millis(1)).typing(), None);
    assert_eq!(hall.roster.due(hall.now), Some(hall.now + Duration::from_millis(1)));
    assert_eq!(hall.later(Duration::from_millis(1)).typing(), Some(vec![]));
    assert_eq!(hall.later(TYPING).typing(), None);
}

#[test]
fn typing_ends_with_the_message_and_with_the_last_socket() {
    let (mut hall, ada) = (Hall::new(), sender("Ada"));
    let (one, other) = (hall.join(&ada), hall.join(&ada));
    hall.roster.type_on(one, ada.id, hall.now);
    assert_eq!(hall.typing(), Some(vec!["ada".into()]));
    hall.roster.sent(Some(other), ada.id, hall.now);
    assert_eq!(hall.later(PACE).typing(), Some(vec![]));
    hall.roster.type_on(one, ada.id, hall.now);
    hall.roster.sent(None, ada.id, hall.now);
    assert_eq!(hall.later(PACE).typing(), None, "typed and sent within a second: nothing to tell");
    hall.roster.type_on(one, ada.id, hall.now);
    assert_eq!(hall.typing(), Some(vec!["ada".into()]));
    hall.leave(one, &ada);
    hall.leave(other, &ada);
    assert_eq!(hall.later(PACE).typing(), Some(vec![]), "though the person lingers");
}

#[test]
fn who_types_on_right_after_a_message_is_told_of_again() {
    let (mut hall, ada) = (Hall::new(), sender("Ada"));
    let adas = hall.join(&ada);
    hall.roster.type_on(adas, ada.id, hall.now);
    assert_eq!(hall.typing(), Some(vec!["ada".into()]));
    hall.roster.sent(Some(adas), ada.id, hall.now);
    hall.roster.type_on(adas, ada.id, hall.now);
    assert_eq!(
        hall.later(PACE).typing(),
        Some(vec!["ada".into()]),
        "pages took the message for the end of it"
    );
}

#[test]
fn who_asked_while_somebody_was_typing_hears_of_the_end() {
    let (mut hall, ada) = (Hall::new(), sender("Ada"));
    let adas = hall.join(&ada);
    hall.roster.type_on(adas, ada.id, hall.now);
    assert_eq!(hall.roster.ask().typing.len(), 1);
    hall.roster.sent(Some(adas), ada.id, hall.now);
    assert_eq!(hall.typing(), Some(vec![]));
}
