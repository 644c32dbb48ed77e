//! Whether the service accepts the bodies that `/openapi.json` describes, rejects others, and answers as described.

use reqwest::header::{HeaderName, HeaderValue};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::app::{Answer, App, PASSWORD, answer};
use crate::support::calls::{calls, holds, request};
use testkit::openapi::Description;

#[tokio::test]
async fn answers_to_unreadable_bodies_are_described() {
    let app = App::start().await;
    let document = Description::fetch(&app.url).await;
    let ada = app.sign_up("ada").await;
    for (call, path, _) in calls().into_iter().filter(|(.., body)| body.is_some()) {
        let ask = || request(&app, Some(&ada), call, path);
        let json = |body: String| ask().header("content-type", "application/json").body(body);
        holds(&document, call, 400, json("{".into())).await;
        holds(&document, call, 422, json("[]".into())).await;
        holds(&document, call, 422, json(r#"{"username": "\ud800"}"#.into())).await;
        holds(&document, call, 413, json(format!("\"{}\"", "x".repeat(100_000)))).await;
        holds(&document, call, 415, ask().header("content-type", "text/plain").body("{}")).await;
        holds(&document, call, 415, ask().body("{}")).await;
    }
    let form = request(&app, None, "POST", "/logout").form(&[("user", "x".repeat(100_000))]);
    holds(&document, "POST /logout", 413, form).await;
}

#[tokio::test]
async fn answers_to_a_late_body_and_to_an_old_protocol_are_described() {
    let app =
        App::start_with(|config| config.shared.timers.body = std::time::Duration::from_millis(50)).await;
    let document = Description::fetch(&app.url).await;
    let ada = app.sign_up("ada").await;
    let waiting = "POST /users HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 2".to_owned();
    let old = format!("GET /users/me/export HTTP/1.0\r\nAuthorization: Bearer {}", ada.token);
    for (head, call, status) in [(waiting, "POST /users", 408), (old, "GET /users/{id}/export", 505)] {
        let mut stream = TcpStream::connect(app.url.trim_start_matches("http://")).await.unwrap();
        stream.write_all(format!("{head}\r\nHost: localhost\r\n\r\n").as_bytes()).await.unwrap();
        let mut raw = String::new();
        stream.read_to_string(&mut raw).await.unwrap();
        let answer = parse(&raw);
        assert_eq!(answer.status, status, "{raw}");
        document.holds(call, &answer);
    }
}

/// Parses a raw answer.
fn parse(raw: &str) -> Answer {
    let (head, text) = raw.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let header = |line: &str| {
        let (name, value) = line.split_once(": ").unwrap();
        (name.parse::<HeaderName>().unwrap(), value.parse::<HeaderValue>().unwrap())
    };
    Answer { status, headers: lines.map(header).collect(), text: text.to_owned() }
}

#[tokio::test]
async fn the_accepted_bodies_are_the_described_ones() {
    let app = App::start().await;
    let document = Description::fetch(&app.url).await;
    let ada = app.sign_up("ada").await;
    let mut user = app.get_as(&ada, "/users/me").await.json();
    // Each change sets another value.
    user.as_object_mut().unwrap().remove("updated_at");
    let with = |name: &str, value: Value| {
        let mut body = user.clone();
        body[name] = value;
        body
    };
    let both = |extra: Value| [("PATCH /users/{id}", extra.clone()), ("PUT /users/{id}", extra)];
    let mut bodies = vec![
        ("POST /users", json!({"username": "one", "password": PASSWORD})),
        ("POST /users", json!({"userID": "two", "password": PASSWORD, "display_name": null})),
        ("POST /users", json!({"userName": "three", "password": PASSWORD, "display_name": "Three"})),
        ("POST /users", json!({"userName": "four", "username": "four", "password": PASSWORD})),
        ("POST /users", json!({"username": "five", "password": null})),
        ("POST /users", json!({"username": "six"})),
        ("POST /users", json!({"password": PASSWORD})),
        ("POST /users", json!({"username": "se", "password": PASSWORD})),
        ("POST /users", json!({"username": "e".repeat(33), "password": PASSWORD})),
        ("POST /users", json!({"username": "nine", "password": "short"})),
        ("POST /users", json!({"username": "ten", "password": PASSWORD, "email": "ten@example.org"})),
        ("POST /users", json!({"username": "eleven", "password": PASSWORD, "display_name": "x".repeat(65)})),
        ("POST /users", json!({"username": "twelve", "password": PASSWORD, "display_name": ""})),
        ("POST /users", json!({"username": 13, "password": PASSWORD})),
        ("POST /users", json!([])),
        ("POST /login", json!({"username": "ada", "password": PASSWORD})),
        ("POST /login", json!({"userID": "ada", "password": PASSWORD})),
        ("POST /login", json!({"username": "ada", "password": PASSWORD, "remember": true})),
        ("POST /login", json!({"username": "ada"})),
        ("PATCH /users/{id}", json!({})),
        (
            "PATCH /users/{id}",
            json!({"display_name": null, "id": null, "username": null, "created_at": null}),
        ),
        ("PATCH /users/{id}", json!({"userName": "ada"})),
        ("PUT /users/{id}", json!({"username": "ada"})),
        ("PUT /users/{id}", json!({"userID": "ada", "display_name": "A."})),
        ("PUT /users/{id}", json!({"username": "ada", "display_name": null})),
    ];
    for body in [
        user.clone(),
        with("id", json!(ada.id.to_uppercase())),
        with("id", json!("1")),
        with("created_at", json!("2020")),
        with("password", json!("another horse")),
        with("current_password", json!(PASSWORD)),
        with("ver", json!(1)),
        with("display_name", json!(7)),
        with("display_name", json!("")),
    ] {
        bodies.extend(both(body));
    }
    for (call, body) in bodies {
        let path = call.split(' ').nth(1).unwrap().replace("{id}", "me");
        let answer = answer(request(&app, Some(&ada), call, &path).json(&body)).await;
        document.holds(call, &answer);
        assert_eq!(document.takes(call, &body), answer.status != 422, "{call} {body}: {}", answer.text);
        assert!(answer.status.is_success() || answer.status == 422, "{call} {body}: {}", answer.text);
    }
}
