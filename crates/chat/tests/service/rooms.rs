//! Rooms, direct messages and members over HTTP and by events, and the refusal of each bad input.

use reqwest::Method;
use serde_json::{Value, json};
use store::RoomKind;
use testkit::builders;

use crate::app::{App, Person, code};

async fn create(app: &App, person: &Person, name: &str, kind: &str) -> String {
    let body = json!({"name": name, "kind": kind});
    let answer = app.call(person, Method::POST, "/rooms", Some(body)).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()["id"].as_str().unwrap().to_owned()
}

fn names(rooms: &Value) -> Vec<&str> {
    rooms.as_array().unwrap().iter().map(|room| room["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_public_room_is_created_found_joined_renamed_and_left() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let body = json!({"name": " Garden ", "kind": "public", "topic": "What grows"});
    let room = app.call(&ada, Method::POST, "/rooms", Some(body)).await.json();
    let id = room["id"].as_str().unwrap();
    let wanted = json!({
        "id": id, "kind": "public", "name": "Garden", "topic": "What grows", "archived": false, "role": "owner",
        "created_by": ada.user.id.to_string(), "last_seq": 0, "read_seq": 0, "unread": 0, "mentions": 0,
        "notify": "all", "member_count": 1,
    });
    assert_eq!(room, wanted);
    let listed = app.call(&bob, Method::GET, "/rooms?find=garD", None).await.json();
    assert_eq!((names(&listed["rooms"]), names(&listed["public"])), (vec![], vec!["Garden"]), "{listed}");
    assert_eq!(listed["public"][0]["role"], Value::Null);
    let path = format!("/rooms/{id}/members/me");
    let joined = app.call(&bob, Method::PUT, &path, None).await;
    assert_eq!((joined.status.as_u16(), &joined.json()["role"]), (201, &json!("member")));
    assert_eq!(app.call(&bob, Method::PUT, &path, Some(json!({}))).await.status, 200, "again");
    let listed = app.call(&bob, Method::GET, "/rooms", None).await.json();
    assert_eq!((names(&listed["rooms"]), names(&listed["public"])), (vec!["Lobby", "Garden"], vec![]));
    let change = json!({"name": "Orchard", "topic": ""});
    let changed = app.call(&ada, Method::PATCH, &format!("/rooms/{id}"), Some(change)).await.json();
    assert_eq!(
        (&changed["name"], &changed["topic"], &changed["member_count"]),
        (&json!("Orchard"), &json!(""), &json!(2))
    );
    assert_eq!(app.call(&bob, Method::DELETE, &path, None).await.status, 204);
    let members = app.call(&bob, Method::GET, &format!("/rooms/{id}/members"), None).await.json();
    assert_eq!(members["members"].as_array().unwrap().len(), 1, "it can still be looked into");
}

#[tokio::test]
async fn a_private_room_is_handed_over_and_archived() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let room = create(&app, &ada, "Plans", "private").await;
    let at = |rest: &str| format!("/rooms/{room}{rest}");
    let alone = app.call(&ada, Method::DELETE, &at("/members/me"), None).await.problem(403, "forbidden");
    assert!(alone["detail"].as_str().unwrap().contains("only owner"), "{alone}");
    let added = app.call(&ada, Method::PUT, &at("/members/BOB"), Some(json!({"role": "owner"}))).await;
    assert_eq!((added.status.as_u16(), &added.json()["role"]), (201, &json!("owner")));
    let own = app.call(&ada, Method::PUT, &at("/members/me"), Some(json!({"role": "member"}))).await;
    assert_eq!((own.status.as_u16(), &own.json()["role"]), (200, &json!("member")));
    app.call(&ada, Method::DELETE, &at("/members/bob"), None).await.problem(403, "forbidden");
    assert_eq!(app.call(&bob, Method::DELETE, &at(""), None).await.status, 204);
    assert_eq!(app.call(&bob, Method::DELETE, &at(""), None).await.status, 204, "again");
    let late = app.call(&bob, Method::POST, &at("/messages"), Some(json!({"text": "late"}))).await;
    late.problem(409, "archived");
    let both = Some(json!({"archived": true, "name": "x"}));
    app.call(&bob, Method::PATCH, &at(""), both).await.problem(409, "archived");
    let back =
        app.call(&bob, Method::PATCH, &at(""), Some(json!({"archived": false, "name": "Plan B"}))).await;
    assert_eq!((&back.json()["archived"], &back.json()["name"]), (&json!(false), &json!("Plan B")));
}

#[tokio::test]
async fn each_of_the_same_people_begins_the_same_direct_message() {
    let app = App::start().await;
    let (ada, bob, eve) = (app.person("ada").await, app.person("bob").await, app.person("eve").await);
    let begin = async |person: &Person, names: Value| {
        app.call(person, Method::POST, "/direct", Some(json!({"usernames": names}))).await
    };
    let first = begin(&ada, json!(["bob"])).await;
    assert_eq!(first.status, 201, "{}", first.text);
    let room = first.json();
    let mut people: Vec<_> =
        room["people"].as_array().unwrap().iter().map(|it| it["username"].as_str().unwrap()).collect();
    people.sort_unstable();
    assert_eq!((people, &room["name"], &room["role"]), (vec!["ada", "bob"], &Value::Null, &json!("member")));
    let again = begin(&bob, json!(["ADA", "ada", "bob"])).await;
    assert_eq!((again.status.as_u16(), &again.json()["id"]), (200, &room["id"]));
    assert_ne!(begin(&ada, json!(["bob", eve.user.id.to_string()])).await.json()["id"], room["id"]);
    for (names, says) in [
        (json!(["nobody-here"]), "nobody-here"),
        (json!(["ada"]), "1 to 8"),
        (json!([]), "1 to 8"),
        (json!(["b"; 9].to_vec()), "1 to 8"),
        (json!("bob"), "a list"),
        (json!([7]), "a list"),
    ] {
        let problem = begin(&ada, names.clone()).await.invalid(&["usernames"]);
        assert!(problem["errors"]["usernames"].as_str().unwrap().contains(says), "{names}: {problem}");
    }
    let path = format!("/rooms/{}/messages", room["id"].as_str().unwrap());
    assert_eq!(app.call(&bob, Method::POST, &path, Some(json!({"text": "hi"}))).await.status, 201);
    app.call(&eve, Method::GET, &path, None).await.problem(404, "unknown_room");
}

#[tokio::test]
async fn each_bad_input_is_refused_by_its_field_and_changes_nothing() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    create(&app, &ada, "Garden", "public").await;
    for (body, fields) in [
        (json!({}), vec!["kind", "name"]),
        (json!({"name": " ", "kind": "public"}), vec!["name"]),
        (json!({"name": "x".repeat(65), "kind": "public"}), vec!["name"]),
        (json!({"name": "a\u{7}b", "kind": "public"}), vec!["name"]),
        (json!({"name": "\u{200b}", "kind": "public"}), vec!["name"]),
        (json!({"name": "GARDEN", "kind": "public"}), vec!["name"]),
        (json!({"name": "Lobby", "kind": "public"}), vec!["name"]),
        (json!({"name": "x", "kind": "direct"}), vec!["kind"]),
        (json!({"name": "x", "kind": 7}), vec!["kind"]),
        (json!({"name": "x", "kind": "public", "topic": "x".repeat(251)}), vec!["topic"]),
        (json!({"name": "x", "kind": "public", "topic": "a\nb"}), vec!["topic"]),
        (json!({"name": "x", "kind": "public", "members": []}), vec!["members"]),
    ] {
        app.call(&ada, Method::POST, "/rooms", Some(body)).await.invalid(&fields);
    }
    for (path, field) in [
        ("/rooms?limit=0", "limit"),
        ("/rooms?limit=101", "limit"),
        ("/rooms?what=1", "what"),
        ("/rooms/lobby/members?after=x", "after"),
        ("/rooms/lobby/members?limit=x", "limit"),
    ] {
        app.call(&ada, Method::GET, path, None).await.invalid(&[field]);
    }
    let long = format!("/rooms?find={}", "x".repeat(65));
    app.call(&ada, Method::GET, &long, None).await.invalid(&["find"]);
    let listed = app.call(&ada, Method::GET, "/rooms", None).await.json();
    assert_eq!(names(&listed["rooms"]), ["Lobby", "Garden"]);
    for path in ["/rooms/attic", "/rooms/LOBBY", "/rooms/00000000-0000-0000-0000-000000000000/members"] {
        let unknown = app.call(&ada, Method::GET, path, None).await.problem(404, "unknown_room");
        assert_eq!(unknown["detail"], "There is no such room, or you are not in it.");
    }
}

