//! Making rooms, finding them, joining and talking; who gets what.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::process::node::Program;
use testkit::wait::until;

use super::{System, emit, emit_ok, on_one_node_and_on_two, text};

on_one_node_and_on_two! {
    somebody_finds_a_public_room_joins_it_and_talks_there
    a_private_room_is_for_its_members_alone
    a_stock_client_gets_the_lobby_alone
    two_people_who_begin_a_direct_message_at_once_are_in_one_room
    a_room_shows_its_members_who_are_here_and_who_is_typing
}

async fn somebody_finds_a_public_room_joins_it_and_talks_there(system: System) {
    let (ann, ben) = (system.member("Ann", 0).await, system.member("Ben", 1).await);
    let mut anns = ann.client("websocket").await;
    let made = emit_ok(&mut anns, json!(["create room", {"name": "Garden", "kind": "public"}])).await;
    let room = text(&made["room"]["id"]);
    assert_eq!((&made["room"]["name"], &made["room"]["role"]), (&json!("Garden"), &json!("owner")));
    let found = until("the room is found", async || {
        let list = ben.get("/rooms?find=gard").await;
        list["public"].as_array().unwrap().first().cloned()
    })
    .await;
    assert_eq!((text(&found["id"]), &found["role"]), (room.clone(), &Value::Null));
    let mut bens = ben.client("polling").await;
    let refused = emit(&mut bens, json!(["chat message", "too early", {"room": room}])).await;
    assert_eq!(refused["code"], json!("forbidden"), "{refused}");
    let joined = emit_ok(&mut bens, json!(["join", {"room": room}])).await;
    assert_eq!(joined["room"]["role"], json!("member"));

    let said = emit_ok(&mut anns, json!(["chat message", "hello Ben", {"room": room}])).await;
    let heard = bens.next("chat message").await;
    assert_eq!((&heard[0], &heard[1]), (&json!("Ann : hello Ben"), &said["message"]));
    assert_eq!(heard[1]["room"], json!(room));
    let answered = ben.say(&room, "hello Ann").await;
    assert_eq!(anns.next("chat message").await[1], answered);
    for member in [&ann, &ben] {
        assert_eq!(member.messages(&room).await, json!([said["message"], answered]));
        assert_eq!(member.members(&room).await, ["Ann", "Ben"]);
    }
}

async fn a_private_room_is_for_its_members_alone(system: System) {
    let (ann, ben) = (system.member("Ann", 0).await, system.member("Ben", 1).await);
    let room = ann.make_room("Attic", "private").await;
    ann.say(&room, "for nobody else").await;
    let mut bens = ben.client("websocket").await;
    let no_room = "01900000-0000-7000-8000-000000000000";
    for (method, path, body) in [
        (Method::GET, "", Value::Null),
        (Method::GET, "/messages", Value::Null),
        (Method::GET, "/members", Value::Null),
        (Method::POST, "/messages", json!({"text": "let me in"})),
        (Method::PATCH, "", json!({"name": "Mine"})),
        (Method::PUT, "/members/me", json!({})),
        (Method::DELETE, "/members/Ann", Value::Null),
    ] {
        let answer = async |room: &str| {
            let answer = ben.call(method.clone(), &format!("/rooms/{room}{path}"), body.clone()).await;
            answer.problem(404, "unknown_room")
        };
        assert_eq!(answer(&room).await, answer(no_room).await, "{method} {path}");
    }
    for event in ["history", "watch", "typing", "room", "members", "join", "leave"] {
        let refused = emit(&mut bens, json!([event, {"room": room}])).await;
        assert_eq!(refused["code"], json!("unknown_room"), "{event}: {refused}");
        assert_eq!(refused, emit(&mut bens, json!([event, {"room": no_room}])).await, "{event}");
    }
    let list = ben.get("/rooms?find=attic").await;
    assert_eq!((&list["rooms"], &list["public"]), (&json!([]), &json!([])));

    ann.add(&room, &ben).await;
    let came = loop {
        // Another node may report the lobby, in which one is since the sign-up.
        let came = bens.next("room").await[0].clone();
        if came["id"] != json!("lobby") {
            break came;
        }
    };
    assert_eq!((&came["id"], &came["role"]), (&json!(room), &json!("member")));
    let said = ann.say(&room, "welcome").await;
    assert_eq!(bens.next("chat message").await[1], said);
}

