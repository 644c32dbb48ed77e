//! What waits for a client that takes nothing, over each transport, is bounded in bytes.

use serde_json::json;
use testkit::socket_io::{Client, Polling};
use testkit::wait;

use crate::app::{App, Person};
use crate::disconnects::is_let_in;

/// Sends the longest texts until the only permit of a person whose client takes nothing is free again: far fewer than the
/// packets that the library has room for.
async fn flood_until_gone(app: &App, sender: &Person, stalled: &Person) {
    const ENOUGH_MESSAGES: usize = 1_000;
    let (text, mut sending) = ("\u{1f600}".repeat(4_000), app.socket(sender).await);
    assert!(!is_let_in(app, stalled).await, "it is connected");
    for _ in 0..ENOUGH_MESSAGES {
        sending.send(&text).await;
    }
    let again = async || is_let_in(app, stalled).await.then_some(());
    wait::until("the stalled client is disconnected", again).await;
}

#[tokio::test]
async fn what_waits_for_a_client_is_bounded_in_bytes_over_every_transport() {
    for options in [json!({}), json!({"batch": true}), json!({"tip": true})] {
        let app = App::start_with(|config| config.max_sockets_per_user = 1, |stores| stores).await;
        let (ada, grace, hedy) =
            (app.person("ada").await, app.person("grace").await, app.person("hedy").await);
        let auth = |person: &Person| {
            let mut auth = options.clone();
            auth["token"] = json!(person.token);
            auth
        };
        let _polls_no_more = Polling::connect_with(&app.url, auth(&grace)).await;
        let _reads_no_more = Client::connect_with(&app.url, auth(&hedy)).await;
        flood_until_gone(&app, &ada, &grace).await;
        wait::until("so is the websocket", async || is_let_in(&app, &hedy).await.then_some(())).await;
    }
}

#[tokio::test]
async fn answers_that_a_polling_client_does_not_fetch_are_bounded_in_bytes() {
    let app = App::start_with(|config| config.max_sockets_per_user = 1, |stores| stores).await;
    let ada = app.person("ada").await;
    let (mut polling, text) =
        (Polling::connect(&app.url, &ada.token).await, json!("\u{1f600}".repeat(4_000)));
    for _ in 0..400 {
        polling.emit("chat message", &text).await;
    }
    wait::until("it is disconnected", async || is_let_in(&app, &ada).await.then_some(())).await;
    assert!(app.texts().await.len() < 400, "what it sends afterwards is not stored");
}