#[tokio::test]
async fn nobody_changes_the_lobby_or_who_is_in_it() {
    let app = App::start().await;
    let (ada, _bob) = (app.person("ada").await, app.person("bob").await);
    for (method, path, body) in [
        (Method::PATCH, "/rooms/lobby", Some(json!({"name": "Attic"}))),
        (Method::PATCH, "/rooms/lobby", Some(json!({"archived": true}))),
        (Method::DELETE, "/rooms/lobby", None),
        (Method::DELETE, "/rooms/lobby/members/me", None),
        (Method::DELETE, "/rooms/lobby/members/bob", None),
        (Method::PUT, "/rooms/lobby/members/bob", None),
    ] {
        app.call(&ada, method, path, body).await.problem(403, "forbidden");
    }
    assert_eq!(app.call(&ada, Method::PUT, "/rooms/lobby/members/me", None).await.status, 200, "as ever");
    let room = app.call(&ada, Method::GET, "/rooms/lobby", None).await.json();
    assert_eq!(
        (&room["name"], &room["role"], room.get("member_count")),
        (&json!("Lobby"), &json!("member"), None)
    );
    let members = app.call(&ada, Method::GET, "/rooms/lobby/members?limit=1", None).await.json();
    let next = format!("/rooms/lobby/members?after={}", members["next"].as_str().unwrap());
    let rest = app.call(&ada, Method::GET, &next, None).await.json();
    assert_eq!((&rest["members"][0]["username"], &rest["next"]), (&json!("bob"), &Value::Null));
    let found = app.call(&ada, Method::GET, "/rooms/lobby/members?find=B", None).await.json();
    assert_eq!(found["members"].as_array().unwrap().len(), 1, "{found}");
}

