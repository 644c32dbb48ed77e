//! What is promised when the store is away, full, slow or forgetful, and when the server stops.

use serde_json::{Value, json};
use testkit::socket_io::Heard;
use testkit::socket_io::polling::Polling;
use testkit::wait;

use crate::app::{App, code};
use crate::faulty::Fault;
use crate::logs::{Mood, Strings};

async fn app_with(strings: &Strings) -> App {
    App::start_with(|_| {}, |stores| strings.before(stores)).await
}

fn message(text: &str, id: &str) -> [Value; 2] {
    [json!(text), json!({"id": id})]
}

#[tokio::test]
async fn a_full_disk_answers_negatively_and_keeps_reading() {
    let strings = Strings::new(Mood::Full);
    let app = app_with(&strings).await;
    let ada = app.person("ada").await;
    app.append_elsewhere(&ada, "before").await;
    let mut client = app.socket(&ada).await;
    let refused = client.ask("chat message", &message("hello", "a-1")).await;
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
    assert_eq!(client.ask("history", &[]).await["messages"][0]["text"], json!("before"));
    strings.set(Mood::Well);
    assert_eq!(client.ask("chat message", &message("hello", "a-1")).await["message"]["seq"], json!(2));
}

#[tokio::test]
async fn an_unknown_outcome_is_told_and_settled_by_a_resend() {
    let strings = Strings::new(Mood::Forgetful);
    let app = app_with(&strings).await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let (mut sending, mut hearing) = (app.socket(&ada).await, app.socket(&grace).await);
    let unknown = sending.ask("chat message", &message("hello", "a-1")).await;
    assert_eq!(code(&unknown), "unknown_outcome");
    assert!(unknown["retry_after_ms"].is_u64(), "the same id may be sent again");
    let nameless = sending.ask("chat message", &[json!("nameless")]).await;
    assert_eq!((code(&nameless), nameless.get("retry_after_ms")), ("unknown_outcome", None));
    assert_eq!(hearing.next_message().await.0, "ada : hello", "it was stored, so it is delivered");
    assert_eq!(hearing.next_message().await.0, "ada : nameless");
    strings.set(Mood::Well);
    assert_eq!(sending.ask("chat message", &message("hello", "a-1")).await["message"]["seq"], json!(1));
    assert_eq!(sending.hear_now().await, None, "the sending socket was left out all the same");
}

#[tokio::test]
async fn a_resend_that_overtakes_its_delivery_is_not_heard_by_its_sender() {
    let strings = Strings::new(Mood::Forgetful);
    let app = app_with(&strings).await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let (mut sending, mut hearing) = (app.socket(&ada).await, app.socket(&grace).await);
    for number in 0..20 {
        let resent = message("hello", &format!("a-{number}"));
        strings.set(Mood::Forgetful);
        assert_eq!(code(&sending.ask("chat message", &resent).await), "unknown_outcome");
        strings.set(Mood::Well);
        assert_eq!(sending.ask("chat message", &resent).await["message"]["seq"], json!(number + 1));
        assert_eq!(hearing.next_message().await.1["seq"], json!(number + 1), "once, and in order");
    }
    hearing.send("the end").await;
    assert_eq!(sending.next_message().await.0, "grace : the end", "nothing of its own came before");
}

#[tokio::test]
async fn a_request_that_waits_too_long_is_told_that_the_outcome_is_unknown() {
    let strings = Strings::new(Mood::Well);
    let patience = std::time::Duration::from_secs(4);
    let app =
        App::start_with(|config| config.shared.timers.handler = patience, |stores| strings.before(stores))
            .await;
    let ada = app.person("ada").await;
    let held = strings.hold().await;
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
        match polling.hear().await {
            Heard::Ack(_, answer) => acknowledged += usize::from(answer["ok"] == json!(true)),
            other => panic!("an acknowledgement was expected, not {other:?}"),
        }
    }
    app.stopped().await;
    assert_eq!(app.texts().await.len(), 20);
}

