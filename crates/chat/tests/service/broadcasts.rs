//! Entries reach every socket once and in order, however they come in and whatever carries the socket.

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use testkit::socket_io::{Polling, Received};
use testkit::wait;
use tokio_tungstenite::tungstenite::Message;

use crate::app::App;

/// Messages of the burst. The kernel's and the library's buffers hold a fraction of them.
const BURST: usize = 3_000;
const TEXT_BYTES: usize = 300;
const READERS: usize = 10;
/// Two messages of as many as a text may have fit into one answer of the library to a poll.
const LARGE_CHARACTER: &str = "\u{1f600}";
/// More of them than one answer has room for.
const MANY_LARGE: u64 = 60;

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_reaches_every_reader_and_its_sender_gets_every_acknowledgement() {
    let app = App::start().await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let mut readers = Vec::new();
    for _ in 0..READERS {
        readers.push(app.socket(&grace).await.receive_in_background());
    }
    let texts = (0..BURST).map(|number| format!("{number:0TEXT_BYTES$}"));
    let acknowledged = app.socket(&ada).await.burst("chat message", texts).await;
    let stored: Vec<_> = acknowledged.iter().map(|answer| answer["message"]["seq"].as_u64()).collect();
    assert_eq!(stored, (1..=BURST as u64).map(Some).collect::<Vec<_>>());
    for mut reader in readers {
        let mut seqs = Vec::new();
        while seqs.len() < BURST {
            let received = wait::in_time("a reader gets the next message", reader.recv()).await;
            seqs.extend(received.as_ref().and_then(seq));
            assert_ne!(received, Some(Received::Closed), "after {} messages", seqs.len());
        }
        assert_eq!(seqs, (1..=BURST as u64).collect::<Vec<_>>());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upgrade_amid_traffic_loses_doubles_and_reorders_nothing() {
    const MESSAGES: u64 = 400;
    let app = App::start().await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let mut sending = app.socket(&ada).await;
    let mut readers = Vec::new();
    for reader in 0..8 {
        let polling = Polling::connect(&app.url, &grace.token).await;
        // Each upgrades at another time.
        readers.push(tokio::spawn(read_and_upgrade(polling, reader * 30, MESSAGES)));
    }
    for number in 0..MESSAGES {
        sending.send(&number.to_string()).await;
    }
    for reader in readers {
        assert_eq!(reader.await.unwrap(), (1..=MESSAGES).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn an_upgrade_loses_nothing_that_did_not_fit_into_a_poll() {
    for (messages, polls_during_it) in [(5, true), (5, false), (MANY_LARGE, true)] {
        let app = App::start().await;
        let (ada, grace) = (app.person("ada").await, app.person("grace").await);
        let (mut sending, large) = (app.socket(&ada).await, LARGE_CHARACTER.repeat(4_000));
        let mut polling = Polling::connect(&app.url, &grace.token).await;
        for _ in 0..messages {
            sending.send(&large).await;
        }
        let mut seqs = Vec::from_iter(seq(&polling.receive().await));
        let upgrade = async {
            if polls_during_it { polling.upgrade().await } else { polling.upgrade_without_polls().await }
        };
        let (before, mut websocket) = wait::in_time("it is upgraded", upgrade).await;
        seqs.extend(before.iter().filter_map(seq));
        let last = sending.send("after the upgrade").await["seq"].as_u64();
        while seqs.last().copied() != last {
            let received = websocket.receive().await;
            assert_ne!(received, Received::Closed, "after {seqs:?}");
            seqs.extend(seq(&received));
        }
        assert_eq!(seqs, (1..=messages + 1).collect::<Vec<_>>(), "polls during it: {polls_during_it}");
    }
}

#[tokio::test]
async fn a_session_that_is_not_polled_before_its_upgrade_goes_on_polling() {
    let app = App::start().await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let (mut sending, large) = (app.socket(&ada).await, LARGE_CHARACTER.repeat(4_000));
    let mut polling = Polling::connect(&app.url, &grace.token).await;
    for _ in 0..MANY_LARGE {
        sending.send(&large).await;
    }
    let mut seqs = Vec::from_iter(seq(&polling.receive().await));
    let mut websocket = polling.probe().await;
    assert_eq!(wait::in_time("the websocket ends", websocket.receive()).await, Received::Closed);
    while seqs.last() < Some(&MANY_LARGE) {
        let received = polling.receive().await;
        assert_ne!(received, Received::Closed, "after {seqs:?}");
        seqs.extend(seq(&received));
    }
    assert_eq!(seqs, (1..=MANY_LARGE).collect::<Vec<_>>());
}

/// Receives over polling up to a message, then over a websocket up to another. Returns the numbers of all of them.
async fn read_and_upgrade(mut polling: Polling, upgrade_after: u64, last: u64) -> Vec<u64> {
    let mut seqs = Vec::new();
    while seqs.last().unwrap_or(&0) < &upgrade_after {
        seqs.extend(seq(&polling.receive().await));
    }
    let (before, mut websocket) = polling.upgrade().await;
    seqs.extend(before.iter().filter_map(seq));
    while seqs.last().unwrap_or(&0) < &last {
        let received = websocket.receive().await;
        assert!(seq(&received).is_some(), "only messages are sent to it: {received:?}");
        seqs.extend(seq(&received));
    }
    seqs
}

#[tokio::test]
async fn a_second_connect_over_one_websocket_misses_nothing_and_shows_no_fence() {
    let app = App::start().await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let (mut sending, mut client) = (app.socket(&ada).await, app.socket(&grace).await);
    for number in 1..=20 {
        client.send_packet("41").await;
        client.send_packet(&format!("40{}", json!({"token": grace.token}))).await;
        sending.send(&number.to_string()).await;
        while client.receive().await != Received::Connected {}
        let entry = sending.send("after the answer").await;
        loop {
            let received = client.receive().await;
            assert!(seq(&received).is_some(), "only messages are sent to it: {received:?}");
            if seq(&received) == entry["seq"].as_u64() {
                break;
            }
        }
    }
}

#[tokio::test]
async fn every_event_is_answered_however_many_come_at_once() {
    let app = App::start().await;
    let mut client = app.socket(&app.person("ada").await).await;
    let answers = client.burst("nonsense", (0..5_000).map(|_| String::new())).await;
    assert!(answers.iter().all(|answer| answer["code"] == json!("invalid")));
}

#[tokio::test]
async fn an_upgrade_that_fails_ends_its_session() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let polling = Polling::connect(&app.url, &ada.token).await;
    let url = format!("{}/socket.io/?EIO=4&transport=websocket&sid={}", app.url, polling.sid());
    let (mut websocket, _) = tokio_tungstenite::connect_async(url.replacen("http", "ws", 1)).await.unwrap();
    websocket.send(Message::text("2probe")).await.unwrap();
    assert_eq!(websocket.next().await.unwrap().unwrap(), Message::text("3probe"));
    // The client goes away before it completes the upgrade: the library would answer its polls with nothing, for ever.
    drop(websocket);
    wait::until("the session is over", async || polling.poll().await.is_none().then_some(())).await;
}

fn seq(received: &Received) -> Option<u64> {
    match received {
        Received::Event(name, arguments) if name == "chat message" => arguments[1]["seq"].as_u64(),
        _ => None,
    }
}
