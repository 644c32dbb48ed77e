//! Memberships that change while a socket connects: between the question for its rooms, and its registration.

use testkit::faulty::Faults;
use testkit::wait;

use super::*;

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
