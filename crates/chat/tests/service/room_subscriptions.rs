//! Sockets of all rooms: what they get, and how that follows the memberships, on each node and over each transport.

mod coming;
mod leaving;
mod while_connecting;

use serde_json::{Value, json};
use store::{Room, RoomId, RoomKind};
use testkit::builders;
use testkit::socket_io::{Client, Polling, Received};

use crate::app::{App, Person};

/// What makes a socket one of all rooms.
fn auth(person: &Person) -> Value {
    json!({"token": person.token, "rooms": true})
}

/// A socket of all rooms of a person.
async fn socket(app: &App, person: &Person) -> Client {
    Client::connect_with(&app.url, auth(person)).await
}

/// One that polls.
async fn polling(app: &App, person: &Person) -> Polling {
    Polling::connect_with(&app.url, auth(person)).await
}

async fn private_room(app: &App, name: &str, owner: &Person, others: &[&Person]) -> Room {
    let others: Vec<_> = others.iter().map(|person| &person.user).collect();
    builders::make_room(&app.stores, RoomKind::Private, name, &owner.user, &others).await
}

/// Sends to a room and returns the number of the entry.
async fn send(client: &mut Client, room: RoomId, text: &str) -> u64 {
    let answer =
        client.emit_with_ack("chat message", &[json!(text), json!({"room": room.to_string()})]).await;
    assert_eq!(answer["ok"], json!(true), "{answer}");
    answer["message"]["seq"].as_u64().unwrap()
}

/// What a client learns of rooms.
#[derive(Debug, Clone, PartialEq)]
enum Seen {
    /// `chat message`: the room, and the number.
    Entry(String, u64),
    /// `room` with what it is now.
    Room(Value),
    /// `room` with `gone`.
    Gone(String),
}

fn seen(received: Received) -> Option<Seen> {
    let Received::Event(name, arguments) = received else { return None };
    match (name.as_str(), arguments.as_slice()) {
        ("chat message", [_, entry]) => {
            Some(Seen::Entry(entry["room"].as_str()?.into(), entry["seq"].as_u64()?))
        }
        ("room", [room]) if room["gone"] == json!(true) => {
            assert_eq!(*room, json!({"id": room["id"], "gone": true}));
            Some(Seen::Gone(room["id"].as_str()?.into()))
        }
        ("room", [room]) => Some(Seen::Room(room.clone())),
        _ => None,
    }
}

/// The next thing that a client learns of rooms.
async fn next(client: &mut Client) -> Seen {
    loop {
        match client.receive().await {
            Received::Closed => panic!("the connection is closed"),
            received => {
                if let Some(seen) = seen(received) {
                    return seen;
                }
            }
        }
    }
}

/// As [`next`], over polling.
async fn next_polled(polling: &mut Polling) -> Seen {
    loop {
        match polling.receive().await {
            Received::Closed => panic!("the session is over"),
            received => {
                if let Some(seen) = seen(received) {
                    return seen;
                }
            }
        }
    }
}

/// The next entry, or room that is gone. Rooms that a client has are repeated when something of them may be new.
async fn next_entry(mut next: impl AsyncFnMut() -> Seen) -> Seen {
    loop {
        match next().await {
            Seen::Room(_) => {}
            other => return other,
        }
    }
}

/// The room that a client learns of next, besides the lobby.
async fn next_room(client: &mut Client) -> Value {
    loop {
        match next(client).await {
            Seen::Room(room) if room["id"] == json!("lobby") => {}
            Seen::Room(room) => return room,
            other => panic!("{other:?}"),
        }
    }
}

fn entry(room: RoomId, seq: u64) -> Seen {
    Seen::Entry(room.to_string(), seq)
}

#[tokio::test]
async fn a_socket_of_all_rooms_gets_them_and_a_stock_one_the_lobby_alone() {
    let app = App::start().await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let (first, second) =
        (private_room(&app, "One", &ada, &[&grace]).await, private_room(&app, "Two", &ada, &[&grace]).await);
    let other = private_room(&app, "Without Grace", &ada, &[]).await;
    let (mut sending, mut all) = (socket(&app, &ada).await, socket(&app, &grace).await);
    let (mut polled, mut stock) = (polling(&app, &grace).await, app.socket(&grace).await);
    for room in [other.id, first.id, second.id, RoomId::LOBBY] {
        send(&mut sending, room, "hello").await;
    }
    for room in [first.id, second.id, RoomId::LOBBY] {
        assert_eq!(next_entry(async || next(&mut all).await).await, entry(room, 1));
        assert_eq!(next_entry(async || next_polled(&mut polled).await).await, entry(room, 1));
    }
    assert_eq!(next(&mut stock).await, entry(RoomId::LOBBY, 1));
    assert_eq!(send(&mut all, first.id, "hello, Ada").await, 2);
    assert_eq!(next_entry(async || next(&mut sending).await).await, entry(first.id, 2));
    assert_eq!(
        next_entry(async || next_polled(&mut polled).await).await,
        entry(first.id, 2),
        "the same person's other sockets too"
    );
    assert_eq!(stock.try_receive().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upgrade_of_a_socket_in_many_rooms_loses_doubles_and_reorders_nothing() {
    const ROOMS: usize = 40;
    const ROUNDS: u64 = 10;
    let app = App::start().await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let mut rooms = vec![RoomId::LOBBY];
    for number in 1..ROOMS {
        rooms.push(private_room(&app, &number.to_string(), &ada, &[&grace]).await.id);
    }
    let (mut sending, mut polled) = (socket(&app, &ada).await, polling(&app, &grace).await);
    let sent = rooms.clone();
    let sender = tokio::spawn(async move {
        for _ in 0..ROUNDS {
            for room in &sent {
                send(&mut sending, *room, "hello").await;
            }
        }
    });
    let mut arrived = vec![next_entry(async || next_polled(&mut polled).await).await];
    let (before, mut client) = polled.upgrade().await;
    arrived.extend(before.into_iter().filter_map(seen).filter(|seen| !matches!(seen, Seen::Room(_))));
    while arrived.len() < ROOMS * usize::try_from(ROUNDS).unwrap() {
        arrived.push(next_entry(async || next(&mut client).await).await);
    }
    sender.await.unwrap();
    for room in rooms {
        let name = room.to_string();
        let of_room: Vec<_> = arrived
            .iter()
            .filter(|seen| matches!(seen, Seen::Entry(room, _) if *room == name))
            .cloned()
            .collect();
        assert_eq!(of_room, (1..=ROUNDS).map(|seq| entry(room, seq)).collect::<Vec<_>>());
    }
}
