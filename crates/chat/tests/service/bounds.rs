//! What a client can make the server hold: idle transports, frames, attachments, reads and their answers.

use std::time::Duration;

use serde_json::json;
use testkit::faulty::Faults;
use testkit::socket_io::{Client, Polling, Received};
use testkit::wait;

use crate::app::{App, code};

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
        let Received::Ack(_, refused) = client.receive().await else {
            panic!("an acknowledgement was expected")
        };
        assert_eq!(code(&refused), "overloaded");
        assert!(refused["retry_after_ms"].is_u64());
    }
    drop(held);
    for _ in 0..4 {
        assert!(matches!(client.receive().await, Received::Ack(_, answer) if answer["ok"] == json!(true)));
    }
}

#[tokio::test]
async fn a_read_without_an_acknowledgement_is_not_made() {
    let faults = Faults::default();
    let app = App::start_with(|_| {}, |stores| faults.wrap(stores)).await;
    let ada = app.person("ada").await;
    let mut client = app.socket(&ada).await;
    let held = faults.hold_reads().await;
    for _ in 0..20 {
        client.send_packet(r#"42["history",{"limit":100}]"#).await;
    }
    client.emit("history", &[]).await;
    // Answered in this order: the one before is under way.
    assert_eq!(code(&client.emit_with_ack("typing", &[json!({"room": 7})]).await), "invalid");
    drop(held);
    assert!(matches!(client.receive().await, Received::Ack(_, answer) if answer["ok"] == json!(true)));
}

#[tokio::test]
async fn answers_that_a_client_does_not_read_are_bounded() {
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
    let (mut answers, mut filled) = (0, 0);
    while answers < 150 {
        // The last messages may be delivered only now.
        let Received::Ack(_, answer) = client.receive().await else { continue };
        answers += 1;
        filled += usize::from(answer["ok"] == json!(true));
    }
    assert!(filled < 100, "{filled} answers of 256 KiB were held");
    let again = testkit::wait::until("it may read again", async || {
        let answer = client.emit_with_ack("history", &[]).await;
        (answer["ok"] == json!(true)).then_some(answer)
    });
    assert_eq!(again.await["last_seq"], json!(100));
}

#[tokio::test]
async fn reads_without_an_acknowledgement_do_not_count() {
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
    wait::until("they do not count against the client", async || {
        (client.emit_with_ack("history", &[json!({"limit": 1})]).await["ok"] == json!(true)).then_some(())
    })
    .await;
}
