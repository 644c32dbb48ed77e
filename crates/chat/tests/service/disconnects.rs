//! How a socket ends: its session is over, or its client does not read.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use store::{RoomId, SessionEnd, Timestamp};
use testkit::socket_io::{Client, Polling, Received};
use testkit::wait;
use tokio_tungstenite::tungstenite::Message;
use web::now_secs;

use crate::app::{App, Person};

/// A revoked session is closed within a second; this allows for a busy machine.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(3);
/// Number of messages in a flood: 20 MB, while buffers hold at most 10.
const FLOOD_MESSAGES: usize = 2_500;
/// Number of messages that fill the kernel's buffers, but not what a socket may be behind: 3 MB.
pub(crate) const FILLING_MESSAGES: usize = 400;

async fn sign_out(app: &App, person: &Person) {
    let end = SessionEnd { sid: person.claims.sid, until: Timestamp::now().plus_millis(60_000) };
    app.stores.tokens.sign_out(person.user.id, end).await.unwrap();
}

/// Sends more of the longest messages than the buffers between the server and a client can hold.
async fn flood(client: &mut Client, messages: usize) {
    let text = json!("x".repeat(4_000));
    for _ in 0..messages / 100 {
        for _ in 0..100 {
            client.emit("chat message", std::slice::from_ref(&text)).await;
        }
        let mut acknowledged = 0;
        while acknowledged < 100 {
            acknowledged += usize::from(matches!(client.receive().await, Received::Ack(..)));
        }
    }
}

#[tokio::test]
async fn a_session_that_ends_takes_its_websocket_with_it_and_no_other() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let other_session = app.session(&ada.user, |_| {});
    let (mut over, mut stays) = (app.socket(&ada).await, app.socket(&other_session).await);
    sign_out(&app, &ada).await;
    let received = wait::within(CLOSE_TIMEOUT, "the websocket is closed", over.until_closed()).await;
    assert!(received.contains(&Received::Disconnected), "a stock client does not reconnect: {received:?}");
    stays.send("still here").await;
}

#[tokio::test]
async fn a_session_that_ends_takes_its_polling_with_it() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let mut polling = Polling::connect(&app.url, &ada.token).await;
    sign_out(&app, &ada).await;
    assert_eq!(
        wait::within(CLOSE_TIMEOUT, "the poll is answered", polling.receive()).await,
        Received::Disconnected
    );
    assert_eq!(polling.receive().await, Received::Closed, "no further poll is answered");
    assert_ne!(
        polling.send_packet("42[\"chat message\",\"late\"]").await.map(|status| status.as_u16()),
        Some(200)
    );
    assert_eq!(app.texts().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_second_connect_does_not_reopen_an_ended_session() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let other_session = app.session(&ada.user, |_| {});
    let mut client = app.socket(&ada).await;
    sign_out(&app, &ada).await;
    while client.receive().await != Received::Disconnected {}
    // Even with a token that is good: over this connection nothing goes on.
    client.send_packet(&format!("40{}", json!({"token": other_session.token}))).await;
    client.send_packet("42[\"chat message\",\"late\"]").await;
    let received = wait::within(CLOSE_TIMEOUT, "the websocket is closed", client.until_closed()).await;
    assert!(!received.contains(&Received::Connected), "{received:?}");
    assert_eq!(app.texts().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_deleted_user_is_disconnected() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let mut client = app.socket(&ada).await;
    store::deletion::delete_user(&app.stores, ada.user.id).await.unwrap();
    wait::within(CLOSE_TIMEOUT, "the websocket is closed", client.until_closed()).await;
}

#[tokio::test]
async fn a_token_that_expires_ends_its_socket() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let brief = app.session(&ada.user, |claims| claims.exp = now_secs() + 1);
    let mut client = app.socket(&brief).await;
    let received =
        wait::within(Duration::from_secs(6), "the websocket is closed", client.until_closed()).await;
    assert!(received.contains(&Received::Disconnected), "{received:?}");
}

