//! Presence across nodes, also when a node ends.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::process::backend::{fresh_database, shared_uri};
use testkit::process::cluster::Cluster;
use testkit::process::people::Person;
use testkit::socket_io::{Client, Received};
use testkit::wait::within;

/// Timeout after which the people of a killed node are gone.
const KILLED_NODE_TIMEOUT: Duration = Duration::from_secs(20);
/// Timeout after which the people of a stopped node are gone: below the 15 s after which a silent node is dead.
const STOPPED_NODE_TIMEOUT: Duration = Duration::from_secs(10);

/// A client that watches the lobby, and the presence and typing events it received.
struct Watcher {
    client: Client,
    received: Vec<Value>,
}

impl Watcher {
    async fn new(chat_url: &str, person: &Person) -> Self {
        let mut client = Client::connect(chat_url, &person.token).await;
        let shown = client.emit_with_ack("watch", &[json!({"away": false})]).await;
        assert_eq!(shown["ok"], json!(true), "{shown}");
        Self { client, received: Vec::new() }
    }

    /// Waits for an event that has this user in the given list. Returns the person in it.
    async fn wait_for(&mut self, event: &str, list: &str, username: &str) -> Value {
        loop {
            match self.client.receive().await {
                Received::Event(name, mut arguments) if name == event => {
                    let change = arguments.remove(0);
                    self.received.push(change.clone());
                    let people = change[list].as_array().unwrap();
                    if let Some(person) = people.iter().find(|person| person["username"] == username) {
                        return person.clone();
                    }
                }
                Received::Closed => panic!("the connection closed"),
                _ => {}
            }
        }
    }

    /// Waits until nobody is typing.
    async fn wait_for_no_typing(&mut self) {
        loop {
            if let Received::Event(name, arguments) = self.client.receive().await
                && name == "typing"
                && arguments[0]["users"] == json!([])
            {
                return;
            }
        }
    }
}

async fn two_nodes() -> (Cluster, Person, Person) {
    let cluster = Cluster::start(&fresh_database(&shared_uri()), 2).await;
    let ann = Person::sign_up(&cluster.nodes[0], "Ann").await;
    let ben = Person::sign_up(&cluster.nodes[0], "Ben").await;
    (cluster, ann, ben)
}

#[tokio::test]
async fn people_on_one_node_are_listed_on_the_other() {
    let (cluster, ann, ben) = two_nodes().await;
    let [first, second] = &cluster.nodes[..] else { panic!("there are two nodes") };
    let mut anns = Watcher::new(&second.chat_url, &ann).await;
    let mut bens = Client::connect(&first.chat_url, &ben.token).await;
    let person = |away: bool| json!({"id": ben.id, "username": "Ben", "display_name": "Ben", "away": away});
    assert_eq!(anns.wait_for("presence", "joined", "Ben").await, person(false));
    let shown = bens.emit_with_ack("watch", &[json!({"away": true})]).await;
    assert_eq!(shown["ok"], json!(true), "{shown}");
    assert_eq!(anns.wait_for("presence", "joined", "Ben").await, person(true));
    bens.emit_with_ack("typing", &[]).await;
    assert_eq!(anns.wait_for("typing", "users", "Ben").await["id"], person(true)["id"]);
    bens.send("hello").await;
    anns.wait_for_no_typing().await;
    drop(bens);
    anns.wait_for("presence", "left", "Ben").await;
    assert_eq!(anns.received.last().unwrap()["count"], json!(1));
}

#[tokio::test]
async fn a_user_on_both_nodes_is_listed_once_and_stays_when_one_node_is_killed() {
    let (cluster, ann, ben) = two_nodes().await;
    let [first, second] = &cluster.nodes[..] else { panic!("there are two nodes") };
    let cid = Person::sign_up(first, "Cid").await;
    let mut anns = Watcher::new(&second.chat_url, &ann).await;
    let _bens = Client::connect(&first.chat_url, &ben.token).await;
    let _bens_other = Client::connect(&second.chat_url, &ben.token).await;
    let _cids = Client::connect(&first.chat_url, &cid.token).await;
    anns.wait_for("presence", "joined", "Cid").await;
    assert_eq!(anns.client.emit_with_ack("watch", &[]).await["count"], json!(3));
    first.kill();
    within(KILLED_NODE_TIMEOUT, "Cid is gone with the node", anns.wait_for("presence", "left", "Cid")).await;
    assert_eq!(anns.received.last().unwrap()["count"], json!(2), "Ben is not");
    let ever_left = anns.received.iter().any(|change| change["left"].to_string().contains("Ben"));
    assert!(!ever_left, "{:?}", anns.received);
}

#[tokio::test]
async fn people_of_a_killed_node_are_gone_within_twenty_seconds() {
    let (cluster, ann, ben) = two_nodes().await;
    let [first, second] = &cluster.nodes[..] else { panic!("there are two nodes") };
    let mut anns = Watcher::new(&second.chat_url, &ann).await;
    let mut bens = Client::connect(&first.chat_url, &ben.token).await;
    bens.emit_with_ack("typing", &[]).await;
    anns.wait_for("typing", "users", "Ben").await;
    first.kill();
    within(KILLED_NODE_TIMEOUT, "Ben is gone", anns.wait_for("presence", "left", "Ben")).await;
    let shown = anns.client.emit_with_ack("watch", &[]).await;
    assert_eq!((&shown["count"], &shown["typing"]), (&json!(1), &json!([])), "{shown}");
}

#[tokio::test]
async fn people_of_a_stopped_node_are_gone_soon_except_those_who_reconnect_to_the_other() {
    let (cluster, ann, ben) = two_nodes().await;
    let [first, second] = &cluster.nodes[..] else { panic!("there are two nodes") };
    let cid = Person::sign_up(first, "Cid").await;
    let mut anns = Watcher::new(&second.chat_url, &ann).await;
    let mut bens = Client::connect(&first.chat_url, &ben.token).await;
    let _cids = Client::connect(&first.chat_url, &cid.token).await;
    anns.wait_for("presence", "joined", "Cid").await;
    first.terminate();
    bens.until_closed().await;
    let _bens = Client::connect(&second.chat_url, &ben.token).await;
    within(STOPPED_NODE_TIMEOUT, "Cid is gone", anns.wait_for("presence", "left", "Cid")).await;
    assert_eq!(anns.received.last().unwrap()["count"], json!(2));
    let ever_left = anns.received.iter().any(|change| change["left"].to_string().contains("Ben"));
    assert!(!ever_left, "nobody saw Ben go: {:?}", anns.received);
}
