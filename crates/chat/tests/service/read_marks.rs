//! Read marks, counts of what is unread, mentions, and the setting of notifications, over HTTP and by events.

use reqwest::Method;
use serde_json::{Value, json};
use store::RoomKind;
use testkit::builders;

use crate::app::{App, Person, code};

async fn say(app: &App, person: &Person, room: &str, text: &str) -> Value {
    let path = format!("/rooms/{room}/messages");
    let sent = app.call(person, Method::POST, &path, Some(json!({"text": text}))).await;
    assert_eq!(sent.status, 201, "{}", sent.text);
    sent.json()
}

/// What a person has in a room of the list: the mark, the counts, and the setting.
async fn listed(app: &App, person: &Person, room: &str) -> Value {
    let list = app.call(person, Method::GET, "/rooms", None).await.json();
    let rooms = list["rooms"].as_array().unwrap();
    let found = rooms.iter().find(|found| found["id"] == room).unwrap_or_else(|| panic!("{room} in {list}"));
    ["read_seq", "last_seq", "unread", "mentions", "notify"].map(|field| found[field].clone()).to_vec().into()
}

#[tokio::test]
async fn a_mark_moves_forward_and_back_and_the_counts_follow() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    for person in [&ada, &bob] {
        assert_eq!(listed(&app, person, "lobby").await, json!([0, 0, 0, 0, "all"]));
    }
    for text in ["one", "two @Bob", "three"] {
        say(&app, &ada, "lobby", text).await;
    }
    say(&app, &bob, "lobby", "my own").await;
    assert_eq!(listed(&app, &bob, "lobby").await, json!([0, 4, 3, 1, "all"]), "own ones are not unread");
    let mark =
        async |seq: Value| app.call(&bob, Method::PUT, "/rooms/lobby/read", Some(json!({"seq": seq}))).await;
    let marked = |seq, unread, mentions| json!({"room": "lobby", "seq": seq, "unread": unread, "mentions": mentions, "last_seq": 4});
    assert_eq!(mark(json!(2)).await.json(), marked(2, 1, 0));
    assert_eq!(listed(&app, &bob, "lobby").await, json!([2, 4, 1, 0, "all"]));
    assert_eq!(mark(json!(99)).await.json(), marked(4, 0, 0), "not beyond the end");
    let mut socket = app.socket(&bob).await;
    let back = socket.emit_with_ack("read", &[json!({"room": "lobby", "seq": 1})]).await;
    assert_eq!(
        back,
        json!({"ok": true, "room": "lobby", "seq": 1, "unread": 2, "mentions": 1, "last_seq": 4})
    );
    assert_eq!(listed(&app, &bob, "lobby").await, json!([1, 4, 2, 1, "all"]));
    for wrong in [json!(-1), json!("2"), json!(1.5), json!(null), json!(1_u64 << 53)] {
        mark(wrong).await.invalid(&["seq"]);
    }
    assert_eq!(code(&socket.emit_with_ack("read", &[json!({"room": "lobby"})]).await), "invalid");
    assert_eq!(listed(&app, &bob, "lobby").await, json!([1, 4, 2, 1, "all"]), "nothing changed");
    assert_eq!(
        listed(&app, &ada, "lobby").await,
        json!([0, 4, 1, 0, "all"]),
        "everybody has a mark of one's own"
    );
}

#[tokio::test]
async fn everything_is_marked_as_read_at_once() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    listed(&app, &bob, "lobby").await;
    let room = builders::make_room(&app.stores, RoomKind::Private, "Plans", &ada.user, &[&bob.user]).await;
    let room = room.id.to_string();
    for place in ["lobby", &room] {
        say(&app, &ada, place, "@bob").await;
        assert_eq!(listed(&app, &bob, place).await, json!([0, 1, 1, 1, "all"]));
    }
    assert_eq!(app.call(&bob, Method::PUT, "/rooms/read", None).await.status, 204);
    for place in ["lobby", &room] {
        assert_eq!(listed(&app, &bob, place).await, json!([1, 1, 0, 0, "all"]));
        say(&app, &ada, place, "more").await;
    }
    let mut socket = app.socket(&bob).await;
    assert_eq!(socket.emit_with_ack("read all", &[]).await, json!({"ok": true}));
    for place in ["lobby", &room] {
        assert_eq!(listed(&app, &bob, place).await, json!([2, 2, 0, 0, "all"]));
    }
}

#[tokio::test]
async fn the_notifications_of_a_room_are_set() {
    let app = App::start().await;
    let bob = app.person("bob").await;
    let mut socket = app.socket(&bob).await;
    let set = Some(json!({"notify": "mentions"}));
    assert_eq!(app.call(&bob, Method::PUT, "/rooms/lobby/notify", set).await.status, 204);
    assert_eq!(listed(&app, &bob, "lobby").await[4], "mentions");
    let answer = socket.emit_with_ack("notify", &[json!({"room": "lobby", "notify": "none"})]).await;
    assert_eq!(answer, json!({"ok": true}));
    assert_eq!(listed(&app, &bob, "lobby").await[4], "none");
    app.call(&bob, Method::PUT, "/rooms/lobby/notify", Some(json!({"notify": "some"})))
        .await
        .invalid(&["notify"]);
    assert_eq!(code(&socket.emit_with_ack("notify", &[json!({"notify": "all"})]).await), "invalid");
    assert_eq!(listed(&app, &bob, "lobby").await[4], "none");
}

#[tokio::test]
async fn nothing_is_marked_or_set_in_a_room_of_others() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let private = builders::make_room(&app.stores, RoomKind::Private, "Plans", &ada.user, &[]).await.id;
    let public = builders::make_room(&app.stores, RoomKind::Public, "Garden", &ada.user, &[]).await.id;
    say(&app, &ada, &private.to_string(), "@bob").await;
    let mut socket = app.socket(&bob).await;
    for (room, status, refusal) in
        [(private.to_string(), 404, "unknown_room"), (public.to_string(), 403, "forbidden")]
    {
        for (name, body) in [("read", json!({"seq": 0})), ("notify", json!({"notify": "all"}))] {
            let path = format!("/rooms/{room}/{name}");
            app.call(&bob, Method::PUT, &path, Some(body.clone())).await.problem(status, refusal);
            let mut event = body;
            event["room"] = json!(room);
            assert_eq!(code(&socket.emit_with_ack(name, &[event]).await), refusal);
        }
    }
    assert_eq!(app.call(&bob, Method::PUT, "/rooms/read", None).await.status, 204);
    assert!(app.stores.rooms.membership(private, bob.user.id).await.unwrap().unwrap().1.is_none());
}

#[tokio::test]
async fn mentions_are_shown_wherever_the_message_is() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("Bob").await);
    let mut socket = app.socket(&bob).await;
    let sent = say(&app, &ada, "lobby", "hello @bob").await;
    let mentions = json!([{"id": bob.user.id.to_string(), "username": "Bob"}]);
    assert_eq!(sent["mentions"], mentions);
    assert_eq!(socket.next_message().await.1["mentions"], mentions);
    let history = socket.emit_with_ack("history", &[json!({})]).await;
    assert_eq!(history["messages"][0]["mentions"], mentions);
    let read = app.call(&bob, Method::GET, "/rooms/lobby/messages", None).await.json();
    assert_eq!(read["messages"][0]["mentions"], mentions);
    let plain = say(&app, &ada, "lobby", "hello").await;
    assert_eq!(plain.get("mentions"), None);
}
