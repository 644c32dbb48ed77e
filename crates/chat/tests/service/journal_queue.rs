//! The queue of the journal: messages that wait, whose share they take, and batches.

use std::net::IpAddr;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde_json::json;
use testkit::faulty::Faults;
use testkit::socket_io::Received;

use crate::app::{App, code, message};

#[tokio::test]
async fn a_full_queue_refuses_instead_of_growing() {
    let faults = Faults::default();
    let app = App::start_with(|config| config.journal_queue = 32, |stores| faults.wrap(stores)).await;
    let ada = app.person("ada").await;
    let mut client = app.socket(&ada).await;
    let held = faults.hold_appends().await;
    for number in 0..20 {
        client.emit("chat message", &message("hello", &format!("a-{number}"))).await;
    }
    let refused = loop {
        if let Received::Ack(_, answer) = client.receive().await {
            break answer;
        }
    };
    assert_eq!(code(&refused), "overloaded");
    assert!(refused["retry_after_ms"].is_u64());
    drop(held);
    let mut stored = 0;
    for _ in 0..19 {
        if let Received::Ack(_, answer) = client.receive().await {
            stored += usize::from(answer["ok"] == json!(true));
        }
    }
    assert!((4..=19).contains(&stored), "what was accepted is stored: {stored}");
    assert_eq!(app.texts().await.len(), stored);
}

/// A user or a network fills its share of the queue, and not that of others.
#[tokio::test]
async fn a_full_share_of_the_queue_does_not_concern_others() {
    let faults = Faults::default();
    let app = App::start_with(|config| config.journal_queue = 16, |stores| faults.wrap(stores)).await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let (mut adas, mut graces) = (app.socket(&ada).await, app.socket(&grace).await);
    let held = faults.hold_appends().await;
    for number in 0..20 {
        adas.emit("chat message", &message("hello", &format!("a-{number}"))).await;
    }
    let Received::Ack(_, refused) = adas.receive().await else { panic!("an ack was expected") };
    assert_eq!(code(&refused), "overloaded");
    let same_network = graces.emit_with_ack("chat message", &message("hello", "g-1")).await;
    assert_eq!(code(&same_network), "overloaded");
    let elsewhere = reqwest::Client::builder().local_address(IpAddr::from([127, 0, 0, 9])).build().unwrap();
    let post = || elsewhere.post(format!("{}/messages", app.url)).bearer_auth(&grace.token);
    // A share is two messages: two wait, and the third is refused at once.
    let mut posts: FuturesUnordered<_> =
        (0..3).map(|_| post().json(&json!({"text": "from another network"})).send()).collect();
    assert_eq!(posts.next().await.unwrap().unwrap().status(), 503);
    drop(held);
    let stored: Vec<_> = posts.map(|answer| answer.unwrap().status().as_u16()).collect().await;
    assert_eq!(stored, [201, 201]);
}

#[tokio::test]
async fn waiting_messages_are_stored_in_one_batch() {
    let faults = Faults::default();
    let app = App::start_with(|_| {}, |stores| faults.wrap(stores)).await;
    let ada = app.person("ada").await;
    let mut client = app.socket(&ada).await;
    let held = faults.hold_appends().await;
    for number in 0..300 {
        client.emit("chat message", &message("hello", &format!("a-{number}"))).await;
    }
    assert_eq!(
        code(&client.emit_with_ack("nonsense", &[]).await),
        "invalid",
        "the server has read everything before it"
    );
    drop(held);
    for _ in 0..300 {
        client.receive().await;
    }
    assert!(faults.appends() <= 4, "{} appends", faults.appends());
}
