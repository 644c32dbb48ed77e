//! Appending from several processes, with lost answers, and to many rooms.

use std::sync::Arc;
use std::time::Instant;

use store::{AppendOutcome, NewEntry, RoomId, Stores};
use testkit::builders::{new_entry, stored};

use super::proxy::{FIND, INSERT, Proxy};
use super::{batch, find_no_others};
use crate::fixture::{Fixture, LOBBY, in_room, interleaved, seqs, some_rooms};

#[tokio::test]
async fn two_processes_appending_to_one_room_leave_no_gap() {
    let fixture = Fixture::mongodb().await;
    let ada = fixture.user("ada").await;
    let other = Fixture::open(&fixture.address()).await;
    let append = async |stores: &Stores, name: &str| {
        let mut numbers = Vec::new();
        for round in 0..40 {
            let outcomes = stores.log.append(&batch(&ada, &format!("{name}-{round}"), 10)).await;
            numbers.extend(outcomes.into_iter().map(|outcome| stored(outcome).seq));
        }
        assert!(numbers.is_sorted(), "each process keeps its order");
    };
    tokio::join!(append(&fixture.stores, "a"), append(&other, "b"));
    assert_eq!(seqs(&fixture.whole_log().await), (1..=800).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_lost_answer_followed_by_a_new_batch_leaves_no_gap() {
    let fixture = Fixture::mongodb().await;
    let ada = fixture.user("ada").await;
    let proxy = Proxy::start().await;
    let stores = proxy.store(&fixture).await;
    stores.log.append(&batch(&ada, "first", 5)).await;
    proxy.drop_replies(true);
    let lost = stores.log.append(&batch(&ada, "lost", 5)).await;
    let is_unsettled =
        |outcome: &AppendOutcome| matches!(outcome, AppendOutcome::Unknown | AppendOutcome::NotStored);
    assert!(lost.iter().all(is_unsettled), "nothing is claimed that is not known: {lost:?}");
    proxy.drop_replies(false);
    let again = append_until_settled(&stores, &batch(&ada, "new", 5)).await;
    assert!(again.iter().all(|outcome| matches!(outcome, AppendOutcome::Stored(_))), "{again:?}");
    let resent = append_until_settled(&stores, &batch(&ada, "lost", 5)).await;
    let is_settled =
        |outcome: &AppendOutcome| matches!(outcome, AppendOutcome::Stored(_) | AppendOutcome::Resent(_));
    assert!(resent.iter().all(is_settled), "{resent:?}");
    let log = fixture.whole_log().await;
    assert_eq!(seqs(&log), (1..=15).collect::<Vec<_>>(), "no gap and nothing twice");
}

/// The driver takes the server for gone while its answer to the insert is on the way.
#[tokio::test]
async fn messages_whose_answer_is_late_are_never_called_not_stored() {
    let fixture = Fixture::mongodb().await;
    let (ada, proxy) = (fixture.user("ada").await, Proxy::start().await);
    let stores = proxy.store(&fixture).await;
    let just_now = || Some(Instant::now());
    let checked = |id| NewEntry { sender_checked_at: just_now(), ..new_entry(&ada, id, "hello") };
    stored(stores.log.append(&[checked("a")]).await.remove(0));
    proxy.hold_replies(true);
    let outcomes = stores.log.append(&[checked("b")]).await;
    assert_eq!(outcomes, [AppendOutcome::Unknown]);
    assert_eq!(seqs(&fixture.whole_log().await), [1, 2], "it is stored");
    proxy.hold_replies(false);
    let again = append_until_settled(&stores, &[checked("b")]).await;
    assert!(matches!(again[..], [AppendOutcome::Resent(_)]), "{again:?}");
}

/// Retries until the driver has found the server again.
async fn append_until_settled(stores: &Stores, batch: &[NewEntry]) -> Vec<AppendOutcome> {
    for _ in 0..20 {
        let outcomes = stores.log.append(batch).await;
        if !outcomes
            .iter()
            .any(|outcome| matches!(outcome, AppendOutcome::Unknown | AppendOutcome::NotStored))
        {
            return outcomes;
        }
    }
    panic!("MongoDB was not found again");
}

#[tokio::test]
async fn a_thousand_resends_in_one_batch_cost_a_bounded_number_of_round_trips() {
    let fixture = Fixture::mongodb().await;
    let ada = fixture.user("ada").await;
    let proxy = Proxy::start().await;
    let stores = proxy.store(&fixture).await;
    find_no_others(&stores).await;
    let mut resends = batch(&ada, "again", 1_000);
    stores.log.append(&resends).await;
    // A new one between each two, so that they do not lie together.
    for (place, new) in batch(&ada, "new", 1_000).into_iter().enumerate() {
        resends.insert(place * 2, new);
    }
    let before = proxy.requests();
    let outcomes = stores.log.append(&resends).await;
    let round_trips = proxy.requests() - before;
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, AppendOutcome::Resent(_))).count(), 1_000);
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, AppendOutcome::Stored(_))).count(), 1_000);
    assert!(round_trips <= 12, "{round_trips} round trips, the driver's heartbeats among them");
    assert_eq!(fixture.whole_log().await.len(), 2_000);
}

