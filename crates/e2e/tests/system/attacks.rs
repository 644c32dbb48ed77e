//! One client cannot hurt another: oversized, foreign and broken input is rejected and not kept in memory.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use testkit::http::{answer, call, client};
use testkit::process::natter::Natter;
use testkit::process::people::Person;
use testkit::socket_io::Polling;
use testkit::socket_io::{Client, Received};
use testkit::wait::within;

/// Maximum growth of memory after a rejected attack, in KiB.
const MAX_GROWTH_KIB: u64 = 24 * 1024;

#[tokio::test]
async fn a_foreign_origin_opens_no_socket_over_any_transport() {
    let natter = Natter::start_with(&[("ALLOWED_ORIGINS", "https://friend.example")]).await;
    let polling = format!("{}/socket.io/?EIO=4&transport=polling", natter.chat_url);
    for origin in ["https://evil.example", "null", "http://localhost.evil.example", &natter.users_url] {
        assert!(Client::open(&natter.chat_url, "", &[("origin", origin)]).await.is_err(), "{origin}");
        for request in [client().get(&polling), client().post(&polling).body("40")] {
            let refused = answer(request.header("origin", origin)).await;
            assert_eq!(refused.status, 403, "{origin}: {}", refused.text);
        }
    }
    for origin in [natter.chat_url.as_str(), "https://friend.example"] {
        Client::open(&natter.chat_url, "", &[("origin", origin)]).await.expect("it may");
    }
    let friendly = answer(client().get(&polling).header("origin", "https://friend.example")).await;
    assert_eq!(friendly.header("access-control-allow-origin"), "https://friend.example");
}

#[tokio::test]
async fn frames_of_64_mib_and_smaller_oversized_ones_are_rejected_and_not_kept() {
    let natter = Natter::start().await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let before = natter.resident_kib();
    let mut attackers = Vec::new();
    for (authenticated, mib) in [(false, 64), (true, 64), (false, 15), (true, 15), (false, 15), (true, 15)] {
        let mut socket = if authenticated {
            Client::connect(&natter.chat_url, &ann.token).await
        } else {
            Client::open(&natter.chat_url, "", &[]).await.unwrap()
        };
        attackers.push(tokio::spawn(async move {
            socket.send_packet(&format!("421[\"chat message\",\"{}\"]", "x".repeat(mib << 20))).await;
            let heard = socket.until_closed().await;
            assert_eq!(heard, [], "it is not read as a message");
        }));
    }
    let mut highest = before;
    for attacker in attackers {
        while !attacker.is_finished() {
            highest = highest.max(natter.resident_kib());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        attacker.await.unwrap();
    }
    assert!(highest < before + MAX_GROWTH_KIB, "from {before} to {highest} KiB");
    Client::connect(&natter.chat_url, &ann.token).await.send("still here").await;
}

#[tokio::test]
async fn a_large_body_by_polling_is_refused() {
    let natter = Natter::start().await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let polling = Polling::connect(&natter.chat_url, &ann.token).await;
    let before = natter.resident_kib();
    let status = polling.send_packet(&format!("42[\"chat message\",\"{}\"]", "x".repeat(8 << 20))).await;
    assert!(status.is_none_or(|status| status.is_client_error()), "{status:?}");
    assert!(natter.resident_kib() < before + MAX_GROWTH_KIB);
    assert_eq!(ann.whole_log(&natter).await.len(), 0);
}

#[tokio::test]
async fn endless_fragments_of_one_frame_are_rejected_and_not_kept() {
    let natter = Natter::start().await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let mut socket = Client::connect(&natter.chat_url, &ann.token).await;
    let before = natter.resident_kib();
    let piece = "x".repeat(64 * 1024);
    let mut sent = 0;
    while socket.send_fragment(sent == 0, &piece).await {
        sent += 1;
        assert!(sent < 1_000, "64 MiB of fragments are taken");
        assert!(natter.resident_kib() < before + MAX_GROWTH_KIB, "{sent} fragments are held");
    }
    Client::connect(&natter.chat_url, &ann.token).await.send("still here").await;
}

#[tokio::test]
async fn ten_thousand_attachments_are_refused() {
    let natter = Natter::start().await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let mut socket = Client::connect(&natter.chat_url, &ann.token).await;
    socket.send_packet("4510000-[\"chat message\",{\"_placeholder\":true,\"num\":0}]").await;
    for _ in 0..10_000 {
        socket.send_binary(vec![0; 1_024]).await;
    }
    within(Duration::from_secs(20), "the connection is closed", socket.until_closed()).await;
    let mut other = Client::connect(&natter.chat_url, &ann.token).await;
    assert_eq!(other.send("still here").await["seq"], 1);
}

#[tokio::test]
async fn a_second_poll_of_the_same_session_is_no_way_around() {
    let natter = Natter::start().await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let polling = Polling::connect(&natter.chat_url, &ann.token).await;
    // The protocol allows one poll at a time: one of the two ends the session or is rejected, and others are not affected.
    let both = async { tokio::join!(polling.poll(), polling.poll()) };
    within(Duration::from_secs(40), "both are answered", both).await;
    Client::connect(&natter.chat_url, &ann.token).await.send("fine").await;
}

#[tokio::test]
async fn broken_packets_end_their_own_connection_only() {
    let natter = Natter::start().await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let mut bystander = Client::connect(&natter.chat_url, &ann.token).await;
    for broken in
        ["", "9", "42", "42[", "42{}", "42[1]", "4", "40[", "451-", "4599999999999-[\"a\"]", "43[]", "4\u{0}"]
    {
        let mut socket = Client::connect(&natter.chat_url, &ann.token).await;
        socket.send_packet(broken).await;
        socket.send_binary(vec![0xff; 64]).await;
        drop(socket);
        assert_eq!(
            bystander.emit_with_ack("history", &[json!({"limit": 1})]).await["ok"],
            json!(true),
            "{broken:?}"
        );
    }
    assert_ne!(bystander.try_receive().await, Some(Received::Closed));
    let log = call(Method::GET, &format!("{}/messages", natter.chat_url), &ann.token, &Value::Null).await;
    assert_eq!(log.json()["last_seq"], json!(0));
}
