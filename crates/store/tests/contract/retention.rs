//! What the store promises of dropping old entries, and of reading a log that lost its beginning.

use std::time::Duration;

use store::deletion::delete_user;
use store::{AppendOutcome, Dropped, Entry, MAX_DROPPED, NewEntry, RoomId, Timestamp, User};
use testkit::builders::{new_entry, stored};
use tokio::sync::mpsc;

use crate::fixture::{Fixture, LOBBY, in_room, seqs};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// A message that was accepted a number of days ago.
fn aged(user: &User, id: &str, days: i64) -> NewEntry {
    NewEntry { sent_at: Timestamp::now().plus_millis(-days * DAY_MS), ..new_entry(user, id, "hello") }
}

/// Messages to the lobby with these ages in days.
async fn with_ages(fixture: &Fixture, ages: &[i64]) -> User {
    let ada = fixture.user("ada").await;
    let message = |(number, days): (usize, &i64)| aged(&ada, &format!("m{}", number + 1), *days);
    let batch: Vec<_> = ages.iter().enumerate().map(message).collect();
    fixture.append(&batch).await.into_iter().for_each(|outcome| drop(stored(outcome)));
    ada
}

/// Drops what is older than two days from the lobby, in one write.
async fn drop_some(fixture: &Fixture) -> Dropped {
    fixture.stores.retention.drop_oldest(LOBBY, 2 * DAY).await.unwrap()
}

/// Drops what is older than two days from the lobby, and returns the number of entries.
async fn drop_all(fixture: &Fixture) -> u64 {
    let mut entries = 0;
    loop {
        let dropped = drop_some(fixture).await;
        entries += dropped.entries;
        if !dropped.has_more {
            return entries;
        }
    }
}

pub(crate) async fn entries_are_dropped_up_to_the_first_younger_one(fixture: Fixture) {
    with_ages(&fixture, &[9, 9, 1, 9, 9, 0]).await;
    assert_eq!(drop_some(&fixture).await, Dropped { entries: 2, has_more: false });
    assert_eq!(seqs(&fixture.whole_log().await), [3, 4, 5, 6], "no hole, whatever the clock said");
    assert_eq!(drop_some(&fixture).await, Dropped { entries: 0, has_more: false });
}

pub(crate) async fn the_newest_entry_stays_and_numbers_are_not_used_again(fixture: Fixture) {
    let ada = with_ages(&fixture, &[9, 9, 9]).await;
    assert_eq!(drop_all(&fixture).await, 2);
    assert_eq!(drop_all(&fixture).await, 0);
    assert_eq!(seqs(&fixture.whole_log().await), [3]);
    let (fixture, ()) = fixture.closed_during(async |_| ()).await;
    assert_eq!(fixture.stores.log.last_seqs(&[LOBBY]).await.unwrap()[&LOBBY], 3);
    assert_eq!(fixture.say(&ada, "next", "hello").await.seq, 4);
    assert_eq!(drop_all(&fixture).await, 1, "the old one is not the newest any more");
    assert_eq!(drop_all(&fixture).await, 0, "there is one entry, and it is young");
    let nothing = Dropped { entries: 0, has_more: false };
    assert_eq!(fixture.stores.retention.drop_oldest(RoomId::generate(), DAY).await.unwrap(), nothing);
}

pub(crate) async fn a_write_drops_a_bounded_number(fixture: Fixture) {
    let max = MAX_DROPPED as u64;
    with_ages(&fixture, &[9; 2 * MAX_DROPPED + 2]).await;
    assert_eq!(drop_some(&fixture).await, Dropped { entries: max, has_more: true });
    assert_eq!(fixture.stores.log.page_after(LOBBY, 0, 1).await.unwrap().messages[0].seq, max + 1);
    assert_eq!(drop_some(&fixture).await, Dropped { entries: max, has_more: true });
    assert_eq!(drop_some(&fixture).await, Dropped { entries: 1, has_more: false });
    assert_eq!(seqs(&fixture.whole_log().await), [2 * max + 2]);
}

pub(crate) async fn readers_begin_with_the_first_entry_that_is_left(fixture: Fixture) {
    with_ages(&fixture, &[9, 9, 9, 9, 0, 0]).await;
    assert_eq!(drop_all(&fixture).await, 4);
    let log = &fixture.stores.log;
    for (after, expected, covered_to) in
        [(0, vec![5], 5), (2, vec![5], 5), (4, vec![5], 5), (5, vec![6], 6), (6, vec![], 6)]
    {
        let page = log.page_after(LOBBY, after, 1).await.unwrap();
        assert_eq!((seqs(&page.messages), page.covered_to), (expected, covered_to), "after {after}");
    }
    for (before, expected, covered_to) in [
        (None, vec![5, 6], 5),
        (Some(6), vec![5], 5),
        (Some(5), vec![], 5),
        (Some(3), vec![], 5),
        (Some(0), vec![], 5),
    ] {
        let page = log.page_before(LOBBY, before, 10).await.unwrap();
        assert_eq!((seqs(&page.messages), page.covered_to), (expected, covered_to), "before {before:?}");
        assert_eq!(page.last_seq, 6);
    }
}

