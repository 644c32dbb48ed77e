//! The timeouts and limits of the accept loop.

use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::{get, post};
use tokio::time::timeout;
use web::{Connection, ConnectionLimits, Form, Problem};

use crate::raw::{Server, TIMEOUT, limits, long_idle, quick};
use testkit::captured_log::CapturedLog;

fn app() -> Router {
    let read = async |form: Result<Form, Problem>| form.map(|_| "ok");
    Router::new().route("/", get(async || "ok")).route("/form", post(read))
}

#[tokio::test]
async fn a_connection_serves_one_request_after_another() {
    let server = Server::start(app(), limits()).await;
    let mut client = server.connect().await;
    for _ in 0..3 {
        client.is_served("/").await;
    }
}

#[tokio::test]
async fn a_head_that_does_not_arrive_times_out() {
    let server = Server::start(app(), quick()).await;
    for start in ["", "GET / HT", "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "] {
        let (mut client, began) = (server.connect().await, Instant::now());
        client.write(start).await;
        client.read_to_close().await;
        assert!(began.elapsed() >= Duration::from_millis(150), "not at once: {start:?}");
    }
}

#[tokio::test]
async fn a_head_that_arrives_byte_by_byte_times_out() {
    let server = Server::start(app(), quick()).await;
    let mut client = server.connect().await;
    client.write("GET / HTTP/1.1\r\nHost: localhost\r\n").await;
    let (mut reader, mut writer) = client.0.into_split();
    let writing = tokio::spawn(async move {
        let mut beat = tokio::time::interval(Duration::from_millis(20));
        while tokio::io::AsyncWriteExt::write_all(&mut writer, b"X-Slow: 1\r\n").await.is_ok() {
            beat.tick().await;
        }
    });
    tokio::time::timeout(crate::raw::TIMEOUT, writing).await.expect("the connection is closed").unwrap();
    let mut rest = Vec::new();
    let _ = tokio::io::AsyncReadExt::read_to_end(&mut reader, &mut rest).await;
    assert!(!String::from_utf8_lossy(&rest).contains("200 OK"));
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let server = Server::start(app(), quick()).await;
    let mut client = server.connect().await;
    client.is_served("/").await;
    assert_eq!(client.read_to_close().await, "");
}

#[tokio::test]
async fn the_idle_timeout_is_longer_than_that_of_a_head() {
    let server = Server::start(app(), long_idle()).await;
    let mut idle = server.connect().await;
    idle.is_served("/").await;
    // These heads begin later and time out, so the timeout of a head is over for the idle connection too.
    for start in ["", "GET / HT"] {
        let mut slow = server.connect().await;
        slow.write(start).await;
        slow.read_to_close().await;
    }
    idle.is_served("/").await;
}

#[tokio::test]
async fn a_further_head_without_an_end_times_out() {
    let server = Server::start(app(), long_idle()).await;
    let mut client = server.connect().await;
    client.is_served("/").await;
    let began = Instant::now();
    client.write("GET / HT").await;
    client.read_to_close().await;
    assert!(began.elapsed() >= Duration::from_millis(150), "not at once");
}

#[tokio::test]
async fn a_further_head_that_arrives_byte_by_byte_times_out() {
    let server = Server::start(app(), long_idle()).await;
    let mut client = server.connect().await;
    client.is_served("/").await;
    let mut beat = tokio::time::interval(Duration::from_millis(20));
    let writing = async {
        client.write("GET / HTTP/1.1\r\n").await;
        while tokio::io::AsyncWriteExt::write_all(&mut client.0, b"X-Slow: 1\r\n").await.is_ok() {
            beat.tick().await;
        }
    };
    tokio::time::timeout(TIMEOUT, writing).await.expect("the connection is closed");
}

#[tokio::test]
async fn a_body_that_does_not_arrive_times_out() {
    let server = Server::start(app(), quick()).await;
    let head =
        "POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    for framing in ["Content-Length: 100\r\n\r\nname=a", "Transfer-Encoding: chunked\r\n\r\n6\r\nname=a\r\n"]
    {
        let mut client = server.connect().await;
        client.write(&format!("{head}{framing}")).await;
        let answer = client.read_to_close().await;
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert!(answer.contains("application/problem+json") && answer.contains("\"too_slow\""), "{answer}");
    }
}

