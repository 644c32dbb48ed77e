//! What is promised of reading all that one sender wrote.

use std::sync::Arc;
use std::time::Duration;

use store::deletion::delete_user;
use store::{Entry, NewEntry, RoomId, SENT_AT_ONCE, StoreError, UserId};
use tokio::sync::mpsc;

use crate::fixture::{Fixture, LOBBY, in_room, message, seqs};

/// Takes every page, and how the reading ended.
async fn sent_by(fixture: &Fixture, sender: UserId) -> (Vec<Vec<Entry>>, Result<(), StoreError>) {
    let (out, mut pages) = mpsc::channel::<Vec<Entry>>(1);
    let taking = async {
        let mut taken = Vec::new();
        while let Some(page) = pages.recv().await {
            taken.push(page);
        }
        taken
    };
    tokio::join!(taking, fixture.stores.log.sent_by(sender, out))
}

pub(crate) async fn all_that_somebody_sent_comes_in_order_and_nobody_elses(fixture: Fixture) {
    let (ada, grace) = (fixture.user("ada").await, fixture.user("grace").await);
    let count = 3 * SENT_AT_ONCE + 7;
    // Ids in another order than the numbers.
    let both = |number: usize| {
        let id = format!("m{}", count - number);
        [message(&ada, &id, &format!("no. {number}")), message(&grace, &id, "something else")]
    };
    fixture.append(&(0..count).flat_map(both).collect::<Vec<NewEntry>>()).await;
    let (pages, ended) = sent_by(&fixture, ada.id).await;
    ended.unwrap();
    assert!(pages.iter().all(|page| (1..=SENT_AT_ONCE).contains(&page.len())));
    let sent = pages.concat();
    assert_eq!(seqs(&sent), (0..count as u64).map(|number| 2 * number + 1).collect::<Vec<_>>());
    let log = fixture.whole_log().await;
    assert!(sent.iter().all(|entry| *entry == log[entry.seq as usize - 1]), "as the log has them");
}

pub(crate) async fn what_somebody_sent_to_several_rooms_comes_room_by_room(fixture: Fixture) {
    let (ada, grace) = (fixture.user("ada").await, fixture.user("grace").await);
    let mut rooms = [LOBBY, RoomId::generate(), RoomId::generate()];
    let foreign = RoomId::generate();
    let count = 3 * (SENT_AT_ONCE + 3);
    let mut batch: Vec<_> = (0..count)
        .map(|number| in_room(rooms[number % 3], message(&ada, &format!("m{}", count - number), "hello")))
        .collect();
    batch.extend([LOBBY, foreign].map(|room| in_room(room, message(&grace, "g", "something else"))));
    fixture.append(&batch).await;
    let (pages, ended) = sent_by(&fixture, ada.id).await;
    ended.unwrap();
    assert!(pages.iter().all(|page| (1..=SENT_AT_ONCE).contains(&page.len())));
    rooms.sort_by_key(RoomId::to_string);
    let expected: Vec<_> =
        rooms.iter().flat_map(|&room| (1..=SENT_AT_ONCE as u64 + 3).map(move |seq| (room, seq))).collect();
    let sent: Vec<_> = pages.concat().iter().map(|entry| (entry.room, entry.seq)).collect();
    assert_eq!(sent, expected);
}

pub(crate) async fn who_sent_nothing_gets_nothing(fixture: Fixture) {
    let (ada, grace) = (fixture.user("ada").await, fixture.user("grace").await);
    assert_eq!(sent_by(&fixture, ada.id).await.0.len(), 0, "an empty log");
    fixture.say(&grace, "a", "hello").await;
    let (pages, ended) = sent_by(&fixture, ada.id).await;
    ended.unwrap();
    assert_eq!(pages.len(), 0);
}

pub(crate) async fn what_was_erased_is_not_among_what_somebody_sent(fixture: Fixture) {
    let (ada, grace) = (fixture.user("ada").await, fixture.user("grace").await);
    fixture.say(&ada, "a", "private").await;
    fixture.say(&grace, "b", "kept").await;
    delete_user(&fixture.stores, ada.id).await.unwrap();
    assert_eq!(sent_by(&fixture, ada.id).await.0.len(), 0);
    assert_eq!(seqs(&sent_by(&fixture, grace.id).await.0.concat()), [2]);
}

pub(crate) async fn what_is_sent_after_the_call_is_left_to_the_next(fixture: Fixture) {
    // So much that the reading waits for its taker long before the end.
    const COUNT: usize = 8 * SENT_AT_ONCE;
    let ada = fixture.user("ada").await;
    let messages = |name: &str| -> Vec<_> {
        (0..COUNT).map(|number| message(&ada, &format!("{name}{number}"), "hello")).collect()
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
    let (taken, ended) = tokio::join!(taking, fixture.stores.log.sent_by(ada.id, out));
    ended.unwrap();
    assert_eq!(seqs(&taken), (1..=COUNT as u64).collect::<Vec<_>>());
}

pub(crate) async fn pages_that_nobody_takes_yet_hold_nothing_that_others_need(fixture: Fixture) {
    // More than a store has readers or connections.
    const READERS: usize = 40;
    let ada = fixture.user("ada").await;
    let batch: Vec<_> =
        (0..3 * SENT_AT_ONCE).map(|number| message(&ada, &format!("m{number}"), "hello")).collect();
    fixture.append(&batch).await;
    let mut waiting = Vec::new();
    for _ in 0..READERS {
        let (log, (out, pages)) = (Arc::clone(&fixture.stores.log), mpsc::channel::<Vec<Entry>>(1));
        waiting.push((pages, tokio::spawn(async move { log.sent_by(ada.id, out).await })));
    }
    let reading = async {
        while waiting.iter().any(|(pages, _)| pages.is_empty()) {
            tokio::task::yield_now().await;
        }
        fixture.whole_log().await.len()
    };
    let read = tokio::time::timeout(Duration::from_secs(10), reading).await;
    assert_eq!(read.expect("all can read"), 3 * SENT_AT_ONCE);
    for (mut pages, reading) in waiting {
        let mut taken = 0;
        while let Some(page) = pages.recv().await {
            taken += page.len();
        }
        reading.await.unwrap().unwrap();
        assert_eq!(taken, 3 * SENT_AT_ONCE, "and what waited is whole");
    }
}

pub(crate) async fn reading_what_somebody_sent_ends_when_nobody_takes_it(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let batch: Vec<_> =
        (0..10 * SENT_AT_ONCE).map(|number| message(&ada, &format!("m{number}"), "hello")).collect();
    fixture.append(&batch).await;
    let (out, mut pages) = mpsc::channel::<Vec<Entry>>(1);
    let leaving = async move { pages.recv().await.unwrap().len() };
    let (first, ended) = tokio::join!(leaving, fixture.stores.log.sent_by(ada.id, out));
    ended.unwrap();
    assert_eq!(first, SENT_AT_ONCE);
}
