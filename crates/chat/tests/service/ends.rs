//! How a socket ends: kick, cut, and what may not be held.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use store::{SessionEnd, Timestamp};
use testkit::socket_io::Polling;
use testkit::socket_io::{Client, Received};
use testkit::wait;
use tokio_tungstenite::tungstenite::Message;
use web::now_secs;

use crate::app::{App, Person, code};
use testkit::faulty::Faults;

/// A revoked session is gone within a second; a busy machine is given a little more.
const SOON: Duration = Duration::from_secs(3);
/// Messages of a flood: 20 MB, when buffers hold 15 at most.
const FLOOD: usize = 2_500;

async fn sign_out(app: &App, person: &Person) {
    let end = SessionEnd { sid: person.claims.sid, until: Timestamp::now().plus_millis(60_000) };
    app.stores.tokens.sign_out(person.user.id, end).await.unwrap();
}

/// Sends the longest messages, so many that the buffers between here and a client cannot hold them.
async fn flood(client: &mut Client) {
    let text = json!("x".repeat(4_000));
    for _ in 0..FLOOD / 100 {
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
    let elsewhere = app.session(&ada.user, |_| {});
    let (mut over, mut stays) = (app.socket(&ada).await, app.socket(&elsewhere).await);
    sign_out(&app, &ada).await;
    let heard = wait::within(SOON, "the websocket is closed", over.until_closed()).await;
    assert!(heard.contains(&Received::Disconnected), "a stock client is told not to come back: {heard:?}");
    stays.send("still here").await;
}

#[tokio::test]
async fn a_session_that_ends_takes_its_polling_with_it() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let mut polling = Polling::connect(&app.url, &ada.token).await;
    sign_out(&app, &ada).await;
    assert_eq!(wait::within(SOON, "the poll is answered", polling.receive()).await, Received::Disconnected);
    assert_eq!(polling.receive().await, Received::Closed, "no further poll is answered");
    assert_ne!(
        polling.send_packet("42[\"chat message\",\"late\"]").await.map(|status| status.as_u16()),
        Some(200)
    );
    assert_eq!(app.texts().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_second_connect_does_not_undo_a_kick() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let elsewhere = app.session(&ada.user, |_| {});
    let mut client = app.socket(&ada).await;
    sign_out(&app, &ada).await;
    while client.receive().await != Received::Disconnected {}
    // Even with a token that is good: over this connection nothing goes on.
    client.send_packet(&format!("40{}", json!({"token": elsewhere.token}))).await;
    client.send_packet("42[\"chat message\",\"late\"]").await;
    let heard = wait::within(SOON, "the websocket is closed", client.until_closed()).await;
    assert!(!heard.contains(&Received::Connected), "{heard:?}");
    assert_eq!(app.texts().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_deleted_user_is_out() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let mut client = app.socket(&ada).await;
    store::deletion::delete_user(&app.stores, ada.user.id).await.unwrap();
    wait::within(SOON, "the websocket is closed", client.until_closed()).await;
}

#[tokio::test]
async fn a_token_that_expires_ends_its_socket() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let brief = app.session(&ada.user, |claims| claims.exp = now_secs() + 1);
    let mut client = app.socket(&brief).await;
    let heard = wait::within(Duration::from_secs(6), "the websocket is closed", client.until_closed()).await;
    assert!(heard.contains(&Received::Disconnected), "{heard:?}");
}

#[tokio::test]
async fn a_stalled_reader_is_cut_and_delays_nobody() {
    let app = App::start().await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let (mut sending, mut stalled) = (app.socket(&ada).await, app.socket(&grace).await);
    flood(&mut sending).await;
    let heard = wait::in_time("the stalled reader is cut", stalled.until_closed()).await;
    let seqs: Vec<u64> = heard.iter().filter_map(seq).collect();
    assert!(seqs.len() < FLOOD && !heard.contains(&Received::Disconnected), "it was cut, and may come back");
    assert_eq!(seqs, (1..=seqs.len() as u64).collect::<Vec<_>>(), "and what it got had no hole");
    let mut back = app.socket(&grace).await;
    let missed = back.emit_with_ack("history", &[json!({"after": seqs.len(), "limit": 1})]).await;
    assert_eq!(missed["messages"][0]["seq"], json!(seqs.len() + 1), "it catches up by seq");
}

#[tokio::test]
async fn a_kick_does_not_fail_open_on_a_full_buffer() {
    let app = App::start_with(|config| config.max_sockets_per_user = 1, |stores| stores).await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let elsewhere = app.session(&grace.user, |_| {});
    let mut sending = app.socket(&ada).await;
    let auth = json!({"token": grace.token, "tip": true});
    let _stalled = Client::connect_with(&app.url, auth).await;
    flood(&mut sending).await;
    sign_out(&app, &grace).await;
    // It never reads, and yet its only seat is free at once: sooner than a slow reader's would be.
    let again = wait::until_within(SOON, "the seat is free", async || {
        let mut client = Client::open(&app.url, "", &[]).await.unwrap();
        client.send_packet(&format!("40{}", json!({"token": elsewhere.token}))).await;
        (client.receive().await == Received::Connected).then_some(())
    });
    again.await;
}

fn seq(heard: &Received) -> Option<u64> {
    match heard {
        Received::Event(name, arguments) if name == "chat message" => arguments[1]["seq"].as_u64(),
        _ => None,
    }
}

#[tokio::test]
async fn a_transport_that_never_joins_is_closed() {
    let app = App::start().await;
    let mut silent = Client::open(&app.url, "", &[]).await.unwrap();
    let polling = Polling::open(&app.url).await;
    wait::within(Duration::from_secs(12), "the silent websocket is closed", silent.until_closed()).await;
    wait::until("the silent session is closed", async || polling.poll().await.is_none().then_some(())).await;
}

#[tokio::test]
async fn a_transport_that_leaves_the_namespace_is_closed() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let mut client = app.socket(&ada).await;
    client.send_packet("41").await;
    wait::within(Duration::from_secs(12), "the websocket is closed", client.until_closed()).await;
}

