//! Engine.IO over HTTP: upgrades, and the first polls of a client.

use serde_json::json;
use testkit::socket_io::Polling;
use testkit::wait;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::app::App;

const KEY: &str = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// The answer to a raw request: a head only, or with a JSON body.
async fn raw_request(app: &App, request: &str) -> String {
    let mut stream = TcpStream::connect(app.url.trim_start_matches("http://")).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    while !(answer.ends_with('}') || answer.contains(" 101 ") && answer.ends_with("\r\n\r\n")) {
        let next = wait::in_time("there is more of the answer", stream.read_u8()).await;
        answer.push(char::from(next.unwrap_or_else(|error| panic!("{error} after {answer}"))));
    }
    answer
}

async fn websocket(app: &App, version: &str, sid: &str, headers: &str) -> String {
    let path = format!("/socket.io/?EIO=4&transport=websocket{sid}");
    raw_request(app, &format!("GET {path} HTTP/{version}\r\nHost: localhost\r\n{headers}{KEY}\r\n")).await
}

#[tokio::test]
async fn a_websocket_request_without_upgrade_headers_is_a_bad_request() {
    let app = App::start().await;
    let open = Polling::open(&app.url).await;
    let sid = format!("&sid={}", open.sid());
    for (version, headers) in [
        ("1.1", ""),
        ("1.1", "Connection: close\r\n"),
        ("1.1", "Connection: upgrade\r\n"),
        ("1.1", "Upgrade: websocket\r\n"),
        ("1.1", "Connection: keep-alive\r\nUpgrade: websocket\r\n"),
        ("1.1", "Connection: upgrade\r\nUpgrade: h2c\r\n"),
        ("1.0", "Connection: upgrade\r\nUpgrade: websocket\r\n"),
    ] {
        for sid in ["", &sid] {
            let answer = websocket(&app, version, sid, headers).await;
            assert!(answer.starts_with(&format!("HTTP/{version} 400")), "{version} {headers:?}: {answer}");
            assert!(answer.contains("content-type: application/json"), "{answer}");
            assert!(
                answer.ends_with(r#"{"code":3,"message":"Bad request"}"#),
                "{version} {headers:?}: {answer}"
            );
        }
    }
    let unknown = websocket(&app, "1.1", "&sid=AAAAAAAAAAAAAAAAAAAAAA", "").await;
    assert!(unknown.ends_with(r#"{"code":1,"message":"Session ID unknown"}"#), "{unknown}");
}

#[tokio::test]
async fn upgrade_headers_may_have_any_valid_form() {
    let app = App::start().await;
    for headers in [
        "Connection: Upgrade\r\nUpgrade: websocket\r\n",
        "Connection: keep-alive, upgrade\r\nUpgrade: WebSocket\r\n",
        "Connection: keep-alive\r\nConnection: Upgrade\r\nUpgrade: h2c, websocket\r\n",
    ] {
        let answer = websocket(&app, "1.1", "", headers).await;
        assert!(answer.starts_with("HTTP/1.1 101"), "{headers:?}: {answer}");
    }
}

#[tokio::test]
async fn the_first_poll_returns_the_answer_to_a_packet_sent_during_it() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let client = Polling::open(&app.url).await;
    // The poll must wait in the server before the packet is sent, so they start one after the other.
    let connect = async {
        assert_eq!(reqwest::get(format!("{}/health/ready", app.url)).await.unwrap().status(), 200);
        client.send_packet(&format!("40{}", json!({"token": ada.token}))).await
    };
    let (first, said) = tokio::join!(client.poll(), connect);
    assert_eq!(said.map(|status| status.as_u16()), Some(200));
    let first = first.unwrap();
    assert!(first.contains(r#"40{"sid""#), "a further round trip is needed after {first:?}");
}

#[tokio::test]
async fn the_first_poll_of_a_silent_client_is_answered() {
    let app = App::start().await;
    let client = Polling::open(&app.url).await;
    assert_eq!(wait::in_time("the first poll is answered", client.poll()).await.as_deref(), Some("2"));
}
