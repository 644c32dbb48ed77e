//! Many senders on two nodes make one log, with and without change streams.

use testkit::process::backend::{fresh_database, shared_uri};
use testkit::process::cluster::Cluster;
use testkit::process::mongod::Mongod;
use testkit::process::people::Person;
use testkit::process::send_stream::{Acknowledged, assert_kept, receive_all, send_all};
use testkit::socket_io::Client;
use testkit::wait::{until, within};

use super::CHANGE_STREAM;
use crate::sessions::{REVOCATION_TIMEOUT, SLACK};

#[tokio::test]
async fn many_senders_on_two_nodes_make_one_log_in_one_order_for_all() {
    make_one_log(&fresh_database(&shared_uri()), 4, 256).await;
}

/// Senders on two nodes send at the same time; receivers on both nodes get the same log.
async fn make_one_log(uri: &str, senders: usize, messages: usize) -> Cluster {
    let cluster = Cluster::start(uri, 2).await;
    let (ann, ben) =
        (Person::sign_up(&cluster.nodes[0], "Ann").await, Person::sign_up(&cluster.nodes[0], "Ben").await);
    let (mut sending, mut receiving) = (Vec::new(), Vec::new());
    for node in &cluster.nodes {
        let receiver = Client::connect(&node.chat_url, &ben.token).await;
        receiving.push(tokio::spawn(receive_all(receiver, 2 * senders * messages)));
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
    for receiver in receiving {
        assert_eq!(receiver.await.unwrap(), log, "everybody receives the log");
    }
    cluster
}

#[tokio::test]
async fn a_standalone_mongodb_serves_two_nodes_and_each_warns_once() {
    let mongod = Mongod::standalone().await;
    let cluster = make_one_log(&fresh_database(&mongod.uri()), 2, 128).await;
    for node in &cluster.nodes {
        let warnings = |text: &str| text.lines().filter(|line| line.contains(CHANGE_STREAM)).count();
        until("the node warns", async || (warnings(&node.printed()) > 0).then_some(())).await;
        let log = node.printed();
        assert_eq!(warnings(&log), 1, "one warning:\n{log}");
        assert!(log.lines().any(|line| line.contains("WARN") && line.contains(CHANGE_STREAM)), "{log}");
    }
    let person = Person::sign_up(&cluster.nodes[0], "Cid").await;
    let mut socket = Client::connect(&cluster.nodes[1].chat_url, &person.token).await;
    person.sign_out_everywhere(&cluster.nodes[0]).await;
    within(REVOCATION_TIMEOUT + SLACK, "the socket is closed", socket.until_closed()).await;
}
