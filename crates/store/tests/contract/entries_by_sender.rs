//! What the store promises of the entries of one sender.

use std::sync::Arc;
use std::time::Duration;

use store::deletion::delete_user;
use store::{Entry, MAX_SENT_PAGE, NewEntry, RoomId, StoreError, UserId};
use testkit::builders::new_entry;
use tokio::sync::mpsc;

use crate::fixture::{Fixture, LOBBY, in_room, seqs};

/// Every page, and the result of the reading.
async fn read_all(fixture: &Fixture, sender: UserId) -> (Vec<Vec<Entry>>, Result<(), StoreError>) {
    let (out, mut pages) = mpsc::channel::<Vec<Entry>>(1);
    let taking = async {
        let mut taken = Vec::new();
        while let Some(page) = pages.recv().await {
            taken.push(page);
        }
        taken
    };
    tokio::join!(taking, fixture.stores.entries_by_sender.read_all(sender, out))
}

pub(crate) async fn all_entries_of_a_sender_come_in_order_and_no_others(fixture: Fixture) {
    let (ada, grace) = (fixture.user("ada").await, fixture.user("grace").await);
    let count = 3 * MAX_SENT_PAGE + 7;
    // Ids in another order than the numbers.
    let both = |number: usize| {
        let id = format!("m{}", count - number);
        [new_entry(&ada, &id, &format!("no. {number}")), new_entry(&grace, &id, "something else")]
    };
    fixture.append(&(0..count).flat_map(both).collect::<Vec<NewEntry>>()).await;
    let (pages, ended) = read_all(&fixture, ada.id).await;
    ended.unwrap();
    assert!(pages.iter().all(|page| (1..=MAX_SENT_PAGE).contains(&page.len())));
    let sent = pages.concat();
    assert_eq!(seqs(&sent), (0..count as u64).map(|number| 2 * number + 1).collect::<Vec<_>>());
    let log = fixture.whole_log().await;
    assert!(sent.iter().all(|entry| *entry == log[entry.seq as usize - 1]), "equal to the log's");
}

pub(crate) async fn entries_in_several_rooms_come_room_by_room(fixture: Fixture) {
    let (ada, grace) = (fixture.user("ada").await, fixture.user("grace").await);
    let mut rooms = [LOBBY, RoomId::generate(), RoomId::generate()];
    let foreign = RoomId::generate();
    let count = 3 * (MAX_SENT_PAGE + 3);
    let mut batch: Vec<_> = (0..count)
        .map(|number| in_room(rooms[number % 3], new_entry(&ada, &format!("m{}", count - number), "hello")))
        .collect();
    batch.extend([LOBBY, foreign].map(|room| in_room(room, new_entry(&grace, "g", "something else"))));
    fixture.append(&batch).await;
    let (pages, ended) = read_all(&fixture, ada.id).await;
    ended.unwrap();
    assert!(pages.iter().all(|page| (1..=MAX_SENT_PAGE).contains(&page.len())));
    rooms.sort_by_key(RoomId::to_string);
    let expected: Vec<_> =
        rooms.iter().flat_map(|&room| (1..=MAX_SENT_PAGE as u64 + 3).map(move |seq| (room, seq))).collect();
    let sent: Vec<_> = pages.concat().iter().map(|entry| (entry.room, entry.seq)).collect();
    assert_eq!(sent, expected);
}

pub(crate) async fn a_sender_without_entries_gets_no_page(fixture: Fixture) {
    let (ada, grace) = (fixture.user("ada").await, fixture.user("grace").await);
    assert_eq!(read_all(&fixture, ada.id).await.0.len(), 0, "an empty log");
    fixture.say(&grace, "a", "hello").await;
    let (pages, ended) = read_all(&fixture, ada.id).await;
    ended.unwrap();
    assert_eq!(pages.len(), 0);
}

pub(crate) async fn erased_entries_are_left_out(fixture: Fixture) {
    let (ada, grace) = (fixture.user("ada").await, fixture.user("grace").await);
    fixture.say(&ada, "a", "private").await;
    fixture.say(&grace, "b", "kept").await;
    delete_user(&fixture.stores, ada.id).await.unwrap();
    assert_eq!(read_all(&fixture, ada.id).await.0.len(), 0);
    assert_eq!(seqs(&read_all(&fixture, grace.id).await.0.concat()), [2]);
}

pub(crate) async fn entries_appended_during_the_reading_are_left_out(fixture: Fixture) {
    // So much that the reading waits for its taker long before the end.
    const COUNT: usize = 8 * MAX_SENT_PAGE;
    let ada = fixture.user("ada").await;
    let messages = |name: &str| -> Vec<_> {
        (0..COUNT).map(|number| new_entry(&ada, &format!("{name}{number}"), "hello")).collect()
    };
    fixture.append(&messages("a")).await;
    let (out, mut pages) = mpsc::channel::<Vec<Entry>>(1);
    let taking = async {
        let mut taken = pages.recv().await.unwrap();
        fixture.append(&messages("b")).await;
        while let Some(page) = pages.recv().await {
            taken.extend(page);
        }
        taken
    };
    let (taken, ended) = tokio::join!(taking, fixture.stores.entries_by_sender.read_all(ada.id, out));
    ended.unwrap();
    assert_eq!(seqs(&taken), (1..=COUNT as u64).collect::<Vec<_>>());
}

pub(crate) async fn pages_that_wait_for_a_receiver_hold_nothing_that_others_need(fixture: Fixture) {
    // More than a store has readers or connections.
    const READERS: usize = 40;
    let ada = fixture.user("ada").await;
    let batch: Vec<_> =
        (0..3 * MAX_SENT_PAGE).map(|number| new_entry(&ada, &format!("m{number}"), "hello")).collect();
    fixture.append(&batch).await;
    let mut waiting = Vec::new();
    for _ in 0..READERS {
        let (store, (out, pages)) =
            (Arc::clone(&fixture.stores.entries_by_sender), mpsc::channel::<Vec<Entry>>(1));
        waiting.push((pages, tokio::spawn(async move { store.read_all(ada.id, out).await })));
    }
    let reading = async {
        while waiting.iter().any(|(pages, _)| pages.is_empty()) {
            tokio::task::yield_now().await;
        }
        fixture.whole_log().await.len()
    };
    let read = tokio::time::timeout(Duration::from_secs(10), reading).await;
    assert_eq!(read.expect("all can read"), 3 * MAX_SENT_PAGE);
    for (mut pages, reading) in waiting {
        let mut taken = 0;
        while let Some(page) = pages.recv().await {
            taken += page.len();
        }
        reading.await.unwrap().unwrap();
        assert_eq!(taken, 3 * MAX_SENT_PAGE, "and what waited is whole");
    }
}

pub(crate) async fn the_reading_ends_when_the_receiver_is_dropped(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let batch: Vec<_> =
        (0..10 * MAX_SENT_PAGE).map(|number| new_entry(&ada, &format!("m{number}"), "hello")).collect();
    fixture.append(&batch).await;
    let (out, mut pages) = mpsc::channel::<Vec<Entry>>(1);
    let leaving = async move { pages.recv().await.unwrap().len() };
    let (first, ended) = tokio::join!(leaving, fixture.stores.entries_by_sender.read_all(ada.id, out));
    ended.unwrap();
    assert_eq!(first, MAX_SENT_PAGE);
}
