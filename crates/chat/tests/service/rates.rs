//! How often a client may send, read and connect.

use futures_util::future::join_all;
use reqwest::{Client as Http, Method, StatusCode};
use serde_json::{Value, json};
use testkit::http;
use testkit::socket_io::{Client, Received};
use testkit::wait;

use crate::app::{App, Person, code};

/// More than the burst of a rate of one a second, which is ten.
const MANY: usize = 40;
/// Attempts at once where a rate has a large burst.
const ATTEMPTS_BATCH: usize = 50;

async fn app(set: impl FnOnce(&mut chat::Config)) -> App {
    App::start_with(set, |stores| stores).await
}

/// Posts a message and returns the status, and for a refusal `Retry-After`.
async fn post(app: &App, person: &Person, text: &str) -> (StatusCode, String) {
    let url = format!("{}/messages", app.url);
    let answer = http::call(Method::POST, &url, &person.token, &json!({"text": text, "id": text})).await;
    if answer.status == StatusCode::TOO_MANY_REQUESTS {
        answer.problem(429, "rate_limited");
    }
    (answer.status, answer.header("retry-after").to_owned())
}

fn is_ok(answer: &Value) -> bool {
    answer["ok"] == json!(true)
}

#[tokio::test]
async fn messages_beyond_the_rate_are_refused_and_stored_when_sent_again() {
    let app = app(|config| config.send_per_second = 1).await;
    let ada = app.person("ada").await;
    let mut socket = app.socket(&ada).await;
    let answers = socket.burst("chat message", (0..MANY).map(|number| number.to_string())).await;
    let stored = answers.iter().filter(|answer| is_ok(answer)).count();
    assert!((10..MANY).contains(&stored), "{stored} stored");
    for refused in answers.iter().filter(|answer| !is_ok(answer)) {
        assert_eq!(code(refused), "rate_limited");
        assert!((1..=1_000).contains(&refused["retry_after_ms"].as_u64().unwrap()), "{refused}");
    }
    assert_eq!(app.texts().await.len(), stored, "what was refused is not stored");
    wait::until("it is taken later", async || {
        let answer = socket.emit_with_ack("chat message", &[json!("again")]).await;
        is_ok(&answer).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_client_that_waits_for_no_answer_is_disconnected_rather_than_left_in_doubt() {
    let app = app(|config| config.send_per_second = 1).await;
    let ada = app.person("ada").await;
    let mut socket = app.socket(&ada).await;
    for number in 0..MANY {
        socket.send_packet(&format!("42[\"chat message\",\"{number}\"]")).await;
    }
    wait::in_time("it is disconnected", socket.until_closed()).await;
    let texts = app.texts().await;
    let sent: Vec<_> = (0..texts.len()).map(|number| number.to_string()).collect();
    assert_eq!(texts, sent, "everything before the first refusal is stored, and nothing after it");
}

#[tokio::test]
async fn a_client_that_goes_on_although_it_is_refused_is_disconnected() {
    let app = app(|config| config.send_per_second = 1).await;
    let ada = app.person("ada").await;
    let mut socket = app.socket(&ada).await;
    for _ in 0..1_000 {
        for _ in 0..100 {
            socket.emit("chat message", &[json!("x")]).await;
        }
        for _ in 0..100 {
            if socket.receive().await == Received::Closed {
                return;
            }
        }
    }
    panic!("it may flood without end");
}

#[tokio::test]
async fn a_client_that_sends_what_is_no_event_without_end_is_disconnected() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let mut socket = app.socket(&ada).await;
    for _ in 0..1_000 {
        for _ in 0..100 {
            socket.emit("nonsense", &[]).await;
        }
        for _ in 0..100 {
            if socket.receive().await == Received::Closed {
                return;
            }
        }
    }
    panic!("it may flood without end");
}

#[tokio::test]
async fn http_has_the_same_rate_as_the_sockets() {
    let app = app(|config| config.send_per_second = 1).await;
    let ada = app.person("ada").await;
    let refused = wait::until("a message is refused", async || {
        let (status, retry_after) = post(&app, &ada, &uuid::Uuid::new_v4().to_string()).await;
        (status == StatusCode::TOO_MANY_REQUESTS).then_some(retry_after)
    });
    assert_eq!(refused.await, "1");
    let texts = (0..MANY).map(|number| number.to_string());
    let answers = app.socket(&ada).await.burst("chat message", texts).await;
    assert!(answers.iter().filter(|answer| is_ok(answer)).count() < 10, "the burst is used up: {answers:?}");
    let grace = app.person("grace").await;
    assert_eq!(post(&app, &grace, "another-user").await.0, StatusCode::CREATED);
}

#[tokio::test]
async fn the_users_of_a_network_share_its_rate() {
    let app = app(|config| config.send_per_address_per_second = 1).await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    wait::until("a message is refused", async || {
        let (status, _) = post(&app, &ada, &uuid::Uuid::new_v4().to_string()).await;
        (status == StatusCode::TOO_MANY_REQUESTS).then_some(())
    })
    .await;
    let mut socket = app.socket(&grace).await;
    let answers = socket.burst("chat message", (0..MANY).map(|number| number.to_string())).await;
    let stored = answers.iter().filter(|answer| is_ok(answer)).count();
    assert!((10..MANY).contains(&stored), "neighbours cannot silence a user, but there is no more: {stored}");
}

#[tokio::test]
async fn reads_have_a_rate_over_every_transport() {
    let app = app(|config| config.read_per_second = 1).await;
    let ada = app.person("ada").await;
    let mut socket = app.socket(&ada).await;
    wait::until("a read is refused", async || {
        let answer = socket.emit_with_ack("history", &[]).await;
        (!is_ok(&answer)).then(|| assert_eq!(code(&answer), "rate_limited"))
    })
    .await;
    for path in ["/messages", "/"] {
        let read = || Http::new().get(format!("{}{path}", app.url)).bearer_auth(&ada.token);
        wait::until(path, async || {
            let answer = http::answer(read()).await;
            let is_refused = answer.status == StatusCode::TOO_MANY_REQUESTS;
            is_refused.then(|| assert_eq!(answer.header("retry-after"), "1"))
        })
        .await;
    }
}

#[tokio::test]
async fn calls_about_presence_have_a_rate() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let mut socket = app.socket(&ada).await;
    for _ in 0..600 {
        socket.emit("typing", &[]).await;
    }
    let mut refused = 0;
    for _ in 0..600 {
        let Received::Ack(_, answer) = socket.receive().await else { panic!("an ack was expected") };
        refused += usize::from(!is_ok(&answer) && code(&answer) == "rate_limited");
    }
    assert!(refused > 0, "600 at once are too many");
}

#[tokio::test]
async fn a_network_opens_sessions_at_a_rate() {
    let app = app(|config| config.max_sockets_per_address = 2).await;
    let handshake = || {
        let url = format!("{}/socket.io/?EIO=4&transport=polling", app.url);
        http::answer(Http::new().get(url))
    };
    // At first only the maximum of sessions refuses: another 429.
    wait::until("a handshake is refused", async || {
        let answers = join_all((0..ATTEMPTS_BATCH).map(|_| handshake())).await;
        let mut refused = answers.iter().filter(|answer| answer.status == StatusCode::TOO_MANY_REQUESTS);
        let too_often = refused.find(|answer| answer.json()["code"] == json!("rate_limited"));
        too_often.map(|answer| assert!(!answer.header("retry-after").is_empty()))
    })
    .await;
}

#[tokio::test]
async fn a_user_connects_at_a_rate_and_gets_in_later() {
    let app = app(|config| config.max_sockets_per_user = 1).await;
    let ada = app.person("ada").await;
    let connect = async || {
        let mut socket = Client::open(&app.url, "", &[]).await.unwrap();
        socket.send_packet(&format!("40{}", json!({"token": ada.token, "reason": true}))).await;
        socket.receive().await
    };
    // With a reason, a socket too many is refused; one that comes too often is shut.
    wait::until("a socket is shut", async || {
        let received = join_all((0..ATTEMPTS_BATCH).map(|_| connect())).await;
        received.contains(&Received::Closed).then_some(())
    })
    .await;
    wait::until("a later one gets in", async || (connect().await == Received::Connected).then_some(())).await;
}
