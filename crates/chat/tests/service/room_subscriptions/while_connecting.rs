//! Memberships that change while a socket connects: between the question for its rooms, and its registration.

use store::{MAX_ROOMS_MADE, MAX_ROOMS_OF_USER};
use testkit::faulty::Faults;
use testkit::wait;

use super::*;

/// Maximum questions to the store of a socket that connects, whatever the number of its rooms: for the rooms and the ends of
/// their logs, and the rooms again while no poll has answered for half a second.
const FEW_QUESTIONS: usize = 8;

#[tokio::test]
async fn a_change_while_a_socket_connects_is_not_missed() {
    let faults = Faults::default();
    let app = App::start_with(|_| {}, |stores| faults.wrap(stores)).await;
    let [ada, grace, hedy] = [app.person("ada").await, app.person("grace").await, app.person("hedy").await];
    let left = private_room(&app, "Left while connecting", &ada, &[&grace]).await;
    let joined = private_room(&app, "Joined while connecting", &ada, &[]).await;
    let marker = private_room(&app, "Marker", &ada, &[&hedy]).await;
    let mut witness = socket(&app, &hedy).await;
    let asked = faults.last_seqs_sizes().len();
    let held = faults.hold_last_seqs().await;
    let mut client = Client::open(&app.url, "", &[]).await.unwrap();
    client.send_packet(&format!("40{}", auth(&grace))).await;
    wait::until("it knows its rooms, and has them followed", async || {
        faults.last_seqs_sizes().get(asked..).is_some_and(|sizes| !sizes.is_empty()).then_some(())
    })
    .await;
    builders::add_member(&app.stores, &joined, &grace.user).await;
    builders::remove_member(&app.stores, &left, &grace.user).await;
    builders::remove_member(&app.stores, &marker, &hedy.user).await;
    assert_eq!(
        next_entry(async || next(&mut witness).await).await,
        Seen::Gone(marker.id.to_string()),
        "this node knows of the changes"
    );
    drop(held);
    while client.receive().await != Received::Connected {}
    assert_eq!(next_entry(async || next(&mut client).await).await, Seen::Gone(left.id.to_string()));
    while next_room(&mut client).await["id"] != json!(joined.id.to_string()) {}
    let mut sending = socket(&app, &ada).await;
    send(&mut sending, left.id, "unheard").await;
    send(&mut sending, joined.id, "heard").await;
    assert_eq!(next_entry(async || next(&mut client).await).await, entry(joined.id, 1));
}

#[tokio::test]
async fn a_socket_in_a_thousand_rooms_connects_with_a_few_questions_and_receives_from_each() {
    let faults = Faults::default();
    let app = App::start_with(|_| {}, |stores| faults.wrap(stores)).await;
    let (grace, hedy) = (app.person("grace").await, app.person("hedy").await);
    let mut witness = socket(&app, &hedy).await;
    let mut rooms = Vec::new();
    for number in 0..MAX_ROOMS_OF_USER / MAX_ROOMS_MADE {
        let owner = app.person(&format!("owner{number}")).await;
        for room in 0..MAX_ROOMS_MADE {
            let room = private_room(&app, &format!("Room {room} of {number}"), &owner, &[&grace]).await;
            rooms.push((room.id, owner.clone()));
        }
    }
    assert_eq!(rooms.len(), MAX_ROOMS_OF_USER);
    rooms.sort_unstable_by_key(|(room, _)| *room);
    let marker = private_room(&app, "Marker", &hedy, &[]).await;
    assert_eq!(
        next_room(&mut witness).await["id"],
        json!(marker.id.to_string()),
        "this node knows of the rooms"
    );
    let asked = || faults.rooms_of_user() + faults.membership_sizes().len() + faults.last_seqs_sizes().len();
    let before = asked();
    let mut client = socket(&app, &grace).await;
    assert_eq!(
        faults.last_seqs_sizes().last(),
        Some(&MAX_ROOMS_OF_USER),
        "all logs but the lobby's, at once"
    );
    assert!(asked() - before <= FEW_QUESTIONS, "{}", asked() - before);
    for (room, owner) in [&rooms[0], &rooms[MAX_ROOMS_OF_USER / 2], &rooms[MAX_ROOMS_OF_USER - 1]] {
        send(&mut socket(&app, owner).await, *room, "psst").await;
        assert_eq!(next(&mut client).await, entry(*room, 1), "nothing of another room comes before");
    }
}

#[tokio::test]
async fn a_socket_of_all_rooms_is_not_let_in_while_they_are_not_known() {
    let faults = Faults::default();
    let app = App::start_with(|_| {}, |stores| faults.wrap(stores)).await;
    let ada = app.person("ada").await;
    faults.set_rooms_unavailable(true);
    let mut client = Client::open(&app.url, "", &[]).await.unwrap();
    client.send_packet(&format!("40{}", auth(&ada))).await;
    assert_eq!(client.until_closed().await, [], "it may come back");
    let mut stock = app.socket(&ada).await;
    stock.send("the lobby needs no question").await;
    faults.set_rooms_unavailable(false);
    send(&mut socket(&app, &ada).await, RoomId::LOBBY, "back").await;
}
