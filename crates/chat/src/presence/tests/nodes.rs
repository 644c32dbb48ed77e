//! The people of other nodes, and what those are told.

use store::{NodeId, OtherNode};

use super::{Hall, described, person, report, sender, told};
use crate::presence::news::PACE;

#[test]
fn somebody_on_several_nodes_is_one_person_here_if_here_on_any() {
    let (mut hall, ada) = (Hall::new(), sender("Ada"));
    let (one, other) = (NodeId::new(), NodeId::new());
    let known = |id| OtherNode { id, news: None };
    let adas = hall.join(&ada);
    hall.roster.attend(adas, ada.id, true, hall.now);
    assert_eq!(hall.told(), told(&["Ada*"], &[], 1));
    hall.merge(vec![report(one, 1, vec![person(&ada, true)], vec![])]);
    assert_eq!(hall.told_next(), None);
    hall.merge(vec![known(one), report(other, 1, vec![person(&ada, false)], vec![])]);
    assert_eq!(hall.told_next(), told(&["Ada"], &[], 1));
    hall.roster.leave(adas, ada.id, false, hall.now);
    assert_eq!(hall.told_next(), None, "there on two other nodes");
    hall.merge(vec![known(one)]);
    assert_eq!(hall.told_next(), told(&["Ada*"], &[], 1));
    hall.merge(vec![]);
    assert_eq!(hall.told_next(), told(&[], &["Ada*"], 0));
}

#[test]
fn a_report_replaces_the_one_before_and_a_known_one_stays() {
    let (mut hall, ada, grace) = (Hall::new(), sender("Ada"), sender("Grace"));
    let node = NodeId::new();
    hall.merge(vec![report(node, 1, vec![person(&ada, false)], vec![person(&ada, false)])]);
    assert_eq!(hall.roster.known(), [(node, 1)].into());
    let (changes, typing) = hall.roster.announce(hall.now);
    assert_eq!(changes.map(described), told(&["Ada"], &[], 1));
    assert_eq!(typing.map(|typing| typing.users.len()), Some(1));
    hall.merge(vec![OtherNode { id: node, news: None }]);
    assert_eq!((hall.told_next(), hall.typing()), (None, None));
    hall.merge(vec![report(node, 2, vec![person(&grace, false)], vec![])]);
    let (changes, typing) = hall.roster.announce(hall.now + PACE);
    assert_eq!(changes.map(described), told(&["Grace"], &["Ada"], 1));
    assert_eq!(typing.map(|typing| typing.users.len()), Some(0));
}

#[test]
fn people_whom_a_report_does_not_name_are_counted_and_their_number_told() {
    let (mut hall, ada) = (Hall::new(), sender("Ada"));
    let node = NodeId::new();
    let counting = |version, count| {
        let mut node = report(node, version, vec![person(&ada, false)], vec![]);
        node.news.as_mut().unwrap().count = count;
        vec![node]
    };
    hall.merge(counting(1, 5_000));
    assert_eq!(hall.told(), told(&["Ada"], &[], 5_000));
    hall.merge(counting(2, 5_001));
    assert_eq!(hall.told_next(), told(&[], &[], 5_001));
}

#[test]
fn a_report_tells_of_this_node_alone() {
    let (mut hall, ada, grace) = (Hall::new(), sender("Ada"), sender("Grace"));
    let (adas, id) = (hall.join(&ada), NodeId::new());
    hall.roster.attend(adas, ada.id, true, hall.now);
    let others = vec![person(&ada, false), person(&grace, false)];
    let before = hall.roster.version();
    hall.merge(vec![report(NodeId::new(), 1, others, vec![person(&grace, false)])]);
    assert_eq!(hall.roster.version(), before, "what comes from others is not told back");
    let told = hall.roster.report(id);
    assert_eq!((told.people, told.count, told.typing.len()), (vec![person(&ada, true)], 1, 0));
    hall.roster.attend(adas, ada.id, false, hall.now);
    assert_ne!(hall.roster.version(), before);
}
