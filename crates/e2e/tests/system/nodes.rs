//! Several processes on one MongoDB are one system.

use std::time::Instant;

use serde_json::{Value, json};
use testkit::browser::Driver;
use testkit::process::backend::{fresh_database, shared_uri};
use testkit::process::cluster::Cluster;
use testkit::process::mongod::Mongod;
use testkit::process::node::Program;
use testkit::process::people::Person;
use testkit::process::stream::{
    Acknowledged, assert_kept, receive_all, send_all, send_until_cut, wait_for_log_after,
};
use testkit::socket_io::Polling;
use testkit::socket_io::{Client, Received};
use testkit::wait::{until, within};

use super::sessions::{PROMISED, SLACK, revoke};

/// What a node logs where it has no change streams, or of one that broke, says this.
const CHANGE_STREAM: &str = "change stream";

async fn two_nodes() -> Cluster {
    Cluster::start(&fresh_database(&shared_uri()), 2).await
}

#[tokio::test]
async fn two_chat_nodes_are_one_room_in_which_only_the_sending_socket_is_left_out() {
    let cluster = two_nodes().await;
    let [first, second] = &cluster.nodes[..] else { panic!("there are two nodes") };
    let (ann, ben) = (Person::sign_up(first, "Ann").await, Person::sign_up(second, "Ben").await);
    let mut anns = Client::connect(&first.chat_url, &ann.token).await;
    let mut anns_other = Client::connect(&second.chat_url, &ann.token).await;
    let mut bens = Client::connect(&second.chat_url, &ben.token).await;
    let mut bens_polling = Polling::connect(&first.chat_url, &ben.token).await;

    let hello = anns.send("hello").await;
    assert_eq!((&hello["seq"], &hello["text"]), (&json!(1), &json!("hello")));
    for socket in [&mut anns_other, &mut bens] {
        assert_eq!(socket.next_message().await, ("Ann : hello".to_owned(), hello.clone()));
    }
    let hi = bens.send("hi").await;
    // Were one's own message heard as well, it would come first.
    assert_eq!(anns.next_message().await, ("Ben : hi".to_owned(), hi.clone()));
    assert_eq!(anns_other.next_message().await, ("Ben : hi".to_owned(), hi.clone()));
    let posted = ann.post(second, "from curl").await;
    for socket in [&mut anns, &mut anns_other, &mut bens] {
        assert_eq!(socket.next_message().await, ("Ann : from curl".to_owned(), posted.clone()));
    }
    for entry in [&hello, &hi, &posted] {
        let Received::Event(_, arguments) = bens_polling.receive().await else { panic!("the session ended") };
        assert_eq!(&arguments[1], entry);
    }

    let log = vec![hello, hi, posted];
    for node in [first, second] {
        assert_eq!(ann.whole_log(node).await, log);
        assert!(!node.printed().contains(CHANGE_STREAM), "nothing is amiss:\n{}", node.printed());
    }
    let page = bens.emit_with_ack("history", &[json!({"after": 0})]).await;
    assert_eq!((&page["messages"], &page["last_seq"]), (&json!(log), &json!(3)));
}

#[tokio::test]
async fn a_resend_on_another_node_is_answered_with_the_first_entry() {
    let cluster = two_nodes().await;
    let [first, second] = &cluster.nodes[..] else { panic!("there are two nodes") };
    let ann = Person::sign_up(first, "Ann").await;
    let mut here = Client::connect(&first.chat_url, &ann.token).await;
    let mut there = Client::connect(&second.chat_url, &ann.token).await;
    let sent = here.emit_with_ack("chat message", &[json!("once"), json!({"id": "a1"})]).await;
    assert_eq!(sent["ok"], json!(true), "{sent}");
    assert_eq!(there.emit_with_ack("chat message", &[json!("once"), json!({"id": "a1"})]).await, sent);
    let reused = there.emit_with_ack("chat message", &[json!("twice"), json!({"id": "a1"})]).await;
    assert_eq!((&reused["ok"], &reused["code"]), (&json!(false), &json!("id_reused")), "{reused}");
    assert_eq!(ann.whole_log(second).await, [sent["message"].clone()]);
}

#[tokio::test]
async fn many_senders_on_two_nodes_make_one_log_that_all_hear_in_one_order() {
    make_one_log(&fresh_database(&shared_uri()), 4, 256).await;
}

/// Some senders on each of two nodes send at once; hearers on both hear the same log.
async fn make_one_log(uri: &str, senders: usize, messages: usize) -> Cluster {
    let cluster = Cluster::start(uri, 2).await;
    let (ann, ben) =
        (Person::sign_up(&cluster.nodes[0], "Ann").await, Person::sign_up(&cluster.nodes[0], "Ben").await);
    let (mut sending, mut hearing) = (Vec::new(), Vec::new());
    for node in &cluster.nodes {
        let hearer = Client::connect(&node.chat_url, &ben.token).await;
        hearing.push(tokio::spawn(receive_all(hearer, 2 * senders * messages)));
    }
    for (at, node) in cluster.nodes.iter().enumerate() {
        for sender in 0..senders {
            let mut socket = Client::connect(&node.chat_url, &ann.token).await;
            let name = format!("node{at}-sender{sender}");
            sending.push(tokio::spawn(async move { (send_all(&mut socket, &name, messages).await, name) }));
        }
    }
    let mut acknowledged = Acknowledged::new();
    for sender in sending {
        let (own, name) = sender.await.unwrap();
        let seq = |number| own[&format!("{name}-{number}")];
        assert!((1..messages).all(|number| seq(number - 1) < seq(number)), "{name} is kept in its order");
        acknowledged.extend(own);
    }
    let log = ann.whole_log(&cluster.nodes[0]).await;
    assert_eq!((log.len(), acknowledged.len()), (2 * senders * messages, 2 * senders * messages));
    assert_kept(&acknowledged, &log);
    assert_eq!(ann.whole_log(&cluster.nodes[1]).await, log);
    for hearer in hearing {
        assert_eq!(hearer.await.unwrap(), log, "everybody hears the log");
    }
    cluster
}

