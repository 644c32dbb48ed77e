//! What an acknowledgement guarantees when the process is killed, the disk is full, or the operator stops the server.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use testkit::http::call;
use testkit::network::proxy::Proxy;
use testkit::process::backend::Backend;
use testkit::process::natter::{self, Natter};
use testkit::process::node::Program;
use testkit::process::people::Person;
use testkit::process::send_stream::{Acknowledged, assert_kept, send_until_cut, wait_for_log_after};
use testkit::socket_io::{Client, Received};
use testkit::wait::{until, within};
use tokio::process::Command;

on_both_stores! {
    after_a_kill_in_a_stream_of_sends_nothing_acknowledged_is_missing_doubled_or_renumbered
    on_sigterm_it_acknowledges_what_it_accepted_and_exits_with_0
}

async fn after_a_kill_in_a_stream_of_sends_nothing_acknowledged_is_missing_doubled_or_renumbered(
    backend: Backend,
) {
    let mut natter = Natter::start_on(backend).await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let mut acknowledged = Acknowledged::new();
    for life in 0..3 {
        let mut senders = Vec::new();
        for sender in 0..4 {
            let socket = Client::connect(&natter.chat_url, &ann.token).await;
            let name = format!("life{life}-sender{sender}");
            senders.push(tokio::spawn(async move { send_until_cut(socket, &name).await }));
        }
        wait_for_log_after(&natter, &ann, acknowledged.len() as u64 + 200).await;
        natter = natter.kill_and_restart().await;
        for sender in senders {
            acknowledged.extend(sender.await.unwrap());
        }
        let log = ann.whole_log(&natter).await;
        assert_kept(&acknowledged, &log);
        println!("life {life}: {} acknowledged, {} in the log", acknowledged.len(), log.len());
    }
    // Sends without an acknowledgement can be repeated and are stored once.
    let mut socket = Client::connect(&natter.chat_url, &ann.token).await;
    let log = ann.whole_log(&natter).await;
    let last = log.last().unwrap()["id"].as_str().unwrap().to_owned();
    let again = socket.emit_with_ack("chat message", &[json!(last), json!({"id": last})]).await;
    assert_eq!(again["message"]["seq"], json!(log.len()), "{again}");
}

async fn on_sigterm_it_acknowledges_what_it_accepted_and_exits_with_0(backend: Backend) {
    let mut natter = Natter::start_on(backend).await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let mut senders = Vec::new();
    for sender in 0..4 {
        let socket = Client::connect(&natter.chat_url, &ann.token).await;
        senders.push(tokio::spawn(async move { send_until_cut(socket, &format!("sender{sender}")).await }));
    }
    wait_for_log_after(&natter, &ann, 500).await;
    natter.terminate();
    let status = within(Duration::from_secs(10), "it ends", natter.ended()).await;
    assert_eq!(status.code(), Some(0), "{}", natter.printed());
    let mut acknowledged = Acknowledged::new();
    for sender in senders {
        acknowledged.extend(sender.await.unwrap());
    }
    assert!(!natter.printed().contains("did not keep up"), "the senders read as fast as they send");
    let natter = natter.restart().await;
    let log = ann.whole_log(&natter).await;
    assert_eq!(acknowledged.len(), log.len(), "what is in the log was acknowledged, and the other way round");
}

#[tokio::test]
async fn idle_clients_of_both_transports_see_the_end_as_a_closed_connection() {
    let mut natter = Natter::start().await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let mut socket = Client::connect(&natter.chat_url, &ann.token).await;
    let mut polling = testkit::socket_io::Polling::connect(&natter.chat_url, &ann.token).await;
    natter.terminate();
    let heard = socket.until_closed().await;
    // After a `disconnect` packet the official client would not reconnect.
    assert!(!heard.contains(&Received::Disconnected), "{heard:?}");
    loop {
        match polling.receive().await {
            Received::Closed => break,
            heard => assert_ne!(heard, Received::Disconnected),
        }
    }
    assert_eq!(natter.ended().await.code(), Some(0), "{}", natter.printed());
}

#[tokio::test]
async fn the_official_client_comes_back_by_itself_over_either_transport() {
    let proxy = Proxy::start().await;
    let mut natter = Natter::start_with(&[("CHAT_URL", &proxy.url())]).await;
    proxy.forward_to(natter.chat_port);
    let (ann, ben) = (Person::sign_up(&natter, "Ann").await, Person::sign_up(&natter, "Ben").await);
    for transport in ["websocket", "polling"] {
        let mut client = Program::run("talk.mjs", &[&natter.chat_url, &ann.token, transport]);
        client.next("connected").await;
        natter.terminate();
        assert_eq!(natter.ended().await.code(), Some(0), "{}", natter.printed());
        client.next("disconnected").await;
        natter = natter.restart().await;
        proxy.forward_to(natter.chat_port);
        client.next("connected").await;
        ben.post_at(natter.chat_port, "welcome back").await;
        assert_eq!(client.next("received").await, json!("Ben : welcome back"));
    }
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    let mut natter = Natter::start().await;
    natter.terminate();
    natter.terminate();
    // Two signals at once may be merged into one. Either way the process must end quickly.
    within(Duration::from_secs(5), "it ends", natter.ended()).await;
}

/// A limit on file sizes simulates a full disk: writes fail in the same way.
#[tokio::test]
async fn a_full_disk_answers_negatively_keeps_reading_and_recovers() {
    // The limit's signal would end the process, which a full disk does not.
    let script = "trap '' XFSZ; exec prlimit --fsize=400000:unlimited \"$0\"";
    let mut limited = Command::new("bash");
    limited.env_clear().current_dir(std::env::temp_dir()).args(["-c", script]).arg(natter::binary());
    let natter = Natter::start_through(limited, &[]).await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let mut socket = Client::connect(&natter.chat_url, &ann.token).await;
    let text = "x".repeat(4_000);
    let mut stored = 0;
    let refused = loop {
        let answer = socket.emit_with_ack("chat message", &[json!(text)]).await;
        if answer["ok"] == json!(false) {
            break answer;
        }
        stored += 1;
        assert!(stored < 1_000, "the disk never fills");
    };
    assert_eq!(refused["code"], json!("unavailable"), "{refused}");
    assert!(refused["retry_after_ms"].is_u64(), "{refused}");
    let url = format!("{}/messages", natter.chat_url);
    let post = call(Method::POST, &url, &ann.token, &json!({"text": text})).await;
    post.problem(503, "unavailable");
    assert!(!post.header("retry-after").is_empty());
    assert_eq!(ann.whole_log(&natter).await.len(), stored, "reading goes on, and nothing refused is there");
    let lifted = format!("--pid={}", natter.id());
    let status = Command::new("prlimit").arg(lifted).arg("--fsize=unlimited:unlimited").status().await;
    assert!(status.unwrap().success());
    let entry = until("writing goes on once there is room", async || {
        let answer = socket.emit_with_ack("chat message", &[json!("room again")]).await;
        (answer["ok"] == json!(true)).then(|| answer["message"].clone())
    })
    .await;
    assert_eq!(entry["seq"], json!(stored + 1), "no hole");
}
