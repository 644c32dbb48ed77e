//! What the store promises of the question which logs went on.

use std::collections::HashMap;

use store::{EndsWatch, NewEnds, RoomId, Stores};
use testkit::builders::new_entry;

use crate::fixture::{Fixture, in_room, some_rooms};

/// What went on in the log of some rooms, by the question and, where it does not tell, by their ends.
async fn look(watch: &mut dyn EndsWatch, stores: &Stores, rooms: &[RoomId]) -> HashMap<RoomId, u64> {
    match watch.next().await.unwrap() {
        NewEnds::Of(ends) => ends,
        NewEnds::Any => stores.log.last_seqs(rooms).await.unwrap(),
    }
}

/// The next answer that tells which logs went on.
async fn ends_alone(watch: &mut dyn EndsWatch) -> HashMap<RoomId, u64> {
    loop {
        if let NewEnds::Of(ends) = watch.next().await.unwrap() {
            return ends;
        }
    }
}

pub(crate) async fn what_any_process_appends_is_found_by_the_next_question(fixture: Fixture) {
    let (ada, node) = (fixture.user("ada").await, fixture.another_node().await);
    let rooms = some_rooms(5);
    let mut watch = node.log.watch_ends();
    assert_eq!(look(&mut *watch, &node, &[]).await, HashMap::new(), "nothing is appended yet");
    let mut ends = HashMap::new();
    for round in 0..10 {
        for (place, &room) in rooms.iter().enumerate().filter(|(place, _)| round % (place + 1) == 0) {
            let message = in_room(room, new_entry(&ada, &format!("{round}-{place}"), "hello"));
            fixture.append(&[message]).await;
            *ends.entry(room).or_insert(0) += 1;
        }
        let found = look(&mut *watch, &node, &rooms).await;
        for (place, room) in rooms.iter().enumerate().filter(|(place, _)| round % (place + 1) == 0) {
            assert_eq!(found.get(room), ends.get(room), "room {place} in round {round}");
        }
    }
    assert_eq!(ends_alone(&mut *watch).await, HashMap::new(), "nothing went on since");
}

pub(crate) async fn a_question_tells_only_of_rooms_that_went_on(fixture: Fixture) {
    let (ada, node) = (fixture.user("ada").await, fixture.another_node().await);
    let rooms = some_rooms(3);
    let say = async |room, id| fixture.append(&[in_room(room, new_entry(&ada, id, "hello"))]).await;
    for room in &rooms {
        say(*room, "before").await;
    }
    let mut watch = node.log.watch_ends();
    ends_alone(&mut *watch).await;
    say(rooms[1], "now").await;
    assert_eq!(ends_alone(&mut *watch).await, HashMap::from([(rooms[1], 2)]));
}