#[tokio::test]
async fn a_session_that_is_over_is_over_on_every_node_within_a_second() {
    let cluster = two_nodes().await;
    let first = &cluster.nodes[0];
    let ways = ["sign out everywhere", "log out", "log out at the chat", "delete", "new password"];
    for (at, way) in ways.into_iter().enumerate() {
        let person = Person::sign_up(first, &format!("person{at}")).await;
        let mut sockets = Vec::new();
        for node in &cluster.nodes {
            let socket = Client::connect(&node.chat_url, &person.token).await;
            sockets.push((socket, Polling::connect(&node.chat_url, &person.token).await));
        }
        let revoked = async {
            revoke(way, first, &person).await;
            Instant::now()
        };
        let all_closed = async {
            for (socket, polling) in &mut sockets {
                socket.until_closed().await;
                while polling.receive().await != Received::Closed {}
            }
            Instant::now()
        };
        let (answered, closed) = tokio::join!(revoked, all_closed);
        let late = closed.saturating_duration_since(answered);
        assert!(late < PROMISED + SLACK, "{way}: the last one was closed {late:?} after the answer");
        for node in &cluster.nodes {
            let mut again = Client::open(&node.chat_url, "", &[]).await.unwrap();
            again.send_packet(&format!("40{}", json!({"token": person.token}))).await;
            assert_eq!(again.receive().await, Received::Refused("Token didn't match".into()), "{way}");
        }
    }
}

#[tokio::test]
async fn after_one_node_is_killed_in_a_stream_the_other_goes_on_and_nothing_acknowledged_is_missing() {
    let cluster = two_nodes().await;
    let [first, second] = &cluster.nodes[..] else { panic!("there are two nodes") };
    let ann = Person::sign_up(first, "Ann").await;
    let (mut doomed, mut going_on) = (Vec::new(), Vec::new());
    for sender in 0..3 {
        let socket = Client::connect(&first.chat_url, &ann.token).await;
        doomed.push(tokio::spawn(async move { send_until_cut(socket, &format!("doomed{sender}")).await }));
        let mut socket = Client::connect(&second.chat_url, &ann.token).await;
        let name = format!("going-on{sender}");
        going_on.push(tokio::spawn(async move { send_all(&mut socket, &name, 640).await }));
    }
    wait_for_log_after(second, &ann, 300).await;
    first.kill();
    let mut acknowledged = Acknowledged::new();
    for sender in doomed.into_iter().chain(going_on) {
        acknowledged.extend(sender.await.unwrap());
    }
    let log = ann.whole_log(second).await;
    assert_kept(&acknowledged, &log);
    // What was on its way in the killed node may be sent again at the other one and is stored once.
    let mut socket = Client::connect(&second.chat_url, &ann.token).await;
    for entry in &log {
        let id = entry["id"].as_str().unwrap();
        if id.starts_with("doomed") && !acknowledged.contains_key(id) {
            let again = socket.emit_with_ack("chat message", &[json!(id), json!({"id": id})]).await;
            assert_eq!(again["message"], *entry);
        }
    }
    assert_eq!(ann.whole_log(second).await.len(), log.len());
}

#[tokio::test]
async fn a_node_that_comes_later_has_the_whole_log_and_hears_the_rest() {
    let uri = fresh_database(&shared_uri());
    let mut cluster = Cluster::start(&uri, 1).await;
    let ann = Person::sign_up(&cluster.nodes[0], "Ann").await;
    ann.post(&cluster.nodes[0], "before").await;
    cluster.add_node().await;
    let [first, second] = &cluster.nodes[..] else { panic!("there are two nodes") };
    let mut socket = Client::connect(&second.chat_url, &ann.token).await;
    ann.post(first, "after").await;
    assert_eq!(socket.next_message().await.0, "Ann : after");
    let texts: Vec<Value> = ann.whole_log(second).await.iter().map(|entry| entry["text"].clone()).collect();
    assert_eq!(texts, ["before", "after"]);
}

#[tokio::test]
async fn the_official_client_whose_node_dies_goes_on_at_the_other_one() {
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
async fn people_at_their_browsers_go_on_when_their_node_dies_and_miss_nothing() {
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

#[tokio::test]
async fn a_mongodb_without_a_replica_set_serves_two_nodes_too_and_each_says_once_what_that_costs() {
    let mongod = Mongod::standalone().await;
    let cluster = make_one_log(&fresh_database(&mongod.uri()), 2, 128).await;
    for node in &cluster.nodes {
        let told = |text: &str| text.lines().filter(|line| line.contains(CHANGE_STREAM)).count();
        until("the node says it", async || (told(&node.printed()) > 0).then_some(())).await;
        let log = node.printed();
        assert_eq!(told(&log), 1, "it says it once:\n{log}");
        assert!(log.lines().any(|line| line.contains("WARN") && line.contains(CHANGE_STREAM)), "{log}");
    }
    let person = Person::sign_up(&cluster.nodes[0], "Cid").await;
    let mut socket = Client::connect(&cluster.nodes[1].chat_url, &person.token).await;
    person.sign_out_everywhere(&cluster.nodes[0]).await;
    within(PROMISED + SLACK, "the socket is closed", socket.until_closed()).await;
}
