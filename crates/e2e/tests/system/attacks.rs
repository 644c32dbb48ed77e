//! One client cannot hurt another: what is oversized, half-done, foreign or stalled is refused or cut.

use std::time::Duration;

use e2e::natter::Natter;
use e2e::people::{Person, answer, call, client};
use e2e::polling::Polling;
use e2e::raw_http::Wire;
use e2e::socket_io::{Client, Heard};
use e2e::wait::{until, until_within, within};
use reqwest::Method;
use serde_json::{Value, json};

/// Memory that a refused attack may leave in use, in KiB.
const MAY_GROW_KIB: u64 = 24 * 1024;

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
async fn a_frame_of_64_mib_is_refused_and_not_held() {
    let natter = Natter::start().await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let before = natter.resident_kib();
    let mut strangers = Vec::new();
    for authenticated in [false, true, false, true] {
        let mut socket = if authenticated {
            Client::connect(&natter.chat_url, &ann.token).await
        } else {
            Client::open(&natter.chat_url, "", &[]).await.unwrap()
        };
        strangers.push(tokio::spawn(async move {
            socket.say(&format!("42[\"chat message\",\"{}\"]", "x".repeat(64 << 20))).await;
            socket.closed().await;
        }));
    }
    let mut highest = before;
    for stranger in strangers {
        while !stranger.is_finished() {
            highest = highest.max(natter.resident_kib());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        stranger.await.unwrap();
    }
    assert!(highest < before + MAY_GROW_KIB, "from {before} to {highest} KiB");
    Client::connect(&natter.chat_url, &ann.token).await.send("still here").await;
}

#[tokio::test]
async fn a_large_body_by_polling_is_refused() {
    let natter = Natter::start().await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let polling = Polling::connect(&natter.chat_url, &ann.token).await;
    let before = natter.resident_kib();
    let status = polling.say(&format!("42[\"chat message\",\"{}\"]", "x".repeat(8 << 20))).await;
    assert!(status.is_none_or(|status| status.is_client_error()), "{status:?}");
    assert!(natter.resident_kib() < before + MAY_GROW_KIB);
    assert_eq!(ann.whole_log(&natter).await.len(), 0);
}

#[tokio::test]
async fn ten_thousand_attachments_are_refused() {
    let natter = Natter::start().await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let mut socket = Client::connect(&natter.chat_url, &ann.token).await;
    socket.say("4510000-[\"chat message\",{\"_placeholder\":true,\"num\":0}]").await;
    for _ in 0..10_000 {
        socket.say_binary(vec![0; 1_024]).await;
    }
    within(Duration::from_secs(20), "the connection is closed", socket.closed()).await;
    let mut other = Client::connect(&natter.chat_url, &ann.token).await;
    assert_eq!(other.send("still here").await["seq"], 1);
}

#[tokio::test]
async fn connections_that_never_ask_for_a_session_are_closed() {
    let natter = Natter::start().await;
    let mut idle = Client::open(&natter.chat_url, "", &[]).await.unwrap();
    within(Duration::from_secs(15), "the idle WebSocket is closed", idle.closed()).await;
    let polling = Polling::open(&natter.chat_url).await;
    until_within(Duration::from_secs(40), "the half-open polling session is over", async || {
        polling.poll().await.is_none().then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_partial_http_head_is_cut_and_a_slow_body_as_well() {
    let natter = Natter::start().await;
    let mut head = Wire::to(natter.chat_port).await;
    head.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Endless: ").await;
    let mut nothing = Wire::to(natter.chat_port).await;
    let mut body = Wire::to(natter.chat_port).await;
    let slow = "POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                Content-Length: 1000\r\n\r\n{";
    body.write(slow.as_bytes()).await;
    let all = async {
        tokio::join!(
            head.until_closed(Duration::from_secs(40)),
            nothing.until_closed(Duration::from_secs(40)),
            body.until_closed(Duration::from_secs(40)),
        )
    };
    within(Duration::from_secs(40), "all three are closed", all).await;
}

#[tokio::test]
async fn connections_from_one_address_are_capped_and_the_others_go_on() {
    let natter = Natter::start_with(&[("MAX_CONNECTIONS_PER_ADDRESS", "8")]).await;
    let mut held = Vec::new();
    for _ in 0..8 {
        held.push(Wire::to(natter.chat_port).await);
    }
    let mut refused = Wire::to(natter.chat_port).await;
    refused.until_closed(Duration::from_secs(5)).await;
    // The other loopback family is another address.
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
        let mut wire = Wire::to(natter.chat_port).await;
        wire.write(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await;
        wire.until_closed(Duration::from_secs(5)).await.starts_with("HTTP/1.1 200").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_stalled_reader_is_cut_and_the_others_go_on_meanwhile() {
    let natter = Natter::start().await;
    let (ann, ben) = (Person::sign_up(&natter, "Ann").await, Person::sign_up(&natter, "Ben").await);
    // Nothing is read from this one any more; the kernel's buffers fill, then the server's.
    let stalled = Client::connect(&natter.chat_url, &ben.token).await;
    let mut sender = Client::connect(&natter.chat_url, &ann.token).await;
    let mut hearer = Client::connect(&natter.chat_url, &ben.token).await;
    let text = "x".repeat(4_000);
    let connections = async || count_established(natter.chat_port);
    let before = connections().await;
    let start = std::time::Instant::now();
    let mut seq = 0;
    // The cut must come on its own, while the others' messages still pass at their pace.
    while connections().await >= before {
        assert!(start.elapsed() < Duration::from_secs(60), "the stalled reader is never cut");
        for _ in 0..50 {
            seq += 1;
            let sent = std::time::Instant::now();
            assert_eq!(sender.send(&text).await["seq"], json!(seq));
            assert_eq!(hearer.next_message().await.1["seq"], json!(seq));
            assert!(sent.elapsed() < Duration::from_secs(2), "message {seq} took {:?}", sent.elapsed());
        }
    }
    drop(stalled);
    println!("cut after {seq} messages and {:?}", start.elapsed());
    sender.send("and on").await;
    assert_eq!(hearer.next_message().await.1["text"], "and on");
}

/// Established connections to a port of this machine, seen from the server's side.
fn count_established(port: u16) -> usize {
    let local = format!(":{port:04X}");
    let tables =
        ["/proc/net/tcp", "/proc/net/tcp6"].map(|path| std::fs::read_to_string(path).unwrap_or_default());
    let columns = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let lines = tables.iter().flat_map(|table| table.lines()).map(columns);
    lines.filter(|columns| columns.len() > 3 && columns[1].ends_with(&local) && columns[3] == "01").count()
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
        socket.send("meanwhile").await;
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
    assert!(refused > 0 && busy > 0, "{refused} refused, {busy} told to come again");
    // Each running hash takes 19 MiB, and as many run as there are cores.
    let cores = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    assert!(highest < before + (cores + 2) * 20 * 1024, "from {before} to {highest} KiB");
}

#[tokio::test]
async fn a_second_poll_of_the_same_session_is_no_way_around() {
    let natter = Natter::start().await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let polling = Polling::connect(&natter.chat_url, &ann.token).await;
    // The protocol allows one at a time: one of the two ends the session or is refused, and nobody else suffers.
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
        socket.say(broken).await;
        socket.say_binary(vec![0xff; 64]).await;
        drop(socket);
        assert_eq!(bystander.ask("history", &[json!({"limit": 1})]).await["ok"], json!(true), "{broken:?}");
    }
    assert_ne!(bystander.hear_now().await, Some(Heard::Closed));
    let log = call(Method::GET, &format!("{}/messages", natter.chat_url), &ann.token, &Value::Null).await;
    assert_eq!(log.json()["last_seq"], json!(0));
}
