//! Who goes out of a room, or deletes the account; and what one may take along.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::http::call;

use super::{System, on_one_node_and_on_two, text};

on_one_node_and_on_two! {
    a_deleted_account_leaves_no_word_and_no_membership_in_any_room
    an_export_has_the_rooms_that_one_is_in_and_ones_words_there
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
