//! `typing`: who is typing, and when it ends.

use serde_json::json;
use testkit::socket_io::Polling;
use testkit::wait::until;

use crate::app::App;
use crate::watcher::{names, watcher};

#[tokio::test]
async fn typing_is_announced_and_ends_with_the_message() {
    let app = App::start().await;
    let mut ada = watcher(&app, "ada").await;
    let grace = app.person("grace").await;
    let mut graces = app.socket(&grace).await;
    graces.emit_with_ack("typing", &[json!({"room": "lobby"})]).await;
    let typing = ada.next("typing").await;
    assert_eq!((&typing["room"], names(&typing["users"])), (&json!("lobby"), vec!["GRACE".to_owned()]));
    graces.send("hello").await;
    assert_eq!(ada.next("typing").await, json!({"room": "lobby", "users": []}));
    graces.emit_with_ack("typing", &[]).await;
    assert_eq!(names(&ada.next("typing").await["users"]), ["GRACE"]);
    let post = reqwest::Client::new().post(format!("{}/messages", app.url)).bearer_auth(&grace.token);
    assert_eq!(post.json(&json!({"text": "by curl"})).send().await.unwrap().status(), 201);
    assert_eq!(
        ada.client.emit_with_ack("watch", &[]).await["typing"],
        json!([]),
        "long before it would end by itself"
    );
}

#[tokio::test]
async fn typing_ends_by_itself() {
    let app = App::start().await;
    let mut ada = watcher(&app, "ada").await;
    let grace = app.person("grace").await;
    let mut graces = app.socket(&grace).await;
    graces.emit_with_ack("typing", &[]).await;
    assert_eq!(names(&ada.next("typing").await["users"]), ["GRACE"]);
    assert_eq!(ada.next("typing").await["users"], json!([]));
}

#[tokio::test]
async fn a_message_in_the_same_packet_ends_the_typing_before_it() {
    let app = App::start().await;
    let mut ada = watcher(&app, "ada").await;
    let grace = app.person("grace").await;
    let graces = Polling::connect(&app.url, &grace.token).await;
    for round in 0..20 {
        let both = format!("42[\"typing\"]\u{1e}42[\"chat message\",\"{round}\"]");
        graces.send_packet(&both).await;
    }
    until("all messages are stored", async || {
        let page = ada.client.emit_with_ack("history", &[]).await;
        (page["last_seq"] == json!(20)).then_some(())
    })
    .await;
    assert_eq!(
        ada.client.emit_with_ack("watch", &[]).await["typing"],
        json!([]),
        "long before it would end by itself"
    );
}
