//! What reading costs others: how many reads are made at once, and how much of their answers waits for clients.

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use testkit::faulty::Faults;
use testkit::wait;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};

use crate::app::{App, Person};

/// Reads that are made at once, and an eighth of those that may wait.
const MAX_READS_OF_A_USER: usize = 16 + 512 / 8;
/// The longest text: 16 KB.
const LONGEST: usize = 4_000;

fn read(app: &App, person: &Person, address: &str, query: &str) -> RequestBuilder {
    let request = Client::new().get(format!("{}/messages{query}", app.url));
    request.bearer_auth(&person.token).header("x-forwarded-for", address)
}

#[tokio::test]
async fn the_reads_of_one_user_leave_a_turn_to_others() {
    const REFUSED: usize = 20;
    let faults = Faults::default();
    let app =
        App::start_with(|config| config.shared.trusted_proxy_hops = 1, |stores| faults.wrap(stores)).await;
    let (ada, grace) = (app.person("ada").await, app.person("grace").await);
    let held = faults.hold_reads().await;
    let send = |number| read(&app, &ada, &format!("192.0.2.{number}"), "").send();
    let mut reads: FuturesUnordered<_> = (0..MAX_READS_OF_A_USER + REFUSED).map(send).collect();
    for _ in 0..REFUSED {
        let refused = wait::in_time("the others are refused", reads.next()).await.unwrap().unwrap();
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        assert!(refused.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 0);
        assert_eq!(refused.json::<Value>().await.unwrap()["code"], "rate_limited");
    }
    reads.push(read(&app, &grace, "198.51.100.1", "").send());
    drop(held);
    while let Some(answer) = wait::in_time("each has a turn", reads.next()).await {
        assert_eq!(answer.unwrap().status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn the_page_begins_with_the_messages_that_fit_into_an_answer() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    for _ in 0..50 {
        app.append_elsewhere(&ada, &"\u{1f600}".repeat(LONGEST)).await;
    }
    let page = Client::new().get(format!("{}/?jwt={}", app.url, ada.token)).send().await.unwrap();
    let html = page.text().await.unwrap();
    // One is in the template.
    let shown = html.matches("data-seq=\"").count() - 1;
    assert!((10..=16).contains(&shown), "{shown} messages");
    assert!(html.contains(&format!(r#""covered_to":{}"#, 51 - shown)), "the script fetches what is before");
    assert!(html.contains(r#"data-seq="50""#) && html.contains(r#""last_seq":50"#), "they are the newest");
}

/// Asks for a long answer over a connection that is never read.
async fn unread(app: &App, person: &Person) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let address = app.url.strip_prefix("http://").unwrap();
    let mut connection = socket.connect(address.parse().unwrap()).await.unwrap();
    let head = format!(
        "GET /messages?before=1000&limit=100 HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\n\
         x-forwarded-for: 192.0.2.1\r\n\r\n",
        person.token
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    connection
}

#[tokio::test]
async fn answers_that_a_network_does_not_take_are_bounded() {
    /// Of these 64 MiB are less than 300.
    const LONG_ANSWERS: usize = 300;
    let app = App::start_with(|config| config.shared.trusted_proxy_hops = 1, |stores| stores).await;
    let ada = app.person("ada").await;
    for _ in 0..20 {
        app.append_elsewhere(&ada, &"\u{1f600}".repeat(LONGEST)).await;
    }
    let mut connections = Vec::new();
    for _ in 0..LONG_ANSWERS {
        connections.push(unread(&app, &ada).await);
    }
    let status = async |address: &str| read(&app, &ada, address, "?limit=1").send().await.unwrap().status();
    let is_refused = async || (status("192.0.2.1").await == StatusCode::TOO_MANY_REQUESTS).then_some(());
    wait::until("the network gets no more answers", is_refused).await;
    assert_eq!(status("192.0.2.2").await, StatusCode::OK, "another network does");
    drop(connections);
    let is_served = async || (status("192.0.2.1").await == StatusCode::OK).then_some(());
    wait::until("it does again when they are gone", is_served).await;
}

#[tokio::test]
async fn a_socket_reads_in_turn_with_everybody() {
    let faults = Faults::default();
    let app = App::start_with(|_| {}, |stores| faults.wrap(stores)).await;
    let ada = app.person("ada").await;
    let mut client = app.socket(&ada).await;
    let held = faults.hold_reads().await;
    let mut reads: FuturesUnordered<_> =
        (0..MAX_READS_OF_A_USER + 1).map(|_| read(&app, &ada, "192.0.2.1", "").send()).collect();
    let refused = wait::in_time("one more is refused", reads.next()).await.unwrap().unwrap();
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let answer = client.emit_with_ack("history", &[json!({"before": 1})]).await;
    assert_eq!(crate::app::code(&answer), "rate_limited");
    drop(held);
    while let Some(answer) = wait::in_time("each has a turn", reads.next()).await {
        assert_eq!(answer.unwrap().status(), StatusCode::OK);
    }
}
