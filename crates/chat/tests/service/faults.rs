//! Faults of the store (away, full, slow, unknown outcomes), and the stop of the server.

use serde_json::{Value, json};
use testkit::socket_io::Polling;
use testkit::socket_io::Received;
use testkit::wait;

use crate::app::{App, code, message};
use testkit::faulty::{AppendFault, Faults};

async fn app_with(faults: &Faults) -> App {
    App::start_with(|_| {}, |stores| faults.wrap(stores)).await
}

#[tokio::test]
async fn with_a_full_disk_sends_are_refused_and_reads_go_on() {
    let faults = Faults::default();
    faults.set_append_fault(AppendFault::NotStored);
    let app = app_with(&faults).await;
    let ada = app.person("ada").await;
    app.append_elsewhere(&ada, "before").await;
    let mut client = app.socket(&ada).await;
    let refused = client.emit_with_ack("chat message", &message("hello", "a-1")).await;
    assert_eq!(code(&refused), "unavailable");
    assert!(refused["retry_after_ms"].is_u64(), "{refused}");
    let posted = reqwest::Client::new()
        .post(format!("{}/messages", app.url))
        .bearer_auth(&ada.token)
        .json(&json!({"text": "hello"}))
        .send()
        .await
        .unwrap();
    assert_eq!(posted.status(), 503);
    assert!(posted.headers().contains_key("retry-after"));
    assert_eq!(client.emit_with_ack("history", &[]).await["messages"][0]["text"], json!("before"));
    faults.set_append_fault(AppendFault::None);
    assert_eq!(
        client.emit_with_ack("chat message", &message("hello", "a-1")).await["message"]["seq"],
        json!(2)
    );
}

#[tokio::test]
async fn an_unknown_outcome_is_reported_and_settled_by_a_resend() {
    let faults = Faults::default();
    faults.set_append_fault(AppendFault::Unknown);
    let app = app_with(&faults).await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let (mut sending, mut receiving) = (app.socket(&ada).await, app.socket(&grace).await);
    let unknown = sending.emit_with_ack("chat message", &message("hello", "a-1")).await;
    assert_eq!(code(&unknown), "unknown_outcome");
    assert!(unknown["retry_after_ms"].is_u64(), "the same id may be sent again");
    let nameless = sending.emit_with_ack("chat message", &[json!("nameless")]).await;
    assert_eq!((code(&nameless), nameless.get("retry_after_ms")), ("unknown_outcome", None));
    assert_eq!(receiving.next_message().await.0, "ada : hello", "it is stored, so it is delivered");
    assert_eq!(receiving.next_message().await.0, "ada : nameless");
    faults.set_append_fault(AppendFault::None);
    assert_eq!(
        sending.emit_with_ack("chat message", &message("hello", "a-1")).await["message"]["seq"],
        json!(1)
    );
    assert_eq!(sending.try_receive().await, None, "the sending socket is left out nevertheless");
}

#[tokio::test]
async fn a_resend_before_the_delivery_does_not_come_back_to_its_sender() {
    let faults = Faults::default();
    faults.set_append_fault(AppendFault::Unknown);
    let app = app_with(&faults).await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let (mut sending, mut receiving) = (app.socket(&ada).await, app.socket(&grace).await);
    for number in 0..20 {
        let resent = message("hello", &format!("a-{number}"));
        faults.set_append_fault(AppendFault::Unknown);
        assert_eq!(code(&sending.emit_with_ack("chat message", &resent).await), "unknown_outcome");
        faults.set_append_fault(AppendFault::None);
        assert_eq!(sending.emit_with_ack("chat message", &resent).await["message"]["seq"], json!(number + 1));
        assert_eq!(receiving.next_message().await.1["seq"], json!(number + 1), "once, and in order");
    }
    receiving.send("the end").await;
    assert_eq!(sending.next_message().await.0, "grace : the end", "none of its own messages came before");
}

