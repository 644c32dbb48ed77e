//! Two chat nodes are one room: messages, resends, ended sessions.

use std::time::Instant;

use serde_json::{Value, json};
use testkit::process::backend::{fresh_database, shared_uri};
use testkit::process::cluster::Cluster;
use testkit::process::people::Person;
use testkit::socket_io::{Client, Polling, Received};

use super::{CHANGE_STREAM, two_nodes};
use crate::sessions::{REVOCATION_TIMEOUT, SLACK, revoke};

#[tokio::test]
async fn two_chat_nodes_are_one_room_and_only_the_sending_socket_is_left_out() {
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
    // A message of one's own would arrive first.
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
        assert!(!node.printed().contains(CHANGE_STREAM), "change streams work:\n{}", node.printed());
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
async fn a_session_that_ends_ends_on_every_node_within_a_second() {
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
        assert!(
            late < REVOCATION_TIMEOUT + SLACK,
            "{way}: the last one was closed {late:?} after the answer"
        );
        for node in &cluster.nodes {
            let mut again = Client::open(&node.chat_url, "", &[]).await.unwrap();
            again.send_packet(&format!("40{}", json!({"token": person.token}))).await;
            assert_eq!(again.receive().await, Received::Refused("Token didn't match".into()), "{way}");
        }
    }
}

#[tokio::test]
async fn a_node_that_starts_later_has_the_whole_log_and_delivers_new_messages() {
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
