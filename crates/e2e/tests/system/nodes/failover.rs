//! A node is killed: clients reconnect to the other one, and nothing acknowledged is missing.

use serde_json::json;
use testkit::browser::Driver;
use testkit::process::node::Program;
use testkit::process::people::Person;
use testkit::process::send_stream::{
    Acknowledged, assert_kept, send_all, send_until_cut, wait_for_log_after,
};
use testkit::socket_io::Client;

use super::two_nodes;

#[tokio::test]
async fn after_a_node_is_killed_the_other_continues_and_nothing_acknowledged_is_missing() {
    let cluster = two_nodes().await;
    let [first, second] = &cluster.nodes[..] else { panic!("there are two nodes") };
    let ann = Person::sign_up(first, "Ann").await;
    let (mut killed, mut surviving) = (Vec::new(), Vec::new());
    for sender in 0..3 {
        let socket = Client::connect(&first.chat_url, &ann.token).await;
        killed.push(tokio::spawn(async move { send_until_cut(socket, &format!("killed{sender}")).await }));
        let mut socket = Client::connect(&second.chat_url, &ann.token).await;
        let name = format!("surviving{sender}");
        surviving.push(tokio::spawn(async move { send_all(&mut socket, &name, 640).await }));
    }
    wait_for_log_after(second, &ann, 300).await;
    first.kill();
    let mut acknowledged = Acknowledged::new();
    for sender in killed.into_iter().chain(surviving) {
        acknowledged.extend(sender.await.unwrap());
    }
    let log = ann.whole_log(second).await;
    assert_kept(&acknowledged, &log);
    // Unacknowledged sends of the killed node can be repeated at the other one and are stored once.
    let mut socket = Client::connect(&second.chat_url, &ann.token).await;
    for entry in &log {
        let id = entry["id"].as_str().unwrap();
        if id.starts_with("killed") && !acknowledged.contains_key(id) {
            let again = socket.emit_with_ack("chat message", &[json!(id), json!({"id": id})]).await;
            assert_eq!(again["message"], *entry);
        }
    }
    assert_eq!(ann.whole_log(second).await.len(), log.len());
}

#[tokio::test]
async fn the_official_client_reconnects_to_the_other_node_when_its_node_dies() {
    let cluster = two_nodes().await;
    let [first, second] = &cluster.nodes[..] else { panic!("there are two nodes") };
    let (ann, ben) = (Person::sign_up(first, "Ann").await, Person::sign_up(first, "Ben").await);
    let mut clients = Vec::new();
    for transport in ["websocket", "polling"] {
        let mut client = Program::run("talk.mjs", &[&cluster.front.url(), &ann.token, transport]);
        client.next("connected").await;
        clients.push(client);
    }
    cluster.front.forward_to(second.chat_port);
    first.kill();
    for client in &mut clients {
        client.next("disconnected").await;
        client.next("connected").await;
    }
    ben.post(second, "welcome").await;
    for client in &mut clients {
        assert_eq!(client.next("received").await, json!("Ben : welcome"));
    }
}

#[tokio::test]
async fn browsers_reconnect_when_their_node_dies_and_miss_nothing() {
    let cluster = two_nodes().await;
    let [first, second] = &cluster.nodes[..] else { panic!("there are two nodes") };
    let driver = Driver::start().await;
    let (ann, ben) = (driver.window().await, driver.window().await);
    ann.sign_up(&cluster.users, "Ann").await;
    cluster.front.forward_to(second.chat_port);
    ben.sign_up(&cluster.users, "Ben").await;
    ann.send_message("Here on the first node.").await;
    ben.shows_exactly(&["Here on the first node."]).await;
    first.kill();
    ben.send_message("Yours is gone.").await;
    let both = ["Here on the first node.", "Yours is gone."];
    ann.shows_exactly(&both).await;
    ben.shows_exactly(&both).await;
    ann.send_message("I did not notice.").await;
    let all = ["Here on the first node.", "Yours is gone.", "I did not notice."];
    ann.shows_exactly(&all).await;
    ben.shows_exactly(&all).await;
}
