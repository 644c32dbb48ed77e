//! `GET` and `POST /messages`: the same log without a socket.

use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use store::{SessionEnd, Timestamp};
use testkit::raw_http::SlowRequest;
use testkit::wait;

use crate::app::{App, Person};

fn post(app: &App, person: &Person, body: &Value) -> RequestBuilder {
    Client::new().post(format!("{}/messages", app.url)).bearer_auth(&person.token).json(body)
}

fn get(app: &App, person: &Person, query: &str) -> RequestBuilder {
    Client::new().get(format!("{}/messages{query}", app.url)).bearer_auth(&person.token)
}

async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    let answer = request.send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

#[tokio::test]
async fn a_posted_message_is_stored_answered_and_delivered() {
    let app = App::start().await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let mut receiving = app.socket(&grace).await;
    let message = json!({"text": "hello", "id": "a-1", "room": "lobby"});
    let (status, entry) = answer(post(&app, &ada, &message)).await;
    assert_eq!((status, &entry["seq"], &entry["id"]), (StatusCode::CREATED, &json!(1), &json!("a-1")));
    assert_eq!(receiving.next_message().await, ("ada : hello".to_owned(), entry.clone()));
    assert_eq!(answer(post(&app, &ada, &message)).await, (StatusCode::OK, entry), "a resend");
    let (status, problem) = answer(post(&app, &ada, &json!({"text": "other", "id": "a-1"}))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(problem["errors"]["id"].is_string(), "{problem}");
}

#[tokio::test]
async fn the_log_is_read_in_parts() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    for number in 1..=5 {
        app.append_elsewhere(&ada, &number.to_string()).await;
    }
    let (status, page) = answer(get(&app, &ada, "?after=1&limit=2")).await;
    assert_eq!((status, &page["covered_to"], &page["last_seq"]), (StatusCode::OK, &json!(3), &json!(5)));
    let texts: Vec<_> =
        page["messages"].as_array().unwrap().iter().map(|entry| entry["text"].clone()).collect();
    assert_eq!(texts, ["2", "3"]);
    let (_, newest) = answer(get(&app, &ada, "")).await;
    assert_eq!(newest["messages"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn each_wrong_field_is_named() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let wrong = [
        (get(&app, &ada, "?after=1&before=2"), "after"),
        (get(&app, &ada, "?limit=0"), "limit"),
        (get(&app, &ada, "?limit=101"), "limit"),
        (get(&app, &ada, "?before=x"), "before"),
        (get(&app, &ada, "?room=attic"), "room"),
        (get(&app, &ada, "?since=1"), "since"),
        (post(&app, &ada, &json!({})), "text"),
        (post(&app, &ada, &json!({"text": ""})), "text"),
        (post(&app, &ada, &json!({"text": 7})), "text"),
        (post(&app, &ada, &json!({"text": "x".repeat(4_001)})), "text"),
        (post(&app, &ada, &json!({"text": "x", "id": "a b"})), "id"),
        (post(&app, &ada, &json!({"text": "x", "room": "attic"})), "room"),
        (post(&app, &ada, &json!({"text": "x", "txt": "y"})), "txt"),
    ];
    for (request, field) in wrong {
        let (status, problem) = answer(request).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
        assert!(problem["errors"][field].is_string(), "{field}: {problem}");
    }
    assert_eq!(app.texts().await, Vec::<String>::new());
}

#[tokio::test]
async fn without_a_valid_token_nothing_is_returned() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let url = format!("{}/messages", app.url);
    let by_link = Client::new().get(format!("{url}?jwt={}", ada.token));
    for request in [Client::new().get(&url), Client::new().get(&url).bearer_auth("nonsense"), by_link] {
        let (status, problem) = answer(request).await;
        assert_eq!((status, &problem["message"]), (StatusCode::UNAUTHORIZED, &json!("Token didn't match")));
    }
}

#[tokio::test]
async fn a_message_whose_session_ends_before_its_body_arrives_is_not_stored() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let url = format!("{}/messages", app.url);
    let begun = SlowRequest::begin(Method::POST, &url, &ada.token, &json!({"text": "too late"})).await;
    let end = SessionEnd { sid: ada.claims.sid, until: Timestamp::now().plus_millis(60_000) };
    app.stores.tokens.sign_out(ada.user.id, end).await.unwrap();
    wait::until("the session is over", async || {
        (answer(get(&app, &ada, "")).await.0 == StatusCode::UNAUTHORIZED).then_some(())
    })
    .await;
    assert_eq!(begun.finish().await, 401);
    assert_eq!(app.texts().await, Vec::<String>::new());
}