#[tokio::test]
async fn a_body_that_arrives_byte_by_byte_times_out() {
    let server = Server::start(app(), quick()).await;
    let mut client = server.connect().await;
    let head =
        "POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    client.write(&format!("{head}Content-Length: 100000\r\n\r\n")).await;
    let (mut reader, mut writer) = client.0.into_split();
    let writing = tokio::spawn(async move {
        let mut beat = tokio::time::interval(Duration::from_millis(20));
        while tokio::io::AsyncWriteExt::write_all(&mut writer, b"a").await.is_ok() {
            beat.tick().await;
        }
    });
    let mut answer = Vec::new();
    let read = tokio::io::AsyncReadExt::read_to_end(&mut reader, &mut answer);
    let _ = tokio::time::timeout(crate::raw::TIMEOUT, read).await.expect("the connection is closed");
    assert!(answer.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&answer));
    tokio::time::timeout(crate::raw::TIMEOUT, writing)
        .await
        .expect("and cannot be written any more")
        .unwrap();
}

#[tokio::test]
async fn an_unread_body_does_not_keep_the_connection_open() {
    let server = Server::start(app(), quick()).await;
    let mut client = server.connect().await;
    client.write("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n").await;
    assert!(client.read_to_close().await.ends_with("ok"));
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let server = Server::start(app(), limits()).await;
    let mut client = server.connect().await;
    let long = "x".repeat(64 * 1024);
    let _ = tokio::io::AsyncWriteExt::write_all(
        &mut client.0,
        format!("GET / HTTP/1.1\r\nX-Long: {long}").as_bytes(),
    )
    .await;
    let answer = client.read_to_close().await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test]
async fn connections_beyond_the_limit_are_closed_until_one_is_free() {
    let server = Server::start(app(), ConnectionLimits { total: 2, ..limits() }).await;
    let (mut first, mut second) = (server.connect().await, server.connect().await);
    assert!(first.is_admitted().await && second.is_admitted().await);
    assert!(!server.connect().await.is_admitted().await);
    drop(first);
    while !server.connect().await.is_admitted().await {
        tokio::task::yield_now().await;
    }
    assert!(second.is_admitted().await, "an admitted connection stays");
}

#[tokio::test]
async fn one_address_does_not_take_the_connections_of_others() {
    let server = Server::start(app(), ConnectionLimits { per_address: Some(2), ..limits() }).await;
    let (mut first, mut second) = (server.connect_from(2).await, server.connect_from(2).await);
    assert!(first.is_admitted().await && second.is_admitted().await);
    assert!(!server.connect_from(2).await.is_admitted().await);
    assert!(server.connect_from(3).await.is_admitted().await);
}

#[tokio::test]
async fn a_refused_connection_is_logged_with_the_limit_and_the_client() {
    let log = CapturedLog::start();
    let limits = ConnectionLimits { total: 3, per_address: Some(1), ..limits() };
    let server = Server::start(app(), limits).await;
    let mut held = Vec::new();
    for last in [11, 12, 13] {
        held.push(server.connect_from(last).await);
        assert!(held.last_mut().unwrap().is_admitted().await);
    }
    let refused = async |last: u8, cap: &str| {
        let client = format!("refused a connection client=127.0.0.{last}");
        // Repeatedly, since other tests may use up the log lines of a second.
        while log.line(&[&client, &format!("\"{cap}\"")]).is_none() {
            assert!(!server.connect_from(last).await.is_admitted().await);
        }
    };
    timeout(TIMEOUT, refused(14, "MAX_CONNECTIONS")).await.expect("a line");
    drop(held.pop());
    timeout(TIMEOUT, refused(11, "MAX_CONNECTIONS_PER_ADDRESS")).await.expect("a line");
}

#[tokio::test]
async fn a_connection_can_be_shut_while_a_request_waits() {
    let (handle, mut handles) = tokio::sync::mpsc::unbounded_channel();
    let wait = async move |connection: Connection| {
        handle.send(connection).unwrap();
        std::future::pending::<()>().await;
    };
    let server = Server::start(Router::new().route("/wait", get(wait)), limits()).await;
    let mut client = server.connect().await;
    client.write("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    let connection = handles.recv().await.unwrap();
    assert_eq!(connection.peer(), client.0.local_addr().unwrap());
    assert!(connection.is_open());
    connection.shut();
    assert_eq!(client.read_to_close().await, "");
    while connection.is_open() {
        tokio::task::yield_now().await;
    }
    connection.shut();
}

#[tokio::test]
async fn a_server_without_a_listener_is_an_error() {
    assert!(
        web::serve(Vec::new(), app(), limits(), tokio_util::sync::CancellationToken::new()).await.is_err()
    );
}
