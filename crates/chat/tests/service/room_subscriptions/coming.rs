//! Coming into a room while the socket is open: the client gets the room, and then its messages.

use serde_json::json;
use store::{RoomChange, Topic};

use super::*;
use crate::disconnects::FILLING_MESSAGES;

/// Messages that are sent to a room.
const MESSAGES: u64 = 200;

/// Reads up to the room's `room` event, and from there the room's entries up to the last one. Returns where the event said
/// that the log ends, and their numbers.
async fn entries_after_the_event(mut next: impl AsyncFnMut() -> Seen, room: &Room) -> (u64, Vec<u64>) {
    let is_lobby = |seen: &Seen| matches!(seen, Seen::Room(room) if room["id"] == json!("lobby"));
    let mut next = async || {
        loop {
            let seen = next().await;
            if !is_lobby(&seen) {
                return seen;
            }
        }
    };
    let Seen::Room(event) = next().await else { panic!("an entry came before the room") };
    assert_eq!(
        (&event["id"], &event["role"], &event["kind"]),
        (&json!(room.id.to_string()), &json!("member"), &json!("private"))
    );
    let last_seq = event["last_seq"].as_u64().unwrap();
    let mut seqs = Vec::new();
    while seqs.last().unwrap_or(&last_seq) < &MESSAGES {
        match next().await {
            Seen::Entry(id, seq) if id == room.id.to_string() => seqs.push(seq),
            Seen::Room(event) => assert_eq!(event["id"], json!(room.id.to_string())),
            other => panic!("{other:?}"),
        }
    }
    (last_seq, seqs)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_room_comes_before_its_first_message_and_no_message_is_missed() {
    let app = App::start().await;
    let node = app.another_node().await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let room = private_room(&app, "Attic", &ada, &[]).await;
    let (mut near, mut far) = (socket(&app, &grace).await, socket(&node, &grace).await);
    let mut polled = polling(&app, &grace).await;
    let (mut owner, mut sending) = (socket(&app, &ada).await, socket(&app, &ada).await);
    let traffic = async {
        let arguments = json!({"room": room.id.to_string(), "user": "grace"});
        for number in 0..MESSAGES {
            send(&mut sending, room.id, &number.to_string()).await;
            if number == 20 {
                let answer = owner.emit_with_ack("add", std::slice::from_ref(&arguments)).await;
                assert_eq!(answer["member"]["username"], json!("grace"), "{answer}");
            }
        }
    };
    let results = tokio::join!(
        traffic,
        entries_after_the_event(async || next(&mut near).await, &room),
        entries_after_the_event(async || next_polled(&mut polled).await, &room),
        entries_after_the_event(async || next(&mut far).await, &room),
    );
    for (last_seq, seqs) in [results.1, results.2, results.3] {
        assert!(last_seq >= 20, "it was not let in before");
        // One that was about to be delivered may be counted already.
        let first = seqs[0].min(last_seq + 1);
        assert_eq!(seqs, (first..=MESSAGES).collect::<Vec<_>>(), "after {last_seq}");
    }
}

/// The room once it has a topic.
async fn room_with(client: &mut Client, topic: &str) -> Value {
    loop {
        let room = next_room(client).await;
        if room["topic"] == json!(topic) {
            return room;
        }
    }
}

#[tokio::test]
async fn the_room_comes_first_to_a_client_too_that_reads_slowly() {
    let app = App::start().await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let filling = private_room(&app, "What fills the connection", &ada, &[&grace]).await;
    let room = private_room(&app, "Attic", &ada, &[]).await;
    let (mut sending, mut slow) = (socket(&app, &ada).await, socket(&app, &grace).await);
    let text = "x".repeat(4_000);
    for _ in 0..FILLING_MESSAGES {
        send(&mut sending, filling.id, &text).await;
    }
    let mut witness = socket(&app, &grace).await;
    builders::remove_member(&app.stores, &filling, &grace.user).await;
    assert_eq!(next_entry(async || next(&mut witness).await).await, Seen::Gone(filling.id.to_string()));
    // That waits for the slow client too. So do the next room and a message in it.
    builders::add_member(&app.stores, &room, &grace.user).await;
    while next_room(&mut witness).await["id"] != json!(room.id.to_string()) {}
    send(&mut sending, room.id, "hello").await;
    assert_eq!(next_entry(async || next(&mut witness).await).await, entry(room.id, 1));
    let mut seen = vec![next(&mut slow).await];
    while seen.last() != Some(&entry(room.id, 1)) {
        seen.push(next(&mut slow).await);
    }
    let about_room = |seen: &&Seen| match seen {
        Seen::Room(event) => event["id"] == json!(room.id.to_string()),
        other => **other == entry(room.id, 1),
    };
    assert!(matches!(seen.iter().find(about_room), Some(Seen::Room(_))), "a message came before its room");
    assert!(seen.len() < FILLING_MESSAGES, "what it had not got of the other room never comes");
}

#[tokio::test]
async fn a_room_that_changes_is_reported_to_everybody_in_it_on_each_node() {
    let app = App::start().await;
    let node = app.another_node().await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let room = private_room(&app, "Attic", &ada, &[&grace]).await;
    let (mut owner, mut near) = (socket(&app, &ada).await, socket(&app, &grace).await);
    let (mut far, mut stock) = (socket(&node, &grace).await, app.socket(&grace).await);
    let change = json!({"room": room.id.to_string(), "topic": "Boxes"});
    assert_eq!(owner.emit_with_ack("change room", &[change]).await["ok"], json!(true));
    for (client, role) in [(&mut owner, "owner"), (&mut near, "member"), (&mut far, "member")] {
        let event = room_with(client, "Boxes").await;
        assert_eq!(event["role"], json!(role));
    }
    let change = RoomChange { topic: Some(Topic::parse("More boxes").unwrap()), ..RoomChange::default() };
    app.stores.rooms.change(room.id, change).await.unwrap();
    for client in [&mut near, &mut far] {
        room_with(client, "More boxes").await;
    }
    assert_eq!(stock.try_receive().await, None, "a stock client does not know of rooms");
}

#[tokio::test]
async fn a_person_joins_with_one_socket_and_all_others_follow() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let grace = app.person("grace").await;
    let room = builders::make_room(&app.stores, RoomKind::Public, "Garden", &ada.user, &[]).await;
    let (mut sending, mut joining, mut other) =
        (socket(&app, &ada).await, socket(&app, &grace).await, socket(&app, &grace).await);
    let named = json!({"room": room.id.to_string()});
    let answer = joining.emit_with_ack("join", std::slice::from_ref(&named)).await;
    assert_eq!(answer["room"]["role"], json!("member"), "{answer}");
    for client in [&mut joining, &mut other] {
        let event = next_room(client).await;
        assert_eq!(event["id"], named["room"]);
    }
    assert_eq!(send(&mut sending, room.id, "welcome").await, 1);
    for client in [&mut joining, &mut other] {
        assert_eq!(next_entry(async || next(client).await).await, entry(room.id, 1));
    }
    assert_eq!(joining.emit_with_ack("leave", &[named]).await["ok"], json!(true));
    for client in [&mut joining, &mut other] {
        assert_eq!(next_entry(async || next(client).await).await, Seen::Gone(room.id.to_string()));
    }
    send(&mut sending, room.id, "is anybody there?").await;
    send(&mut sending, RoomId::LOBBY, "the end").await;
    for client in [&mut joining, &mut other] {
        assert_eq!(next_entry(async || next(client).await).await, entry(RoomId::LOBBY, 1));
    }
}
