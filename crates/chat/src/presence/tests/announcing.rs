//! What is announced, and when.

use std::time::Duration;

use super::{Announcement, RosterFixture, announced, sender};
use crate::presence::MAX_LISTED;
use crate::presence::pending_changes::ANNOUNCE_INTERVAL;

#[test]
fn a_second_passes_between_two_announcements() {
    let mut fixture = RosterFixture::new();
    fixture.join(&sender("Ada"));
    assert_eq!(fixture.rosters.due(), Some(fixture.now), "the first one does not wait");
    assert!(fixture.announced().is_some());
    fixture.join(&sender("Grace"));
    let at = fixture.now;
    assert_eq!(fixture.later(ANNOUNCE_INTERVAL - Duration::from_millis(1)).announced(), None);
    assert_eq!(fixture.rosters.due(), Some(at + ANNOUNCE_INTERVAL));
    assert_eq!(fixture.later(Duration::from_millis(1)).announced(), announced(&["Grace"], &[], 2));
    fixture.later(10 * ANNOUNCE_INTERVAL).join(&sender("Edsger"));
    assert_eq!(fixture.rosters.due(), Some(fixture.now), "nor does the first one after a quiet second");
}

#[test]
fn a_change_that_was_undone_is_not_announced() {
    let (mut fixture, ada, grace) = (RosterFixture::new(), sender("Ada"), sender("Grace"));
    let adas = fixture.join(&ada);
    fixture.attend(adas, &ada, false);
    fixture.announced();
    fixture.attend(adas, &ada, true);
    fixture.attend(adas, &ada, false);
    let graces = fixture.join(&grace);
    fixture.sign_out(graces, &grace);
    assert_eq!(fixture.announced_next(), None);
    assert_eq!(fixture.rosters.due(), None, "and nothing is due");
}

#[test]
fn a_snapshot_between_a_change_and_its_undoing_is_corrected() {
    let (mut fixture, ada, grace) = (RosterFixture::new(), sender("Ada"), sender("Grace"));
    let adas = fixture.join(&ada);
    fixture.announced();
    let graces = fixture.join(&grace);
    fixture.attend(adas, &ada, true);
    assert_eq!(fixture.listed(), ["Grace", "Ada*"]);
    fixture.attend(adas, &ada, false);
    fixture.sign_out(graces, &grace);
    assert_eq!(fixture.announced_next(), announced(&["Ada"], &["Grace"], 1));
    fixture.listed();
    fixture.attend(adas, &ada, true);
    fixture.attend(adas, &ada, false);
    assert_eq!(fixture.announced_next(), None, "a snapshot before the change needs no correction");
}

#[test]
fn an_announcement_that_a_watcher_may_have_missed_is_repeated() {
    let (mut fixture, ada) = (RosterFixture::new(), sender("Ada"));
    let adas = fixture.join(&ada);
    fixture.type_on(adas, &ada);
    let missed = fixture.all_announced();
    assert!(matches!(missed[..], [Announcement::Presence { .. }, Announcement::Typing { .. }]), "{missed:?}");
    missed.into_iter().for_each(|missed| fixture.rosters.missed(missed, fixture.now));
    let both = fixture.later(ANNOUNCE_INTERVAL).announced_both();
    assert_eq!(both, (announced(&["Ada"], &[], 1), Some(vec!["Ada".into()])));
    assert_eq!(fixture.later(ANNOUNCE_INTERVAL).announced_both(), (None, None));
}

#[test]
fn people_who_do_not_fit_into_an_announcement_are_in_the_next_ones() {
    let mut fixture = RosterFixture::new();
    let many_people: Vec<_> = (0..521).map(|number| sender(&format!("P{number}"))).collect();
    let sockets: Vec<_> = many_people.iter().map(|person| fixture.join(person)).collect();
    let mut all_joined = Vec::new();
    while let Some((joined, left, count)) = fixture.announced_next() {
        assert!(joined.len() <= MAX_LISTED && left.is_empty() && count == 521);
        all_joined.extend(joined);
    }
    assert_eq!(all_joined.len(), 521, "each once");
    for (socket, person) in sockets.iter().zip(&many_people).take(310) {
        fixture.sign_out(*socket, person);
    }
    let mut all_left = Vec::new();
    while let Some((joined, left, count)) = fixture.announced_next() {
        assert!(joined.is_empty() && left.len() <= MAX_LISTED && count == 211);
        all_left.extend(left);
    }
    assert_eq!(all_left.len(), 310, "each once, and nobody stays in the list");
}
