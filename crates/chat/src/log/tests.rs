//! Several rooms through the journal and the fan-out, on a store.

mod fixture;
mod judging;
mod mentions;

use store::RoomId;
use testkit::{builders, wait};

use fixture::LogFixture;

#[tokio::test]
async fn interleaved_sends_reach_only_the_subscribers_of_their_room_in_order() {
    let log = LogFixture::start();
    let [ada, grace, hedy] = [("ada"), ("grace"), ("hedy")].map(|name| builders::sign_up(&log.stores, name));
    let (ada, grace, hedy) = (ada.await, grace.await, hedy.await);
    let (first, second) = (log.room(&ada, &[&grace]).await, log.room(&ada, &[]).await);
    let mut sending = log.stream(&ada, &[first, second]).await;
    let mut of_first = log.stream(&grace, &[first]).await;
    let mut of_second = log.stream(&hedy, &[second]).await;
    let mut answers = Vec::new();
    for number in 1..=100 {
        for room in [first, second] {
            answers.push((number, log.send(&sending, room, &format!("{room} {number}"))));
        }
    }
    for (number, answer) in answers {
        let sent = wait::in_time("the message is stored", answer).await.unwrap().unwrap();
        assert_eq!((sent.entry.seq, sent.is_resend), (number, false), "each room has numbers of its own");
    }
    for number in 1..=100 {
        assert_eq!(of_first.next().await, (first, number, format!("{first} {number}")));
        assert_eq!(of_second.next().await, (second, number, format!("{second} {number}")));
    }
    log.send(&of_first, first, "the end").await.unwrap().unwrap();
    assert_eq!(sending.next().await, (first, 101, "the end".into()), "nothing of its own came before");
    assert!(of_first.arrived.try_recv().is_err() && of_second.arrived.try_recv().is_err());
}

#[tokio::test]
async fn interleaved_rooms_cost_one_append() {
    let log = LogFixture::start();
    let ada = builders::sign_up(&log.stores, "ada").await;
    let rooms = [log.room(&ada, &[]).await, log.room(&ada, &[]).await, log.room(&ada, &[]).await];
    let sending = log.stream(&ada, &[]).await;
    let answers: Vec<_> = (0..99).map(|number| log.send(&sending, rooms[number % 3], "hello")).collect();
    for answer in answers {
        wait::in_time("the message is stored", answer).await.unwrap().unwrap();
    }
    assert_eq!(log.faults.append_sizes(), [99]);
}

#[tokio::test]
async fn rooms_without_news_are_neither_asked_for_nor_read() {
    let log = LogFixture::start();
    let (ada, grace) =
        (builders::sign_up(&log.stores, "ada").await, builders::sign_up(&log.stores, "grace").await);
    let rooms: Vec<RoomId> = (0..40).map(|_| RoomId::generate()).collect();
    let mut stream = log.stream(&grace, &rooms).await;
    let looks_again = async || {
        let looks = log.faults.looks();
        wait::until("it looks again and again", async || (log.faults.looks() > looks + 3).then_some(()))
            .await;
    };
    looks_again().await;
    let asked = log.faults.last_seqs_sizes().len();
    assert!(asked <= 3, "all rooms were asked for together");
    looks_again().await;
    assert_eq!(log.faults.last_seqs_sizes().len(), asked, "rooms without news are not asked for");
    assert_eq!(log.faults.delivered_pages(), 0, "nothing has changed");
    log.append_elsewhere(&ada, rooms[7], "hello").await;
    assert_eq!(stream.next().await, (rooms[7], 1, "hello".into()));
    assert_eq!(log.faults.delivered_pages(), 1);
}

#[tokio::test]
async fn a_subscription_to_many_rooms_has_them_followed_by_one_question() {
    let log = LogFixture::start();
    let (ada, grace) =
        (builders::sign_up(&log.stores, "ada").await, builders::sign_up(&log.stores, "grace").await);
    let rooms: Vec<RoomId> = (0..1_000).map(|_| RoomId::generate()).collect();
    let _first = log.stream(&ada, &rooms[..400]).await;
    let mut all = log.stream(&grace, &rooms).await;
    assert!(log.faults.last_seqs_sizes().contains(&600), "the others are followed already");
    log.append_elsewhere(&ada, rooms[999], "hello").await;
    assert_eq!(all.next().await, (rooms[999], 1, "hello".into()));
}

#[tokio::test]
async fn entries_of_other_nodes_arrive_in_every_room() {
    let log = LogFixture::start();
    let (ada, grace) =
        (builders::sign_up(&log.stores, "ada").await, builders::sign_up(&log.stores, "grace").await);
    let (first, second, third) = (RoomId::generate(), RoomId::generate(), RoomId::generate());
    let mut both = log.stream(&grace, &[first, second]).await;
    for (room, text) in [(first, "one"), (third, "unheard"), (second, "two")] {
        log.append_elsewhere(&ada, room, text).await;
    }
    let mut arrived = [both.next().await, both.next().await];
    arrived.sort_by_key(|(room, ..)| *room != first);
    assert_eq!(arrived, [(first, 1, "one".into()), (second, 1, "two".into())]);
    log.append_elsewhere(&ada, first, "three").await;
    assert_eq!(both.next().await, (first, 2, "three".into()));
}

