//! `/openapi.json`, compared with what the service does, and `/docs`.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use store::{RoomId, RoomKind};
use testkit::builders;
use testkit::faulty::{AppendFault, Faults};
use testkit::http::{Answer, answer, client};
use testkit::openapi::Description;

use crate::app::{App, Person};

mod rooms;

/// Every call, with the status of its answer when all is right, and a valid body if it takes one.
fn calls() -> Vec<(&'static str, u16, Option<Value>)> {
    vec![
        ("GET /", 200, None),
        ("GET /health/live", 200, None),
        ("GET /health/ready", 200, None),
        ("GET /messages", 200, None),
        ("POST /messages", 201, Some(json!({"text": "hello", "id": "a-1", "room": "lobby"}))),
        ("GET /rooms", 200, None),
        ("POST /rooms", 201, Some(json!({"name": "Garden", "kind": "public", "topic": "What grows"}))),
        ("POST /direct", 201, Some(json!({"usernames": ["grace"]}))),
        ("GET /rooms/{id}", 200, None),
        ("PATCH /rooms/{id}", 200, Some(json!({"name": "Plan B", "topic": "", "archived": false}))),
        ("PUT /rooms/{id}/read", 200, Some(json!({"seq": 0}))),
        ("PUT /rooms/read", 204, None),
        ("PUT /rooms/{id}/notify", 204, Some(json!({"notify": "all"}))),
        ("GET /rooms/{id}/members", 200, None),
        ("PUT /rooms/{id}/members/{user}", 201, Some(json!({"role": "owner"}))),
        ("DELETE /rooms/{id}/members/{user}", 204, None),
        ("GET /rooms/{id}/messages", 200, None),
        ("POST /rooms/{id}/messages", 201, Some(json!({"text": "hello", "id": "a-1"}))),
        ("DELETE /rooms/{id}", 204, None),
        ("GET /socket.io/socket.io.js", 200, None),
        ("POST /token", 200, None),
        ("POST /logout", 204, None),
    ]
}

/// A call about a room, and about grace in it.
fn in_room(call: &str, room: RoomId) -> String {
    call.replace("{id}", &room.to_string()).replace("{user}", "grace")
}

/// A private room of somebody's.
async fn room_of(app: &App, person: &Person) -> RoomId {
    builders::make_room(&app.stores, RoomKind::Private, "Plans", &person.user, &[]).await.id
}

/// Whether a call needs no token.
fn is_open(call: &str) -> bool {
    call.starts_with("GET /health/") || call.ends_with(".js")
}

/// A request for a call, as in `GET /messages?limit=1`, with a user's token if there is a user.
fn request(app: &App, person: Option<&Person>, call: &str) -> RequestBuilder {
    let (method, path) = call.split_once(' ').unwrap();
    let request = client().request(method.parse::<Method>().unwrap(), format!("{}{path}", app.url));
    match person {
        Some(person) => request.bearer_auth(&person.token),
        None => request,
    }
}

/// Sends a request, and asserts the status and that the answer is described.
async fn holds(document: &Description, call: &str, status: u16, request: RequestBuilder) -> Answer {
    let answer = answer(request).await;
    assert_eq!(answer.status, status, "{call}: {}", answer.text);
    document.holds(call, &answer);
    answer
}

#[tokio::test]
async fn every_call_is_described_and_no_other() {
    let app = App::start().await;
    let document = Description::fetch(&app.url).await;
    let mut expected: Vec<String> = calls().iter().map(|(call, ..)| (*call).to_owned()).collect();
    expected.sort_by_key(|call| call.split_once(' ').unwrap().1.to_owned());
    let mut described = document.calls();
    described.sort();
    expected.sort();
    assert_eq!(described, expected);
    assert_eq!(document.broken_references(), Vec::<String>::new());
    for call in &described {
        assert!(document.call(call)["summary"].is_string(), "{call}");
        assert_eq!(document.call(call).get("security").is_none(), is_open(call), "{call}");
    }
}

#[tokio::test]
async fn every_method_that_a_path_accepts_is_described() {
    let app = App::start().await;
    let described = Description::fetch(&app.url).await.calls();
    for call in &described {
        let path = call.split_once(' ').unwrap().1;
        let refused = answer(client().request(Method::OPTIONS, format!("{}{path}", app.url))).await;
        assert_eq!(refused.status, 405, "{path}");
        let accepted: Vec<String> =
            refused.header("allow").split(',').map(|method| method.trim().to_owned()).collect();
        let of_path = |call: &&String| call.split_once(' ').unwrap().1 == path;
        let mut expected: Vec<String> =
            described.iter().filter(of_path).map(|call| call.split_once(' ').unwrap().0.to_owned()).collect();
        if expected.contains(&"GET".to_owned()) {
            expected.push("HEAD".to_owned());
        }
        let sorted = |mut methods: Vec<String>| {
            methods.sort();
            methods
        };
        assert_eq!(sorted(accepted), sorted(expected), "{path}");
    }
}

#[tokio::test]
async fn each_call_answers_as_described() {
    let app = App::start().await;
    let document = Description::fetch(&app.url).await;
    let (ada, _grace) = (app.person("ada").await, app.person("grace").await);
    let room = room_of(&app, &ada).await;
    for (call, status, body) in calls() {
        let request = request(&app, Some(&ada), &in_room(call, room));
        let request = match &body {
            Some(body) => request.json(body),
            None => request,
        };
        holds(&document, call, status, request).await;
    }
    let ada = app.session(&ada.user, |_| {});
    let body = json!({"text": "hello", "id": "a-1"});
    holds(&document, "POST /messages", 200, request(&app, Some(&ada), "POST /messages").json(&body)).await;
    store::deletion::delete_user(&app.stores, ada.user.id).await.unwrap();
    let hedy = app.person("hedy").await;
    let page =
        holds(&document, "GET /messages", 200, request(&app, Some(&hedy), "GET /messages?after=0")).await;
    assert_eq!(page.json()["messages"][0]["erased"], json!(true), "an erased entry is described too");
}