#[tokio::test]
async fn a_batch_for_many_rooms_costs_a_bounded_number_of_inserts_at_the_same_time() {
    const ROOMS: usize = 50;
    const CONCURRENT: usize = 6;
    let fixture = Fixture::mongodb().await;
    let ada = fixture.user("ada").await;
    let proxy = Proxy::start().await;
    let stores = proxy.store(&fixture).await;
    let rooms = some_rooms(ROOMS);
    let to_all = |name: &str| interleaved(&rooms, batch(&ada, name, 10 * ROOMS));
    assert!(stores.log.append(&to_all("first")).await.iter().all(is_stored));
    assert_eq!(proxy.seen(INSERT), ROOMS, "where the logs end was not known, so each room had its own");

    proxy.hold(INSERT);
    let (log, second) = (Arc::clone(&stores.log), to_all("second"));
    let appending = tokio::spawn(async move { log.append(&second).await });
    while proxy.seen(INSERT) < ROOMS + CONCURRENT {
        tokio::task::yield_now().await;
    }
    let page = stores.log.page_after(rooms[0], 0, 100).await.expect("a connection is free for others");
    assert_eq!((page.messages.len(), proxy.seen(INSERT)), (10, ROOMS + CONCURRENT), "side by side");
    proxy.release();
    assert!(appending.await.unwrap().iter().all(is_stored));
    assert_eq!(proxy.seen(INSERT), ROOMS + CONCURRENT, "500 messages");
    assert!(stores.log.last_seqs(&rooms).await.unwrap().values().all(|&end| end == 20));
}

/// Each of these processes knows the ends that it wrote last, and not the others.
#[tokio::test]
async fn what_stops_an_insert_for_many_rooms_changes_no_order_and_leaves_no_gap() {
    let fixture = Fixture::mongodb().await;
    let (ada, other) = (fixture.user("ada").await, Fixture::open(&fixture.address()).await);
    let rooms = some_rooms(20);
    let to_all = |name: &str| interleaved(&rooms, batch(&ada, name, 60));
    let first = to_all("a");
    assert!(fixture.append(&first).await.iter().all(is_stored));
    let of_other: Vec<NewEntry> =
        to_all("b").into_iter().filter(|new| rooms[7..13].contains(&new.room)).collect();
    assert!(other.log.append(&of_other).await.iter().all(is_stored));
    let mut mixed = to_all("c");
    let resends = [&first[5], &first[14], &first[19]];
    resends.into_iter().for_each(|resend| mixed.insert(30, resend.clone()));
    let outcomes = fixture.append(&mixed).await;
    let resent = outcomes.iter().filter(|outcome| matches!(outcome, AppendOutcome::Resent(_)));
    assert_eq!((resent.count(), outcomes.iter().filter(|outcome| is_stored(outcome)).count()), (3, 60));
    for (place, &room) in rooms.iter().enumerate() {
        let log = fixture.log_of(room).await;
        let expected = if (7..13).contains(&place) { 9 } else { 6 };
        assert_eq!(seqs(&log), (1..=expected).collect::<Vec<_>>(), "room {place}");
        let ids: Vec<&str> =
            log.iter().map(|entry| entry.id.as_str()).filter(|id| id.starts_with('c')).collect();
        let sent: Vec<&str> = mixed
            .iter()
            .filter(|new| new.room == room)
            .map(|new| new.id.as_str())
            .filter(|id| id.starts_with('c'))
            .collect();
        assert_eq!(ids, sent, "room {place}");
    }
}

