//! Who is there, told across nodes, and forgotten when a node is.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::process::backend::{fresh_database, shared_uri};
use testkit::process::cluster::Cluster;
use testkit::process::people::Person;
use testkit::socket_io::{Client, Received};
use testkit::wait::within;

/// A node that does not take leave is forgotten sooner.
const FORGOTTEN: Duration = Duration::from_secs(20);
/// One that does, sooner than the silence that would tell: 15 seconds.
const LEFT: Duration = Duration::from_secs(10);

/// Somebody who watches on one node, and what was told there of somebody on another.
struct Watcher {
    client: Client,
    told: Vec<Value>,
}

impl Watcher {
    async fn new(chat_url: &str, person: &Person) -> Self {
        let mut client = Client::connect(chat_url, &person.token).await;
        let shown = client.emit_with_ack("watch", &[json!({"away": false})]).await;
        assert_eq!(shown["ok"], json!(true), "{shown}");
        Self { client, told: Vec::new() }
    }

    /// Waits until an event tells that somebody is in one of its lists; gives the person as told.
    async fn is_told(&mut self, event: &str, list: &str, username: &str) -> Value {
        loop {
            match self.client.receive().await {
                Received::Event(name, mut arguments) if name == event => {
                    let told = arguments.remove(0);
                    self.told.push(told.clone());
                    let people = told[list].as_array().unwrap();
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
    async fn nobody_types(&mut self) {
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
async fn who_is_on_one_node_is_seen_on_the_other() {
    let (cluster, ann, ben) = two_nodes().await;
    let [first, second] = &cluster.nodes[..] else { panic!("there are two nodes") };
    let mut anns = Watcher::new(&second.chat_url, &ann).await;
    let mut bens = Client::connect(&first.chat_url, &ben.token).await;
    let person = |away: bool| json!({"id": ben.id, "username": "Ben", "display_name": "Ben", "away": away});
    assert_eq!(anns.is_told("presence", "joined", "Ben").await, person(false));
    let shown = bens.emit_with_ack("watch", &[json!({"away": true})]).await;
    assert_eq!(shown["ok"], json!(true), "{shown}");
    assert_eq!(anns.is_told("presence", "joined", "Ben").await, person(true));
    bens.emit_with_ack("typing", &[]).await;
    assert_eq!(anns.is_told("typing", "users", "Ben").await["id"], person(true)["id"]);
    bens.send("hello").await;
    anns.nobody_types().await;
    drop(bens);
    anns.is_told("presence", "left", "Ben").await;
    assert_eq!(anns.told.last().unwrap()["count"], json!(1));
}

#[tokio::test]
async fn somebody_on_both_nodes_is_one_person_and_stays_when_one_node_is_killed() {
    let (cluster, ann, ben) = two_nodes().await;
    let [first, second] = &cluster.nodes[..] else { panic!("there are two nodes") };
    let cid = Person::sign_up(first, "Cid").await;
    let mut anns = Watcher::new(&second.chat_url, &ann).await;
    let _bens = Client::connect(&first.chat_url, &ben.token).await;
    let _bens_other = Client::connect(&second.chat_url, &ben.token).await;
    let _cids = Client::connect(&first.chat_url, &cid.token).await;
    anns.is_told("presence", "joined", "Cid").await;
    assert_eq!(anns.client.emit_with_ack("watch", &[]).await["count"], json!(3));
    first.kill();
    within(FORGOTTEN, "Cid is gone with the node", anns.is_told("presence", "left", "Cid")).await;
    assert_eq!(anns.told.last().unwrap()["count"], json!(2), "Ben is not");
    let ever_left = anns.told.iter().any(|told| told["left"].to_string().contains("Ben"));
    assert!(!ever_left, "{:?}", anns.told);
}

#[tokio::test]
async fn people_of_a_node_that_is_killed_are_gone_within_twenty_seconds() {
    let (cluster, ann, ben) = two_nodes().await;
    let [first, second] = &cluster.nodes[..] else { panic!("there are two nodes") };
    let mut anns = Watcher::new(&second.chat_url, &ann).await;
    let mut bens = Client::connect(&first.chat_url, &ben.token).await;
    bens.emit_with_ack("typing", &[]).await;
    anns.is_told("typing", "users", "Ben").await;
    first.kill();
    within(FORGOTTEN, "Ben is gone", anns.is_told("presence", "left", "Ben")).await;
    let shown = anns.client.emit_with_ack("watch", &[]).await;
    assert_eq!((&shown["count"], &shown["typing"]), (&json!(1), &json!([])), "{shown}");
}

#[tokio::test]
async fn people_of_a_node_that_stops_are_gone_soon_but_for_those_who_come_back_at_the_other() {
    let (cluster, ann, ben) = two_nodes().await;
    let [first, second] = &cluster.nodes[..] else { panic!("there are two nodes") };
    let cid = Person::sign_up(first, "Cid").await;
    let mut anns = Watcher::new(&second.chat_url, &ann).await;
    let mut bens = Client::connect(&first.chat_url, &ben.token).await;
    let _cids = Client::connect(&first.chat_url, &cid.token).await;
    anns.is_told("presence", "joined", "Cid").await;
    first.terminate();
    bens.until_closed().await;
    let _bens = Client::connect(&second.chat_url, &ben.token).await;
    within(LEFT, "Cid is gone", anns.is_told("presence", "left", "Cid")).await;
    assert_eq!(anns.told.last().unwrap()["count"], json!(2));
    let ever_left = anns.told.iter().any(|told| told["left"].to_string().contains("Ben"));
    assert!(!ever_left, "nobody saw Ben go: {:?}", anns.told);
}