#[tokio::test]
async fn a_stalled_reader_is_disconnected_and_delays_nobody() {
    let app = App::start().await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let (mut sending, mut stalled) = (app.socket(&ada).await, app.socket(&grace).await);
    flood(&mut sending, FLOOD_MESSAGES).await;
    let received = wait::in_time("the stalled reader is disconnected", stalled.until_closed()).await;
    let seqs: Vec<u64> = received.iter().filter_map(seq).collect();
    assert!(
        seqs.len() < FLOOD_MESSAGES && !received.contains(&Received::Disconnected),
        "it is disconnected and may reconnect"
    );
    assert_eq!(seqs, (1..=seqs.len() as u64).collect::<Vec<_>>(), "and what it received has no gap");
    let mut back = app.socket(&grace).await;
    let missed = back.emit_with_ack("history", &[json!({"after": seqs.len(), "limit": 1})]).await;
    assert_eq!(missed["messages"][0]["seq"], json!(seqs.len() + 1), "it catches up by seq");
}

#[tokio::test]
async fn a_full_buffer_does_not_keep_an_ended_session_open() {
    let app = App::start_with(|config| config.max_sockets_per_user = 1, |stores| stores).await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let other_session = app.session(&grace.user, |_| {});
    let mut sending = app.socket(&ada).await;
    let auth = json!({"token": grace.token, "tip": true});
    let _stalled = Client::connect_with(&app.url, auth).await;
    flood(&mut sending, FILLING_MESSAGES).await;
    assert!(!is_let_in(&app, &other_session).await, "it is behind, and still connected");
    sign_out(&app, &grace).await;
    // It never reads, but its only permit is free at once.
    let again = wait::until_within(CLOSE_TIMEOUT, "the permit is free", async || {
        is_let_in(&app, &other_session).await.then_some(())
    });
    again.await;
}

#[tokio::test]
async fn a_client_that_reads_no_answers_is_not_kept_after_its_session() {
    /// More than may be unanswered, and than the kernel's buffers have room for answers to.
    const STORED: u64 = 750;
    let app = App::start_with(|config| config.max_sockets = 1, |stores| stores).await;
    let grace = app.person("grace").await;
    let other_session = app.session(&grace.user, |_| {});
    let mut stalled = app.socket(&grace).await;
    let text = json!("x".repeat(4_000));
    // It waits when the server reads no more.
    let sending = tokio::spawn(async move {
        loop {
            stalled.emit("chat message", std::slice::from_ref(&text)).await;
        }
    });
    let stored = async || {
        (app.stores.log.last_seqs(&[RoomId::LOBBY]).await.unwrap()[&RoomId::LOBBY] >= STORED).then_some(())
    };
    wait::until("the answers that are not read stop the server from reading", stored).await;
    sign_out(&app, &grace).await;
    let again = wait::until_within(CLOSE_TIMEOUT, "the session is gone", async || {
        is_let_in(&app, &other_session).await.then_some(())
    });
    again.await;
    sending.abort();
}

/// Whether a new socket of a person is let in.
pub(crate) async fn is_let_in(app: &App, person: &Person) -> bool {
    let Ok(mut client) = Client::open(&app.url, "", &[]).await else { return false };
    client.send_packet(&format!("40{}", json!({"token": person.token}))).await;
    client.receive().await == Received::Connected
}

fn seq(received: &Received) -> Option<u64> {
    match received {
        Received::Event(name, arguments) if name == "chat message" => arguments[1]["seq"].as_u64(),
        _ => None,
    }
}

#[tokio::test]
async fn a_transport_in_an_unusual_spelling_ends_with_its_session() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let mut client = Client::open(&app.url, "=x", &[]).await.unwrap();
    client.send_packet(&format!("40{}", json!({"token": ada.token}))).await;
    assert_eq!(client.receive().await, Received::Connected);
    sign_out(&app, &ada).await;
    wait::within(CLOSE_TIMEOUT, "the websocket is closed", client.until_closed()).await;
}

#[tokio::test]
async fn a_second_upgrade_does_not_hide_the_first() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let polling = Polling::connect(&app.url, &ada.token).await;
    let upgraded = format!("{}/socket.io/?EIO=4&transport=websocket&sid={}", app.url, polling.sid());
    let upgraded = upgraded.replacen("http", "ws", 1);
    let (mut first, _) = tokio_tungstenite::connect_async(&upgraded).await.unwrap();
    first.send(Message::text("2probe")).await.unwrap();
    assert_eq!(first.next().await.unwrap().unwrap(), Message::text("3probe"));
    first.send(Message::text("5")).await.unwrap();
    let _second = tokio_tungstenite::connect_async(&upgraded).await;
    sign_out(&app, &ada).await;
    let ended = async { while let Some(Ok(_)) = first.next().await {} };
    wait::within(CLOSE_TIMEOUT, "the first websocket is closed", ended).await;
}
