//! Being out of a room: nothing of it arrives any more, whatever was on its way.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use testkit::wait;

use super::*;
use crate::disconnects::is_let_in;

/// After a second nothing of a room reaches a person who is out of it; this allows for a busy machine.
const LEAVE_TIMEOUT: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread")]
async fn nothing_reaches_a_removed_person_on_any_node_and_transport() {
    let app = App::start().await;
    let node = app.another_node().await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let room = private_room(&app, "Attic", &ada, &[&grace]).await;
    let (mut near, mut far) = (socket(&app, &grace).await, socket(&node, &grace).await);
    let mut polled = polling(&node, &grace).await;
    let (mut owner, mut sending) = (socket(&app, &ada).await, socket(&app, &ada).await);
    let is_gone = AtomicBool::new(false);
    let traffic = async {
        while !is_gone.load(Ordering::SeqCst) {
            send(&mut sending, room.id, "psst").await;
        }
        send(&mut sending, room.id, "psst").await;
        send(&mut sending, RoomId::LOBBY, "the end").await;
    };
    let removal = async {
        assert_eq!(next_entry(async || next(&mut near).await).await, entry(room.id, 1));
        let arguments = json!({"room": room.id.to_string(), "user": "grace"});
        assert_eq!(owner.emit_with_ack("remove", &[arguments]).await["ok"], json!(true));
        wait::within(LEAVE_TIMEOUT, "it is gone everywhere", async {
            until_gone(&room, async || next(&mut near).await).await;
            until_gone(&room, async || next(&mut far).await).await;
            until_gone(&room, async || next_polled(&mut polled).await).await;
        })
        .await;
        is_gone.store(true, Ordering::SeqCst);
    };
    tokio::join!(traffic, removal);
    assert_eq!(
        next_entry(async || next(&mut near).await).await,
        entry(RoomId::LOBBY, 1),
        "nothing of the room came after that"
    );
    assert_eq!(next_entry(async || next(&mut far).await).await, entry(RoomId::LOBBY, 1));
    assert_eq!(next_entry(async || next_polled(&mut polled).await).await, entry(RoomId::LOBBY, 1));
}

async fn until_gone(room: &Room, mut next: impl AsyncFnMut() -> Seen) {
    let gone = Seen::Gone(room.id.to_string());
    while next().await != gone {}
}

#[tokio::test]
async fn what_waits_for_a_client_that_polls_in_time_arrives() {
    let app = App::start().await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let room = private_room(&app, "Attic", &ada, &[&grace]).await;
    let (mut sending, mut polled) = (socket(&app, &ada).await, polling(&app, &grace).await);
    send(&mut sending, room.id, "said before").await;
    builders::remove_member(&app.stores, &room, &grace.user).await;
    assert_eq!(next_entry(async || next_polled(&mut polled).await).await, entry(room.id, 1));
    assert_eq!(next_entry(async || next_polled(&mut polled).await).await, Seen::Gone(room.id.to_string()));
    send(&mut sending, room.id, "said after").await;
    send(&mut sending, RoomId::LOBBY, "still here").await;
    assert_eq!(
        next_entry(async || next_polled(&mut polled).await).await,
        entry(RoomId::LOBBY, 1),
        "it stays connected"
    );
}

#[tokio::test]
async fn what_waits_for_a_client_that_does_not_poll_in_time_never_arrives() {
    let app = App::start_with(|config| config.max_sockets_per_user = 1, |stores| stores).await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let room = private_room(&app, "Attic", &ada, &[&grace]).await;
    let (mut sending, late) = (socket(&app, &ada).await, polling(&app, &grace).await);
    send(&mut sending, room.id, "said before").await;
    assert!(!is_let_in(&app, &grace).await, "it is connected");
    builders::remove_member(&app.stores, &room, &grace.user).await;
    // Its only permit is free once it is disconnected.
    let free = async || is_let_in(&app, &grace).await.then_some(());
    wait::until_within(LEAVE_TIMEOUT, "it is disconnected", free).await;
    assert_eq!(late.poll().await, None, "the session is over");
}