#[tokio::test]
async fn a_request_that_waits_too_long_ends_with_an_unknown_outcome() {
    let faults = Faults::default();
    let handler_timeout = std::time::Duration::from_secs(4);
    let app = App::start_with(
        |config| config.shared.timers.handler = handler_timeout,
        |stores| faults.wrap(stores),
    )
    .await;
    let ada = app.person("ada").await;
    let held = faults.hold_appends().await;
    let post = async |body: Value| {
        let request = reqwest::Client::new().post(format!("{}/messages", app.url)).bearer_auth(&ada.token);
        request.json(&body).send().await.unwrap()
    };
    let named = post(json!({"text": "hello", "id": "a-1"})).await;
    assert_eq!((named.status().as_u16(), named.headers().contains_key("retry-after")), (503, true));
    assert_eq!(named.json::<Value>().await.unwrap()["code"], json!("unknown_outcome"));
    let nameless = post(json!({"text": "hello"})).await;
    assert_eq!((nameless.status().as_u16(), nameless.headers().contains_key("retry-after")), (503, false));
    drop(held);
    let settled = wait::until("it is settled by a resend", async || {
        let answer = post(json!({"text": "hello", "id": "a-1"})).await;
        (answer.status() == 200).then_some(answer)
    });
    assert_eq!(settled.await.json::<Value>().await.unwrap()["seq"], json!(1));
}

#[tokio::test]
async fn a_client_that_polls_gets_its_last_acknowledgements_before_a_stop() {
    let mut app = App::start().await;
    let ada = app.person("ada").await;
    let mut polling = Polling::connect(&app.url, &ada.token).await;
    for number in 0..20 {
        polling.emit("chat message", &json!(format!("message {number}"))).await;
    }
    app.begin_stop();
    let mut acknowledged = 0;
    while acknowledged < 20 {
        match polling.receive().await {
            Received::Ack(_, answer) => acknowledged += usize::from(answer["ok"] == json!(true)),
            other => panic!("an acknowledgement was expected, not {other:?}"),
        }
    }
    app.stopped().await;
    assert_eq!(app.texts().await.len(), 20);
}

#[tokio::test]
async fn with_a_stale_cache_the_store_is_asked_before_anything_is_stored() {
    let faults = Faults::default();
    let app = App::start_with(|_| {}, |stores| faults.wrap(stores)).await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let (mut good, mut revoked) = (app.socket(&ada).await, app.socket(&grace).await);
    faults.set_poll_unavailable(true);
    wait::until("the cache is stale", async || {
        good.send("still good").await;
        let sessions = app.stores.tokens.sign_out_everywhere(grace.user.id).await;
        assert!(sessions.is_ok());
        let answer = revoked.emit_with_ack("chat message", &[json!("revoked")]).await;
        (answer["code"] == json!("signed_out")).then_some(())
    })
    .await;
    good.send("the end").await;
}

#[tokio::test]
async fn a_session_of_unknown_status_sends_nothing() {
    let faults = Faults::default();
    let app = App::start_with(|_| {}, |stores| faults.wrap(stores)).await;
    let ada = app.person("ada").await;
    let mut client = app.socket(&ada).await;
    faults.set_users_unavailable(true);
    let refused = wait::until("the cache is stale", async || {
        let answer = client.emit_with_ack("chat message", &[json!("hello")]).await;
        (answer["ok"] == json!(false)).then_some(answer)
    })
    .await;
    assert_eq!(code(&refused), "unavailable");
    assert!(refused["retry_after_ms"].is_u64());
    assert_eq!(code(&client.emit_with_ack("history", &[]).await), "unavailable");
    faults.set_users_unavailable(false);
    client.send("again").await;
}

#[tokio::test]
async fn accepted_messages_are_stored_and_acknowledged_before_a_stop() {
    let faults = Faults::default();
    let mut app = app_with(&faults).await;
    let ada = app.person("ada").await;
    let mut client = app.socket(&ada).await;
    let held = faults.hold_appends().await;
    for number in 0..100 {
        client.emit("chat message", &message("hello", &format!("a-{number}"))).await;
    }
    assert_eq!(
        code(&client.emit_with_ack("nonsense", &[]).await),
        "invalid",
        "the server has read everything before it"
    );
    app.begin_stop();
    let late = client.emit_with_ack("chat message", &[json!("late")]).await;
    assert_eq!(code(&late), "unavailable");
    drop(held);
    let received = client.until_closed().await;
    let stored = received
        .iter()
        .filter(|received| matches!(received, Received::Ack(_, answer) if answer["ok"] == json!(true)));
    assert_eq!(stored.count(), 100, "{received:?}");
    assert!(!received.contains(&Received::Disconnected), "a stock client comes back");
    app.stopped().await;
    assert_eq!(app.texts().await.len(), 100);
}
