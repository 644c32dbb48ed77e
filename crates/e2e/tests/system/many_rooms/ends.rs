//! Who goes out of a room, or deletes the account; and what one may take along.

use std::time::Instant;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::http::call;

use super::{System, emit, emit_ok, on_one_node_and_on_two, text};
use crate::sessions::{REVOCATION_TIMEOUT, SLACK};

on_one_node_and_on_two! {
    a_removed_member_receives_nothing_more_after_a_second_on_every_node_and_transport
    a_deleted_account_leaves_no_word_and_no_membership_in_any_room
    an_export_has_the_rooms_that_one_is_in_and_ones_words_there
}

async fn a_removed_member_receives_nothing_more_after_a_second_on_every_node_and_transport(system: System) {
    let (ann, ben) = (system.member("Ann", 0).await, system.member("Ben", 1).await);
    let room = ann.make_room("Attic", "private").await;
    ann.add(&room, &ben).await;
    let mut sockets = Vec::new();
    for node in system.nodes() {
        for transport in ["websocket", "polling"] {
            let mut client = ben.client_at(&node.chat_url, transport).await;
            emit_ok(&mut client, json!(["watch", {"room": room}])).await;
            sockets.push(client);
        }
    }
    let before = ann.say(&room, "before").await;
    for client in &mut sockets {
        assert_eq!(client.next("chat message").await[1], before);
    }

    let path = format!("/rooms/{room}/members/Ben");
    let removed = ann.call(Method::DELETE, &path, Value::Null).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT, "{}", removed.text);
    let answered = Instant::now();
    for client in &mut sockets {
        let gone = loop {
            let room = client.next("room").await[0].clone();
            if room["gone"] == json!(true) {
                break room;
            }
        };
        assert_eq!(gone["id"], json!(room));
    }
    let late = answered.elapsed();
    assert!(late < REVOCATION_TIMEOUT + SLACK, "the last one learned it {late:?} after the answer");

    let mut anns = ann.client("websocket").await;
    emit_ok(&mut anns, json!(["typing", {"room": room}])).await;
    ann.say(&room, "after").await;
    ann.say("lobby", "to all").await;
    for client in &mut sockets {
        loop {
            let line = client.line().await;
            if line.contains("to all") {
                break;
            }
            assert!(!line.contains("after") && !line.contains(r#""typing""#), "{line}");
        }
        for event in ["history", "watch", "typing"] {
            let refused = emit(client, json!([event, {"room": room}])).await;
            assert_eq!(refused["code"], json!("unknown_room"), "{event}: {refused}");
        }
        let refused = emit(client, json!(["chat message", "once more", {"room": room}])).await;
        assert_eq!(refused["code"], json!("unknown_room"), "{refused}");
    }
    for node in system.nodes() {
        let url = format!("{}/rooms/{room}/messages", node.chat_url);
        call(Method::GET, &url, &ben.person.token, &Value::Null).await.problem(404, "unknown_room");
    }
}

async fn a_deleted_account_leaves_no_word_and_no_membership_in_any_room(system: System) {
    let (ann, ben) = (system.member("Ann", 0).await, system.member("Ben", 1).await);
    let private = ann.make_room("Attic", "private").await;
    let bens_own = ben.make_room("Garden", "public").await;
    ann.add(&private, &ben).await;
    ben.add(&bens_own, &ann).await;
    let (direct, _) = ben.direct(&ann).await;
    let rooms = ["lobby", &private, &bens_own, &direct];
    for room in rooms {
        ben.say(room, "the words of Ben").await;
        ann.say(room, "the words of Ann").await;
    }
    let own = format!("{}/users/me", ben.users_url);
    let deleted = call(Method::DELETE, &own, &ben.person.token, &Value::Null).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT, "{}", deleted.text);
    for room in rooms {
        let messages = ann.messages(room).await;
        assert_eq!(messages[0]["erased"], json!(true), "{room}: {messages}");
        assert_eq!(messages[1]["text"], json!("the words of Ann"), "{room}");
        assert!(!messages.to_string().contains("Ben"), "{room}: {messages}");
        assert_eq!(ann.members(room).await, ["Ann"], "{room}");
    }
    let garden = ann.get(&format!("/rooms/{bens_own}")).await;
    assert_eq!(garden["role"], json!("owner"), "the member who came first owns it now: {garden}");
    let list = ann.get("/rooms").await;
    assert!(!list.to_string().contains("Ben"), "{list}");
}

async fn an_export_has_the_rooms_that_one_is_in_and_ones_words_there(system: System) {
    let (ann, ben) = (system.member("Ann", 0).await, system.member("Ben", 1).await);
    let (attic, hidden) = (ann.make_room("Attic", "private").await, ann.make_room("Hidden", "private").await);
    ann.add(&attic, &ben).await;
    let (direct, _) = ben.direct(&ann).await;
    for room in ["lobby", &attic, &direct] {
        ben.say(room, &format!("mine in {room}")).await;
        ann.say(room, "not mine").await;
    }
    let url = format!("{}/users/me/export", ben.users_url);
    let export = call(Method::GET, &url, &ben.person.token, &Value::Null).await;
    assert_eq!(export.status, StatusCode::OK, "{}", export.text);
    let lines: Vec<Value> = export.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let rooms = lines.iter().filter(|line| line["kind"] == json!("room"));
    let mut ids: Vec<String> = rooms.map(|room| text(&room["id"])).collect();
    ids.sort();
    let mut expected = vec!["lobby".to_owned(), attic.clone(), direct.clone()];
    expected.sort();
    assert_eq!(ids, expected, "{}", export.text);
    for room in ["lobby", &attic, &direct] {
        assert!(export.text.contains(&format!("mine in {room}")), "{}", export.text);
    }
    assert!(!export.text.contains("not mine") && !export.text.contains(&hidden), "{}", export.text);
}