#[tokio::test]
async fn each_bound_is_named_and_an_unknown_person_too() {
    let app = App::start_with(|config| config.invite_per_minute = 3, |stores| stores).await;
    let ada = app.person("ada").await;
    for number in 0..store::MAX_ROOMS_MADE {
        builders::make_room(&app.stores, RoomKind::Private, &format!("Room {number}"), &ada.user, &[]).await;
    }
    let body = || Some(json!({"name": "One more", "kind": "private"}));
    let full = app.call(&ada, Method::POST, "/rooms", body()).await.problem(403, "forbidden");
    assert!(full["detail"].as_str().unwrap().contains("100 rooms"), "{full}");
    let bob = app.person("bob").await;
    let room = create(&app, &bob, "Plans", "private").await;
    let mut socket = app.socket(&bob).await;
    for (event, options, wanted, detail) in [
        ("add", json!({"room": room, "user": "nobody-here"}), "not_found", "user: there is no such user"),
        ("remove", json!({"room": room, "user": "ada"}), "not_found", "user: this user is not in the room"),
        ("add", json!({"room": room}), "invalid", "user: is missing"),
        (
            "set role",
            json!({"room": room, "user": "me", "role": "king"}),
            "invalid",
            "role: must be owner or member",
        ),
        ("leave", json!({}), "invalid", "room: is missing"),
        ("leave", json!({"room": room}), "forbidden", "You are the only owner"),
    ] {
        let ack = socket.emit_with_ack(event, &[options]).await;
        assert_eq!(code(&ack), wanted, "{event}: {ack}");
        assert!(ack["detail"].as_str().unwrap().starts_with(detail), "{event}: {ack}");
    }
    assert_eq!(
        socket.emit_with_ack("add", &[json!({"room": room, "user": "ada"})]).await["member"]["role"],
        "member"
    );
    let limited = app.call(&bob, Method::POST, "/direct", Some(json!({"usernames": ["ada"]}))).await;
    limited.problem(429, "rate_limited");
    assert!(limited.headers.contains_key("retry-after"));
}