pub(crate) async fn no_dropped_message_is_in_the_next_newest_page(fixture: Fixture) {
    let reader = fixture.another_node().await;
    for ages in [vec![9, 9, 0], vec![9; 60], vec![9, 0]] {
        let room = RoomId::generate();
        let ada = fixture.user(&format!("ada{}", ages.len())).await;
        let message = |(number, days): (usize, &i64)| in_room(room, aged(&ada, &format!("m{number}"), *days));
        fixture.append(&ages.iter().enumerate().map(message).collect::<Vec<_>>()).await;
        let before = reader.log.newest(room).await.unwrap();
        assert_eq!(before.messages.len(), ages.len().min(50));
        let dropped = fixture.stores.retention.drop_oldest(room, 2 * DAY).await.unwrap().entries;
        let after = reader.log.newest(room).await.unwrap();
        assert_eq!(seqs(&after.messages), (dropped + 1..=ages.len() as u64).collect::<Vec<_>>());
        assert_eq!((after.covered_to, after.last_seq), (dropped + 1, ages.len() as u64));
    }
}

pub(crate) async fn a_reader_gets_everything_that_is_kept_while_the_rest_is_dropped(fixture: Fixture) {
    const OLD: usize = 2 * MAX_DROPPED;
    const YOUNG: usize = 500;
    with_ages(&fixture, &[vec![9; OLD], vec![0; YOUNG]].concat()).await;
    let (log, mut entries): (_, Vec<Entry>) = (&fixture.stores.log, Vec::new());
    let reading = async {
        let mut after = 0;
        loop {
            let page = log.page_after(LOBBY, after, 37).await.unwrap();
            assert!(page.messages.iter().all(|entry| (after + 1..=page.covered_to).contains(&entry.seq)));
            entries.extend(page.messages);
            after = page.covered_to;
            if after == page.last_seq {
                return;
            }
        }
    };
    assert_eq!(tokio::join!(reading, drop_all(&fixture)).1, OLD as u64);
    let seqs = seqs(&entries);
    assert!(seqs.is_sorted_by(|one, next| one < next));
    assert_eq!(seqs[seqs.len() - YOUNG..], (OLD as u64 + 1..=(OLD + YOUNG) as u64).collect::<Vec<_>>());
}

pub(crate) async fn an_id_is_unique_among_the_entries_that_are_kept(fixture: Fixture) {
    let ada = with_ages(&fixture, &[9, 0]).await;
    assert_eq!(drop_all(&fixture).await, 1);
    let resent = fixture.append(&[new_entry(&ada, "m1", "hello"), new_entry(&ada, "m2", "hello")]).await;
    assert!(matches!(&resent[0], AppendOutcome::Stored(entry) if entry.seq == 3), "{resent:?}");
    assert!(matches!(&resent[1], AppendOutcome::Resent(entry) if entry.seq == 2), "{resent:?}");
}

pub(crate) async fn every_room_with_entries_is_found_once(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let mut rooms = [LOBBY, RoomId::generate(), RoomId::generate()];
    let retention = &fixture.stores.retention;
    assert_eq!(retention.next_room(None).await.unwrap(), None);
    let messages = ["a", "b", "a"].iter().flat_map(|id| rooms.map(|room| (room, id)));
    let batch: Vec<_> = messages.map(|(room, id)| in_room(room, new_entry(&ada, id, "hello"))).collect();
    fixture.append(&batch).await;
    let mut found = Vec::new();
    while let Some(room) = retention.next_room(found.last().copied()).await.unwrap() {
        found.push(room);
    }
    rooms.sort_by_key(RoomId::to_string);
    assert_eq!(found, rooms);
}

pub(crate) async fn a_dropped_entry_is_in_no_export_and_hinders_no_deletion(fixture: Fixture) {
    let ada = with_ages(&fixture, &[9, 9, 0, 0]).await;
    assert_eq!(drop_all(&fixture).await, 2);
    let (out, mut pages) = mpsc::channel::<Vec<Entry>>(4);
    fixture.stores.entries_by_sender.read_all(ada.id, out).await.unwrap();
    assert_eq!(seqs(&pages.recv().await.unwrap()), [3, 4]);
    assert!(delete_user(&fixture.stores, ada.id).await.unwrap());
    let log = fixture.whole_log().await;
    assert!(log.len() == 2 && log.iter().all(Entry::is_erased));
}