#[tokio::test]
async fn huge_frames_and_attachments_are_not_held() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let mut huge = app.socket(&ada).await;
    huge.send_packet(&format!("42[\"chat message\",\"{}\"]", "x".repeat(1 << 20))).await;
    wait::in_time("the sender of a huge frame is closed", huge.until_closed()).await;
    let mut attaching = app.socket(&ada).await;
    attaching.send_packet("4510000-[\"chat message\",{\"_placeholder\":true,\"num\":0}]").await;
    attaching.send_binary(vec![0; 16]).await;
    wait::in_time("the sender of attachments is closed", attaching.until_closed()).await;
    assert_eq!(app.texts().await, Vec::<String>::new());
}

#[tokio::test]
async fn too_many_reads_at_once_are_refused_not_queued() {
    let faults = Faults::default();
    let app = App::start_with(|_| {}, |stores| faults.wrap(stores)).await;
    let ada = app.person("ada").await;
    let mut client = app.socket(&ada).await;
    let held = faults.hold_reads().await;
    for _ in 0..50 {
        client.emit("history", &[]).await;
    }
    for _ in 0..46 {
        let Received::Ack(_, refused) = client.receive().await else { panic!("an answer was expected") };
        assert_eq!(code(&refused), "overloaded");
        assert!(refused["retry_after_ms"].is_u64());
    }
    drop(held);
    for _ in 0..4 {
        assert!(matches!(client.receive().await, Received::Ack(_, answer) if answer["ok"] == json!(true)));
    }
}

#[tokio::test]
async fn answers_that_a_client_does_not_take_are_bounded() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    for _ in 0..100 {
        app.append_elsewhere(&ada, &"🙂".repeat(4_000)).await;
    }
    let mut client = app.socket(&ada).await;
    let first = client.emit_with_ack("history", &[json!({"limit": 100})]).await;
    let in_one = first["messages"].as_array().unwrap().len();
    assert!((10..=16).contains(&in_one), "an answer holds 256 KiB of text: {in_one} messages");
    assert_eq!(first["covered_to"], json!(101 - in_one));
    for _ in 0..150 {
        client.emit("history", &[json!({"limit": 100})]).await;
    }
    let (mut answers, mut given) = (0, 0);
    while answers < 150 {
        // The last messages may be delivered only now.
        let Received::Ack(_, answer) = client.receive().await else { continue };
        answers += 1;
        given += usize::from(answer["ok"] == json!(true));
    }
    assert!(given < 100, "{given} answers of 256 KiB were held");
    let again = testkit::wait::until("it may read again", async || {
        let answer = client.emit_with_ack("history", &[]).await;
        (answer["ok"] == json!(true)).then_some(answer)
    });
    assert_eq!(again.await["last_seq"], json!(100));
}

#[tokio::test]
async fn answers_that_nobody_waits_for_count_for_nothing() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let mut client = app.socket(&ada).await;
    for _ in 0..20 {
        app.append_elsewhere(&ada, &"🙂".repeat(4_000)).await;
        client.next_message().await;
    }
    for _ in 0..40 {
        client.send_packet(r#"42["history",{"limit":100}]"#).await;
    }
    wait::until("what was never given does not count against the client", async || {
        (client.emit_with_ack("history", &[json!({"limit": 1})]).await["ok"] == json!(true)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_transport_that_only_the_library_understands_ends_like_any() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let mut client = Client::open(&app.url, "=x", &[]).await.unwrap();
    client.send_packet(&format!("40{}", json!({"token": ada.token}))).await;
    assert_eq!(client.receive().await, Received::Connected);
    sign_out(&app, &ada).await;
    wait::within(SOON, "the websocket is closed", client.until_closed()).await;
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
    wait::within(SOON, "the first websocket is closed", ended).await;
}