#[tokio::test]
async fn a_lost_answer_to_an_insert_for_many_rooms_leaves_no_gap() {
    let fixture = Fixture::mongodb().await;
    let (ada, proxy) = (fixture.user("ada").await, Proxy::start().await);
    let stores = proxy.store(&fixture).await;
    let rooms = some_rooms(20);
    let to_all = |name: &str| interleaved(&rooms, batch(&ada, name, 40));
    assert!(stores.log.append(&to_all("a")).await.iter().all(is_stored));
    proxy.drop_replies(true);
    let lost = stores.log.append(&to_all("b")).await;
    assert!(!lost.iter().any(is_stored), "nothing is acknowledged without an answer: {lost:?}");
    proxy.drop_replies(false);
    append_until_settled(&stores, &to_all("c")).await;
    append_until_settled(&stores, &to_all("b")).await;
    for room in rooms {
        assert_eq!(seqs(&fixture.log_of(room).await), (1..=6).collect::<Vec<_>>(), "{room}");
    }
}

fn is_stored(outcome: &AppendOutcome) -> bool {
    matches!(outcome, AppendOutcome::Stored(_))
}

#[tokio::test]
async fn a_room_whose_insert_was_not_answered_does_not_hold_up_the_others() {
    let fixture = Fixture::mongodb().await;
    let ada = fixture.user("ada").await;
    let proxy = Proxy::start().await;
    let stores = proxy.store(&fixture).await;
    let rooms = [LOBBY, RoomId::generate()];
    let both = |name: &str| rooms.map(|room| in_room(room, new_entry(&ada, name, "hello")));
    assert!(stores.log.append(&both("a")).await.iter().all(is_stored));
    proxy.drop_replies(true);
    let lost = stores.log.append(&both("b")).await;
    assert!(!lost.iter().any(is_stored), "nothing is acknowledged without an answer: {lost:?}");
    proxy.drop_replies(false);
    append_until_settled(&stores, &both("b")).await;
    append_until_settled(&stores, &both("c")).await;
    for room in rooms {
        let log = fixture.log_of(room).await;
        let ids: Vec<_> = log.iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!((seqs(&log), ids), (vec![1, 2, 3], vec!["a", "b", "c"]), "{room}");
    }
}

#[tokio::test]
async fn a_batch_of_senders_that_were_just_checked_costs_one_round_trip() {
    let fixture = Fixture::mongodb().await;
    let (ada, proxy) = (fixture.user("ada").await, Proxy::start().await);
    let stores = proxy.store(&fixture).await;
    find_no_others(&stores).await;
    let append = async |name: &str, sender_checked_at| {
        let checked = batch(&ada, name, 10).into_iter().map(|new| NewEntry { sender_checked_at, ..new });
        let questions = proxy.seen(FIND);
        assert!(stores.log.append(&checked.collect::<Vec<_>>()).await.iter().all(is_stored));
        (proxy.seen(FIND) - questions, proxy.seen(INSERT))
    };
    assert_eq!(append("first", None).await, (2, 1), "where the log ends, and the sender");
    assert_eq!(append("second", None).await, (1, 2), "the control");
    assert_eq!(append("third", Some(Instant::now())).await, (0, 3));
}