async fn a_stock_client_gets_the_lobby_alone(system: System) {
    let (ann, ben) = (system.member("Ann", 0).await, system.member("Ben", 1).await);
    let room = ann.make_room("Garden", "private").await;
    ann.add(&room, &ben).await;
    let (direct, _) = ann.direct(&ben).await;
    for transport in ["websocket", "polling"] {
        let mut stock = Program::run("talk.mjs", &[&ben.chat_url, &ben.person.token, transport]);
        stock.next("connected").await;
        ann.say(&room, "in the garden").await;
        ann.say(&direct, "to you alone").await;
        ann.say("lobby", "to all").await;
        // Anything else would arrive first.
        assert_eq!(stock.next("received").await, json!("Ann : to all"), "{transport}");
        stock.write_line("to all, too").await;
        until("it is in the lobby", async || {
            let lobby = ann.messages("lobby").await;
            let last = lobby.as_array().unwrap().last().unwrap().clone();
            (last["text"] == json!("to all, too") && last["room"] == json!("lobby")).then_some(())
        })
        .await;
    }
}

async fn two_people_who_begin_a_direct_message_at_once_are_in_one_room(system: System) {
    let (ann, ben) = (system.member("Ann", 0).await, system.member("Ben", 1).await);
    let ((anns, ann_made_it), (bens, ben_made_it)) = tokio::join!(ann.direct(&ben), ben.direct(&ann));
    assert_eq!(anns, bens);
    assert!(ann_made_it != ben_made_it, "one of the two has made it");
    assert_eq!(ann.direct(&ben).await, (anns.clone(), false));
    ann.say(&anns, "is it you?").await;
    ben.say(&bens, "it is").await;
    for (member, other) in [(&ann, "Ben"), (&ben, "Ann")] {
        let words: Vec<String> =
            member.messages(&anns).await.as_array().unwrap().iter().map(|it| text(&it["text"])).collect();
        assert_eq!(words, ["is it you?", "it is"]);
        let list = member.get("/rooms").await;
        let direct: Vec<_> =
            list["rooms"].as_array().unwrap().iter().filter(|room| room["kind"] == json!("direct")).collect();
        assert_eq!(direct.len(), 1, "{list}");
        let people = direct[0]["people"].as_array().unwrap();
        assert!(people.iter().any(|person| person["username"] == json!(other)), "{people:?}");
    }
}

async fn a_room_shows_its_members_who_are_here_and_who_is_typing(system: System) {
    let (ann, ben) = (system.member("Ann", 0).await, system.member("Ben", 1).await);
    let cas = system.member("Cas", 1).await;
    let room = ann.make_room("Attic", "private").await;
    ann.add(&room, &ben).await;
    let mut anns = ann.client("websocket").await;
    let _cas = cas.client("websocket").await;
    let watched = emit_ok(&mut anns, json!(["watch", {"room": room}])).await;
    assert_eq!((&watched["people"][0]["username"], &watched["count"]), (&json!("Ann"), &json!(1)));
    let mut bens = ben.client("websocket").await;
    emit_ok(&mut bens, json!(["typing", {"room": room}])).await;
    let presence = anns.next("presence").await[0].clone();
    assert_eq!((&presence["room"], &presence["count"]), (&json!(room), &json!(2)));
    assert_eq!(presence["joined"][0]["username"], json!("Ben"), "and not Cas");
    loop {
        let typing = anns.next("typing").await[0].clone();
        if typing["users"] != json!([]) {
            assert_eq!((&typing["room"], &typing["users"][0]["username"]), (&json!(room), &json!("Ben")));
            break;
        }
    }
    drop(bens);
    let left = anns.next("presence").await[0].clone();
    assert_eq!((&left["room"], &left["left"][0]["username"]), (&json!(room), &json!("Ben")));
}