#[tokio::test]
async fn refused_parameters_and_bodies_are_described() {
    let app = App::start().await;
    let document = Description::fetch(&app.url).await;
    let ada = app.person("ada").await;
    for query in ["after=1&before=2", "limit=0", "limit=101", "before=x", "room=attic", "since=1"] {
        let call = format!("GET /messages?{query}");
        holds(&document, "GET /messages", 422, request(&app, Some(&ada), &call)).await;
    }
    let post = || request(&app, Some(&ada), "POST /messages");
    let raw = |body: String| post().header("content-type", "application/json").body(body);
    holds(&document, "POST /messages", 400, raw("{".into())).await;
    holds(&document, "POST /messages", 422, raw("[]".into())).await;
    holds(&document, "POST /messages", 413, raw(format!("\"{}\"", "x".repeat(100_000)))).await;
    holds(&document, "POST /messages", 415, post().header("content-type", "text/plain").body("{}")).await;
    holds(&document, "POST /messages", 422, post().json(&json!({"text": "x", "room": "attic"}))).await;
    holds(&document, "POST /messages", 201, post().json(&json!({"text": "x", "id": "a-1"}))).await;
    holds(&document, "POST /messages", 422, post().json(&json!({"text": "y", "id": "a-1"}))).await;
    for body in [
        json!({"text": "hello", "id": null, "room": null}),
        json!({"text": "x".repeat(4_000)}),
        json!({"text": "x".repeat(4_001)}),
        json!({"text": ""}),
        json!({"text": 7}),
        json!({}),
        json!([]),
        json!({"text": "x", "id": "a b"}),
        json!({"text": "x", "id": "x".repeat(65)}),
        json!({"text": "x", "txt": "y"}),
    ] {
        let answer = answer(post().json(&body)).await;
        assert!(answer.status == 201 || answer.status == 422, "{body}: {}", answer.text);
        assert_eq!(document.takes("POST /messages", &body), answer.status == 201, "{body}: {}", answer.text);
    }
}

#[tokio::test]
async fn refusals_of_the_sender_are_described() {
    let app = App::start().await;
    let document = Description::fetch(&app.url).await;
    let ada = app.person("ada").await;
    for (call, _, body) in calls() {
        let body = body.unwrap_or_default();
        let request = |person| request(&app, person, &in_room(call, RoomId::generate()));
        if !is_open(call) {
            let refused = holds(&document, call, 401, request(None).json(&body)).await;
            assert_eq!(refused.json()["message"], "Token didn't match");
        }
        if !call.starts_with("GET /health/") {
            let host = request(Some(&ada)).header("host", "elsewhere.example");
            holds(&document, call, 421, host.json(&body)).await;
        }
        let origins = request(Some(&ada)).header("origin", "null").header("origin", "null");
        holds(&document, call, 403, origins.json(&body)).await;
        let twice = request(Some(&ada)).header("content-type", "text/plain");
        let twice = twice.header("content-type", "application/json").body(body.to_string());
        holds(&document, call, 400, twice).await;
    }
    let page = request(&app, None, "GET /").header("accept", "text/html");
    let page = holds(&document, "GET /", 401, page).await;
    assert!(page.text.contains("<html"), "{}", page.text);
}

#[tokio::test]
async fn failures_of_the_store_are_described() {
    let faults = Faults::default();
    let app = App::start_with(|_| {}, |stores| faults.wrap(stores)).await;
    let document = Description::fetch(&app.url).await;
    let ada = app.person("ada").await;
    let post = |body: Value| request(&app, Some(&ada), "POST /messages").json(&body);
    faults.set_append_fault(AppendFault::NotStored);
    let full = holds(&document, "POST /messages", 503, post(json!({"text": "x"}))).await;
    assert!(full.headers.contains_key("retry-after"));
    faults.set_append_fault(AppendFault::Unknown);
    let unknown = holds(&document, "POST /messages", 503, post(json!({"text": "x"}))).await;
    assert!(!unknown.headers.contains_key("retry-after"), "it has no id to send again");
    faults.set_users_unavailable(true);
    faults.set_poll_unavailable(true);
    for call in ["GET /", "POST /messages", "GET /health/ready"] {
        let request = request(&app, Some(&ada), call).json(&json!({"text": "x"}));
        holds(&document, call, 503, request).await;
    }
}

#[tokio::test]
async fn the_page_for_people_shows_every_call() {
    let app = App::start().await;
    let docs = answer(client().get(format!("{}/docs", app.url))).await;
    assert_eq!((docs.status.as_u16(), docs.header("content-type")), (200, "text/html; charset=utf-8"));
    let policy = docs.header("content-security-policy");
    assert!(policy.contains("default-src") && !policy.contains("unsafe"), "{policy}");
    for (call, ..) in calls() {
        let (method, path) = call.split_once(' ').unwrap();
        let shown = format!("<span class=\"method\">{method}</span> {path}<");
        assert!(docs.text.contains(&shown), "{shown}");
    }
    assert!(docs.text.contains("API of the chat service") && docs.text.contains("unknown_outcome"));
    assert!(
        !docs.text.contains("src=\"http") && !docs.text.contains("href=\"http"),
        "nothing from elsewhere"
    );
}
