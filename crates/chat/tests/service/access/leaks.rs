//! What is said in a private room, its name and its id reach nobody else.

use reqwest::Method;
use serde_json::{Value, json};
use store::RoomKind;
use testkit::builders;
use testkit::captured_log::CapturedLog;

use crate::app::{App, Person};

async fn get(app: &App, person: &Person, path: &str) -> String {
    let answer = app.call(person, Method::GET, path, None).await;
    format!("{:?}{}", answer.headers, answer.text)
}

#[tokio::test]
async fn no_list_page_error_or_log_line_shows_a_private_room_to_others() {
    let log = CapturedLog::start();
    let app = App::start().await;
    let (ada, bob, eve) = (app.person("ada").await, app.person("bob").await, app.person("eve").await);
    let (name, text) = ("Zanzibar quartet", "xylophones at midnight");
    let room = builders::make_room(&app.stores, RoomKind::Private, name, &ada.user, &[]).await.id.to_string();
    let mut members = app.socket(&ada).await;
    for (event, arguments) in [
        ("add", vec![json!({"room": room, "user": "bob"})]),
        ("chat message", vec![json!(text), json!({"room": room})]),
        ("change room", vec![json!({"room": room, "topic": "Zanzibar quartet practice"})]),
        ("history", vec![json!({"room": room})]),
    ] {
        assert_eq!(members.emit_with_ack(event, &arguments).await["ok"], json!(true), "{event}");
    }
    for path in ["", "/members", "/messages"] {
        let shown = get(&app, &bob, &format!("/rooms/{room}{path}")).await;
        assert!(shown.starts_with('{') && !shown.contains("unknown_room"), "{shown}");
    }
    let mut others = app.socket(&eve).await;
    let mut seen = vec![get(&app, &eve, "/").await, get(&app, &eve, "/docs").await];
    for query in ["", "?find=zanzibar", "?after=a", "?limit=100"] {
        seen.push(get(&app, &eve, &format!("/rooms{query}")).await);
    }
    for (event, arguments) in [
        ("rooms", vec![]),
        ("rooms", vec![json!({"find": "Zanzibar"})]),
        ("history", vec![]),
        ("watch", vec![]),
        ("members", vec![json!({"room": "lobby"})]),
        ("direct", vec![json!({"usernames": ["ada", "bob"]})]),
    ] {
        seen.push(others.emit_with_ack(event, &arguments).await.to_string());
    }
    let same: Value =
        others.emit_with_ack("create room", &[json!({"name": "Garden", "kind": "public"})]).await;
    seen.push(same.to_string());
    let shown = seen.join("\n");
    for secret in [&*room, "anzibar", text] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
        assert_eq!(log.line(&[secret]), None, "in the log");
    }
    let same = others.emit_with_ack("create room", &[json!({"name": name, "kind": "public"})]).await;
    assert_eq!(same["ok"], json!(true), "a private room takes no name: {same}");
}