#[tokio::test]
async fn a_room_is_followed_from_the_end_of_its_log_when_its_first_subscription_comes() {
    let log = LogFixture::start();
    let (ada, grace) =
        (builders::sign_up(&log.stores, "ada").await, builders::sign_up(&log.stores, "grace").await);
    let room = log.room(&ada, &[]).await;
    log.append_elsewhere(&ada, room, "before anybody came").await;
    let (sending, mut early) = (log.stream(&ada, &[]).await, log.stream(&grace, &[room]).await);
    log.send(&sending, room, "first").await.unwrap().unwrap();
    assert_eq!(early.next().await, (room, 2, "first".into()));
    assert_eq!(log.hub.delivered(room), Some(2));
    log.hub.leave(&early.subscription);
    assert!(log.hub.delivered(room).is_none() && log.hub.not_followed(&[room]) == [room]);
    log.send(&sending, room, "nobody is here").await.unwrap().unwrap();
    let mut late = log.stream(&grace, &[room]).await;
    log.send(&sending, room, "last").await.unwrap().unwrap();
    assert_eq!(late.next().await, (room, 4, "last".into()));
    assert!(early.arrived.try_recv().is_err(), "an ended subscription gets nothing");
}

#[tokio::test]
async fn a_backlog_delays_no_acknowledgement_and_nothing_overtakes_it() {
    const BACKLOG: u64 = 350;
    let log = LogFixture::start();
    let (ada, grace) =
        (builders::sign_up(&log.stores, "ada").await, builders::sign_up(&log.stores, "grace").await);
    let (room, other) = (log.room(&ada, &[]).await, log.room(&ada, &[]).await);
    let (sending, mut reading) = (log.stream(&ada, &[room]).await, log.stream(&grace, &[room, other]).await);
    let held = log.faults.hold_deliveries().await;
    for number in 1..=BACKLOG {
        log.append_elsewhere(&ada, room, &number.to_string()).await;
    }
    wait::until("the backlog is being read", async || (log.faults.delivered_pages() > 0).then_some(())).await;
    let mut sent = Vec::new();
    for text in ["351", "352"] {
        let answer =
            wait::in_time("it is acknowledged before the backlog is read", log.send(&sending, room, text));
        sent.push(answer.await.unwrap().unwrap().entry.seq);
    }
    assert_eq!(sent, [BACKLOG + 1, BACKLOG + 2]);
    log.send(&sending, other, "another room").await.unwrap().unwrap();
    assert_eq!(reading.next().await, (other, 1, "another room".into()), "a room waits for no other");
    drop(held);
    for number in 1..=BACKLOG + 2 {
        assert_eq!(reading.next().await, (room, number, number.to_string()));
    }
}

#[tokio::test]
async fn a_room_that_is_about_to_be_followed_delays_no_acknowledgement() {
    let log = LogFixture::start();
    let (ada, grace) =
        (builders::sign_up(&log.stores, "ada").await, builders::sign_up(&log.stores, "grace").await);
    let (room, new) = (log.room(&ada, &[]).await, log.room(&ada, &[]).await);
    let sending = log.stream(&ada, &[room]).await;
    let held = log.faults.hold_last_seqs().await;
    let asked = log.faults.last_seqs_sizes().len();
    let rooms = [new];
    let following = log.stream(&grace, &rooms);
    let answered = async {
        wait::until("the new room's end is asked for", async || {
            log.faults.last_seqs_sizes().get(asked..).is_some_and(|since| !since.is_empty()).then_some(())
        })
        .await;
        log.send(&sending, room, "hello").await.unwrap().unwrap();
        drop(held);
    };
    let (mut stream, ()) = tokio::join!(following, answered);
    log.send(&sending, new, "welcome").await.unwrap().unwrap();
    assert_eq!(stream.next().await, (new, 1, "welcome".into()));
}

#[tokio::test]
async fn a_room_that_lags_too_far_is_skipped_for_those_who_detect_it() {
    let log = LogFixture::start();
    let (ada, grace) =
        (builders::sign_up(&log.stores, "ada").await, builders::sign_up(&log.stores, "grace").await);
    let room = RoomId::generate();
    let (mut stock, mut aware) =
        (log.stream(&ada, &[room]).await, log.stream_that_detects_gaps(&grace, &[room]).await);
    let held = log.faults.hold_last_seqs().await;
    log.append_many_elsewhere(&ada, room, 11_000).await;
    drop(held);
    wait::until("the stock client is disconnected", async || stock.subscription.is_over().then_some(()))
        .await;
    assert_eq!(
        wait::in_time("the other one learns the end", aware.log_heads.recv()).await,
        Some((room, 11_000))
    );
    log.append_elsewhere(&ada, room, "now").await;
    let mut arrived = Vec::new();
    while arrived.last() != Some(&11_001) {
        arrived.push(aware.next().await.1);
    }
    assert!(arrived.len() < 1_000, "it was not sent everything");
    assert!(arrived.windows(2).all(|pair| pair[0] < pair[1]), "in order");
    while let Ok((_, seq, _)) = stock.arrived.try_recv() {
        assert!(seq <= 100, "it was not skipped");
    }
}
