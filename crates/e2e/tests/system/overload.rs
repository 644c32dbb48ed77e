//! One client cannot hurt another: slow, idle and stalled clients are disconnected, and excess requests are refused.

use std::time::Duration;

use serde_json::json;
use testkit::http::client;
use testkit::process::natter::{NO_RATES, Natter};
use testkit::process::people::Person;
use testkit::raw_http::RawConnection;
use testkit::socket_io::Polling;
use testkit::socket_io::{Client, Received};
use testkit::wait::{until, until_within, within};

#[tokio::test]
async fn connections_without_a_session_are_closed() {
    let natter = Natter::start().await;
    let mut idle = Client::open(&natter.chat_url, "", &[]).await.unwrap();
    within(Duration::from_secs(15), "the idle WebSocket is closed", idle.until_closed()).await;
    let polling = Polling::open(&natter.chat_url).await;
    until_within(Duration::from_secs(40), "the half-open polling session is over", async || {
        polling.poll().await.is_none().then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_partial_http_head_is_cut_and_a_slow_body_as_well() {
    let natter = Natter::start().await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let mut head = RawConnection::open(natter.chat_port).await;
    head.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Endless: ").await;
    let mut nothing = RawConnection::open(natter.chat_port).await;
    let mut body = RawConnection::open(natter.chat_port).await;
    let slow = format!(
        "POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Authorization: Bearer {}\r\nContent-Length: 1000\r\n\r\n{{",
        ann.token
    );
    body.write(slow.as_bytes()).await;
    // Ten seconds for a head, fifteen for a body, and some tolerance for a busy machine.
    tokio::join!(
        head.read_to_close_within(Duration::from_secs(16)),
        nothing.read_to_close_within(Duration::from_secs(16)),
        body.read_to_close_within(Duration::from_secs(22)),
    );
}

#[tokio::test]
async fn connections_from_one_address_are_capped_and_others_continue() {
    let natter = Natter::start_with(&[("MAX_CONNECTIONS_PER_ADDRESS", "8")]).await;
    let mut held = Vec::new();
    for _ in 0..8 {
        held.push(RawConnection::open(natter.chat_port).await);
    }
    let mut refused = RawConnection::open(natter.chat_port).await;
    refused.read_to_close_within(Duration::from_secs(5)).await;
    // IPv6 loopback is another address.
    if let Ok(mut other) = tokio::net::TcpStream::connect(("::1", natter.chat_port)).await {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        other
            .write_all(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .await
            .unwrap();
        let mut answer = String::new();
        other.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    drop(held);
    until("there is room again", async || {
        let mut wire = RawConnection::open(natter.chat_port).await;
        wire.write(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await;
        wire.read_to_close_within(Duration::from_secs(5)).await.starts_with("HTTP/1.1 200").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_stalled_reader_is_cut_before_it_misses_anything_and_the_others_continue() {
    let natter = Natter::start_with(&NO_RATES).await;
    let (ann, ben) = (Person::sign_up(&natter, "Ann").await, Person::sign_up(&natter, "Ben").await);
    // This client stops reading: the kernel's buffers fill, then the server's.
    let mut stalled = Client::connect(&natter.chat_url, &ben.token).await;
    let mut sender = Client::connect(&natter.chat_url, &ann.token).await;
    let mut hearer = Client::connect(&natter.chat_url, &ben.token).await;
    let text = "x".repeat(4_000);
    let before = count_established(natter.chat_port);
    let mut seq = 0;
    // The number of queued messages triggers the cut, not time. At the same time the messages of others pass without delay.
    while count_established(natter.chat_port) >= before {
        assert!(seq < 2_500, "the stalled reader is never cut");
        for _ in 0..50 {
            seq += 1;
            let sent = std::time::Instant::now();
            assert_eq!(sender.send(&text).await["seq"], json!(seq));
            assert_eq!(hearer.next_message().await.1["seq"], json!(seq));
            assert!(sent.elapsed() < Duration::from_secs(2), "message {seq} took {:?}", sent.elapsed());
        }
    }
    let mut last = 0;
    for heard in stalled.until_closed().await {
        let Received::Event(_, arguments) = heard else { panic!("only messages were sent") };
        last += 1;
        assert_eq!(arguments[1]["seq"], json!(last), "what it got before the cut has no gap");
    }
    println!("cut after {seq} messages; it can read {last} of them");
    sender.send("and on").await;
    assert_eq!(hearer.next_message().await.1["text"], "and on");
}

#[tokio::test]
async fn a_stalled_reader_is_closed_within_a_second_when_its_user_signs_out() {
    let natter = Natter::start_with(&NO_RATES).await;
    let (ann, ben) = (Person::sign_up(&natter, "Ann").await, Person::sign_up(&natter, "Ben").await);
    let stalled = Client::connect(&natter.chat_url, &ben.token).await;
    let mut sender = Client::connect(&natter.chat_url, &ann.token).await;
    let text = "x".repeat(4_000);
    // More than the kernel buffers for a stalled reader, and less than what triggers the cut.
    for _ in 0..250 {
        sender.send(&text).await;
    }
    let before = count_established(natter.chat_port);
    ben.sign_out_everywhere(&natter).await;
    until_within(Duration::from_millis(1_500), "its connection is closed", async || {
        (count_established(natter.chat_port) < before).then_some(())
    })
    .await;
    drop(stalled);
    sender.send("and on").await;
}

#[tokio::test]
async fn three_hundred_log_ins_at_once_neither_stall_the_chat_nor_exhaust_memory() {
    let natter = Natter::start_with(&[("HASH_QUEUE", "16")]).await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let mut socket = Client::connect(&natter.chat_url, &ann.token).await;
    let before = natter.resident_kib();
    let http = client();
    let url = format!("{}/login", natter.users_url);
    let attempts: Vec<_> = (0..300)
        .map(|_| {
            let body = json!({"username": "Ann", "password": "wrong password"});
            tokio::spawn(http.post(&url).json(&body).send())
        })
        .collect();
    let mut highest = before;
    while !attempts.iter().all(|attempt| attempt.is_finished()) {
        let start = std::time::Instant::now();
        socket.send("during the log-ins").await;
        assert!(start.elapsed() < Duration::from_secs(1), "a send took {:?}", start.elapsed());
        highest = highest.max(natter.resident_kib());
    }
    let (mut refused, mut busy) = (0, 0);
    for attempt in attempts {
        let answer = attempt.await.unwrap().unwrap();
        match answer.status().as_u16() {
            401 => refused += 1,
            503 => {
                assert!(answer.headers().contains_key("retry-after"));
                busy += 1;
            }
            other => panic!("answered {other}"),
        }
    }
    assert!(refused > 0 && busy > 0, "{refused} refused, {busy} asked to retry later");
    // Each running hash takes 19 MiB, and one hash runs for each core.
    let cores = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    assert!(highest < before + (cores + 2) * 20 * 1024, "from {before} to {highest} KiB");
}

/// Number of established connections to a port of this machine.
fn count_established(port: u16) -> usize {
    let local = format!(":{port:04X}");
    let tables =
        ["/proc/net/tcp", "/proc/net/tcp6"].map(|path| std::fs::read_to_string(path).unwrap_or_default());
    let columns = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let lines = tables.iter().flat_map(|table| table.lines()).map(columns);
    lines.filter(|columns| columns.len() > 3 && columns[1].ends_with(&local) && columns[3] == "01").count()
}