#[tokio::test]
async fn a_full_queue_refuses_instead_of_growing() {
    let strings = Strings::new(Mood::Well);
    let app = App::start_with(|config| config.journal_queue = 4, |stores| strings.before(stores)).await;
    let ada = app.person("ada").await;
    let mut client = app.socket(&ada).await;
    let held = strings.hold().await;
    for number in 0..20 {
        client.emit("chat message", &message("hello", &format!("a-{number}"))).await;
    }
    let refused = loop {
        if let Heard::Ack(_, answer) = client.hear().await {
            break answer;
        }
    };
    assert_eq!(code(&refused), "overloaded");
    assert!(refused["retry_after_ms"].is_u64());
    drop(held);
    let mut stored = 0;
    for _ in 0..19 {
        if let Heard::Ack(_, answer) = client.hear().await {
            stored += usize::from(answer["ok"] == json!(true));
        }
    }
    assert!((4..=19).contains(&stored), "what was accepted is stored: {stored}");
    assert_eq!(app.texts().await.len(), stored);
}

#[tokio::test]
async fn many_that_wait_are_stored_in_one_go() {
    let strings = Strings::new(Mood::Well);
    let app = app_with(&strings).await;
    let ada = app.person("ada").await;
    let mut client = app.socket(&ada).await;
    let held = strings.hold().await;
    for number in 0..300 {
        client.emit("chat message", &message("hello", &format!("a-{number}"))).await;
    }
    assert_eq!(code(&client.ask("nonsense", &[]).await), "invalid", "all before it were taken in");
    drop(held);
    for _ in 0..300 {
        client.hear().await;
    }
    assert!(strings.appends() <= 4, "{} appends", strings.appends());
}

#[tokio::test]
async fn with_a_stale_cache_the_store_is_asked_before_anything_is_stored() {
    let fault = Fault::default();
    let app = App::start_with(|_| {}, |stores| fault.before(stores)).await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let (mut good, mut revoked) = (app.socket(&ada).await, app.socket(&grace).await);
    fault.poll(true);
    wait::until("the cache is stale", async || {
        good.send("still good").await;
        let sessions = app.stores.users.sign_out_everywhere(grace.user.id).await;
        assert!(sessions.is_ok());
        let answer = revoked.ask("chat message", &[json!("revoked")]).await;
        (answer["code"] == json!("signed_out")).then_some(())
    })
    .await;
    good.send("the end").await;
}

#[tokio::test]
async fn a_session_that_cannot_be_judged_sends_nothing() {
    let fault = Fault::default();
    let app = App::start_with(|_| {}, |stores| fault.before(stores)).await;
    let ada = app.person("ada").await;
    let mut client = app.socket(&ada).await;
    fault.everything(true);
    let refused = wait::until("the cache is stale", async || {
        let answer = client.ask("chat message", &[json!("hello")]).await;
        (answer["ok"] == json!(false)).then_some(answer)
    })
    .await;
    assert_eq!(code(&refused), "unavailable");
    assert!(refused["retry_after_ms"].is_u64());
    assert_eq!(code(&client.ask("history", &[]).await), "unavailable");
    fault.everything(false);
    client.send("again").await;
}

#[tokio::test]
async fn what_was_accepted_before_a_stop_is_stored_and_acknowledged() {
    let strings = Strings::new(Mood::Well);
    let mut app = app_with(&strings).await;
    let ada = app.person("ada").await;
    let mut client = app.socket(&ada).await;
    let held = strings.hold().await;
    for number in 0..100 {
        client.emit("chat message", &message("hello", &format!("a-{number}"))).await;
    }
    assert_eq!(code(&client.ask("nonsense", &[]).await), "invalid", "all before it were taken in");
    app.begin_stop();
    let late = client.ask("chat message", &[json!("late")]).await;
    assert_eq!(code(&late), "unavailable");
    drop(held);
    let heard = client.closed().await;
    let stored =
        heard.iter().filter(|heard| matches!(heard, Heard::Ack(_, answer) if answer["ok"] == json!(true)));
    assert_eq!(stored.count(), 100, "{heard:?}");
    assert!(!heard.contains(&Heard::Disconnected), "a stock client comes back");
    app.stopped().await;
    assert_eq!(app.texts().await.len(), 100);
}
