//! What is told, when, and to whom it matters.

use std::time::Duration;

use super::{Hall, sender, told};
use crate::presence::NAMED;
use crate::presence::news::PACE;

#[test]
fn a_second_passes_between_two_announcements() {
    let mut hall = Hall::new();
    hall.join(&sender("Ada"));
    assert_eq!(hall.roster.due(hall.now), Some(hall.now), "the first one waits for nothing");
    assert!(hall.told().is_some());
    hall.join(&sender("Grace"));
    let at = hall.now;
    assert_eq!(hall.later(PACE - Duration::from_millis(1)).told(), None);
    assert_eq!(hall.roster.due(hall.now), Some(at + PACE));
    assert_eq!(hall.later(Duration::from_millis(1)).told(), told(&["Grace"], &[], 2));
    hall.join(&sender("Edsger"));
    hall.later(10 * PACE);
    assert_eq!(hall.roster.due(hall.now), Some(hall.now), "a pause owes nothing");
}

#[test]
fn what_changed_and_changed_back_is_not_told() {
    let (mut hall, ada, grace) = (Hall::new(), sender("Ada"), sender("Grace"));
    let adas = hall.join(&ada);
    hall.told();
    hall.roster.attend(adas, ada.id, true, hall.now);
    hall.roster.attend(adas, ada.id, false, hall.now);
    let graces = hall.join(&grace);
    hall.roster.leave(graces, grace.id, false, hall.now);
    assert_eq!(hall.told_next(), None);
    assert_eq!(hall.roster.due(hall.now), None, "and waits for nothing");
}

#[test]
fn who_asked_in_between_keeps_no_ghost_and_misses_nobody() {
    let (mut hall, ada, grace) = (Hall::new(), sender("Ada"), sender("Grace"));
    let adas = hall.join(&ada);
    hall.told();
    let graces = hall.join(&grace);
    hall.roster.attend(adas, ada.id, true, hall.now);
    assert_eq!(hall.seen(), ["Grace", "Ada*"]);
    hall.roster.attend(adas, ada.id, false, hall.now);
    hall.roster.leave(graces, grace.id, false, hall.now);
    assert_eq!(hall.told_next(), told(&["Ada"], &["Grace"], 1));
    hall.seen();
    hall.roster.attend(adas, ada.id, true, hall.now);
    hall.roster.attend(adas, ada.id, false, hall.now);
    assert_eq!(hall.told_next(), None, "who asked before it began saw what all saw");
}

#[test]
fn what_may_not_have_been_heard_is_told_again() {
    let (mut hall, ada) = (Hall::new(), sender("Ada"));
    hall.join(&ada);
    let (changes, typing) = hall.roster.announce(hall.now);
    assert!(changes.is_some() && typing.is_none());
    hall.roster.not_heard(changes, true);
    assert_eq!(hall.typing(), Some(vec![]), "typing has a pace of its own");
    assert_eq!(hall.told_next(), told(&["Ada"], &[], 1));
    assert_eq!(hall.told_next(), None);
}

#[test]
fn more_than_one_announcement_may_name_is_told_by_the_next_ones() {
    let mut hall = Hall::new();
    let crowd: Vec<_> = (0..521).map(|number| sender(&format!("P{number}"))).collect();
    let sockets: Vec<_> = crowd.iter().map(|person| hall.join(person)).collect();
    let mut came = Vec::new();
    while let Some((joined, left, count)) = hall.told_next() {
        assert!(joined.len() <= NAMED && left.is_empty() && count == 521);
        came.extend(joined);
    }
    assert_eq!(came.len(), 521, "each once");
    for (socket, person) in sockets.iter().zip(&crowd).take(310) {
        hall.roster.leave(*socket, person.id, false, hall.now);
    }
    let mut went = Vec::new();
    while let Some((joined, left, count)) = hall.told_next() {
        assert!(joined.is_empty() && left.len() <= NAMED && count == 211);
        went.extend(left);
    }
    assert_eq!(went.len(), 310, "each once, and nobody is left behind as a ghost");
}
