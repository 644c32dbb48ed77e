//! What the store promises of the logs of several rooms.

use std::collections::HashMap;

use store::{AppendOutcome, RoomId};

use testkit::builders::{new_entry, stored};

use crate::fixture::{Fixture, in_room, interleaved, seqs, some_rooms};

pub(crate) async fn interleaved_rooms_are_numbered_each_from_one_without_a_gap(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let rooms = some_rooms(7);
    for round in 0..2 {
        let messages =
            (0..70).map(|number| new_entry(&ada, &format!("{round}-{number:02}"), "hello")).collect();
        let batch = interleaved(&rooms, messages);
        let outcomes = fixture.append(&batch).await;
        for (new, outcome) in batch.iter().zip(outcomes) {
            let entry = stored(outcome);
            assert_eq!((entry.room, entry.id.as_str()), (new.room, new.id.as_str()), "outcomes are in order");
        }
    }
    for &room in &rooms {
        let log = fixture.log_of(room).await;
        assert_eq!(seqs(&log), (1..=20).collect::<Vec<_>>());
        assert!(log.is_sorted_by_key(|entry| entry.id.clone()), "in the order of sending");
        assert!(log.iter().all(|entry| entry.room == room));
    }
}

pub(crate) async fn the_same_id_in_two_rooms_is_two_entries(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let room = RoomId::generate();
    let (here, there) = (new_entry(&ada, "a", "one"), in_room(room, new_entry(&ada, "a", "another")));
    let outcomes = fixture.append(&[here.clone(), there.clone(), here.clone()]).await;
    let entries = [stored(outcomes[0].clone()), stored(outcomes[1].clone())];
    assert_eq!(outcomes[2], AppendOutcome::Resent(entries[0].clone()), "of the same room");
    assert_eq!((entries[0].seq, entries[1].seq), (1, 1));
    let again = fixture.append(&[there, here]).await;
    assert_eq!(again, [&entries[1], &entries[0]].map(|entry| AppendOutcome::Resent(entry.clone())));
    let reused = fixture.append(&[in_room(room, new_entry(&ada, "a", "one"))]).await;
    assert_eq!(reused, [AppendOutcome::IdReused], "the lobby's text is another one");
}

pub(crate) async fn racing_batches_over_the_same_rooms_leave_no_gap(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let rooms = some_rooms(5);
    let batches: Vec<_> = (0..8)
        .map(|batch| (0..25).map(|number| new_entry(&ada, &format!("{batch}-{number}"), "hello")).collect())
        .map(|messages| interleaved(&rooms, messages))
        .collect();
    let appends = batches.iter().map(|batch| fixture.append(batch));
    for outcomes in futures_util::future::join_all(appends).await {
        let entries: Vec<_> = outcomes.into_iter().map(stored).collect();
        for &room in &rooms {
            let of_room = entries.iter().filter(|entry| entry.room == room);
            assert!(of_room.is_sorted_by_key(|entry| entry.seq), "a batch keeps its order in each room");
        }
    }
    for &room in &rooms {
        assert_eq!(seqs(&fixture.log_of(room).await), (1..=40).collect::<Vec<_>>());
    }
}

pub(crate) async fn the_ends_of_many_logs_are_read_together(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let rooms = some_rooms(4);
    let messages = (0..10).map(|number| new_entry(&ada, &format!("m{number}"), "hello")).collect();
    fixture.append(&interleaved(&rooms[..3], messages)).await;
    let log = &fixture.stores.log;
    let expected = HashMap::from([(rooms[0], 4), (rooms[1], 3), (rooms[2], 3), (rooms[3], 0)]);
    assert_eq!(log.last_seqs(&rooms).await.unwrap(), expected, "the last one is empty");
    assert_eq!(log.last_seqs(&[rooms[1], rooms[1]]).await.unwrap(), HashMap::from([(rooms[1], 3)]));
    assert_eq!(log.last_seqs(&[]).await.unwrap(), HashMap::new());
}
