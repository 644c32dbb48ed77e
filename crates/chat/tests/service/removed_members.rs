//! A removed member on every node, also while a node cannot poll.

use reqwest::Method;
use serde_json::{Value, json};
use store::RoomKind;
use testkit::builders;
use testkit::faulty::Faults;
use testkit::socket_io::Client;
use testkit::wait;

use crate::app::{App, Person};

async fn remove(app: &App, owner: &Person, room: &str, name: &str) {
    let answer = app.call(owner, Method::DELETE, &format!("/rooms/{room}/members/{name}"), None).await;
    assert_eq!(answer.status, 204, "{}", answer.text);
}

async fn send(socket: &mut Client, room: &str) -> Value {
    socket.emit_with_ack("chat message", &[json!("hello"), json!({"room": room})]).await
}

/// Sends until the room is unknown.
async fn until_unknown(socket: &mut Client, room: &str) {
    wait::until("the former member is refused", async || {
        let ack = send(socket, room).await;
        (ack["code"] == json!("unknown_room")).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_removed_member_sends_and_reads_nothing_more_on_any_node() {
    let app = App::start().await;
    let other_node = app.another_node().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let room = builders::make_room(&app.stores, RoomKind::Private, "Plans", &ada.user, &[&bob.user]).await;
    let id = room.id.to_string();
    let (mut here, mut there) = (app.socket(&bob).await, other_node.socket(&bob).await);
    for socket in [&mut here, &mut there] {
        assert_eq!(send(socket, &id).await["ok"], json!(true));
    }
    remove(&app, &ada, &id, "bob").await;
    assert_eq!(send(&mut here, &id).await["code"], json!("unknown_room"), "at once where it was done");
    until_unknown(&mut there, &id).await;
    let end = app.stores.log.last_seqs(&[room.id]).await.unwrap()[&room.id];
    for socket in [&mut here, &mut there] {
        for event in ["history", "room", "members", "watch", "typing", "leave"] {
            let ack = socket.emit_with_ack(event, &[json!({"room": id})]).await;
            assert_eq!(ack["code"], json!("unknown_room"), "{event}: {ack}");
        }
        assert_eq!(send(socket, &id).await["code"], json!("unknown_room"));
    }
    assert_eq!(app.stores.log.last_seqs(&[room.id]).await.unwrap()[&room.id], end);
}

#[tokio::test]
async fn a_node_that_cannot_poll_asks_the_store_about_each_message() {
    let faults = Faults::default();
    let app = App::start().await;
    let blind = app.another_node_with(|_| {}, |stores| faults.wrap(stores)).await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let room = builders::make_room(&app.stores, RoomKind::Private, "Plans", &ada.user, &[&bob.user]).await;
    let id = room.id.to_string();
    let mut socket = blind.socket(&bob).await;
    wait::until("the membership is known", async || {
        let before = faults.membership_sizes().len();
        assert_eq!(send(&mut socket, &id).await["ok"], json!(true));
        (faults.membership_sizes().len() == before).then_some(())
    })
    .await;
    faults.set_room_poll_unavailable(true);
    remove(&app, &ada, &id, "bob").await;
    until_unknown(&mut socket, &id).await;
    faults.set_rooms_unavailable(true);
    let ack = send(&mut socket, &id).await;
    assert_eq!((&ack["code"], ack["retry_after_ms"].is_u64()), (&json!("unavailable"), true), "never in");
}
