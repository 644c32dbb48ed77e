//! The end of the accept loop.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc::unbounded_channel};

use crate::raw::{Server, limits, quick};

#[tokio::test]
async fn requests_in_progress_are_answered_and_new_connections_refused() {
    let (began, mut beginnings) = unbounded_channel();
    let go = Arc::new(Notify::new());
    let gone = Arc::clone(&go);
    let slow = async move || {
        began.send(()).unwrap();
        gone.notified().await;
        "ok"
    };
    let server = Server::start(Router::new().route("/slow", get(slow)), limits()).await;
    let mut client = server.connect().await;
    client.write("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    beginnings.recv().await.unwrap();
    server.stop.cancel();
    while TcpStream::connect(server.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    go.notify_one();
    let answer = client.read_to_close().await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok"), "{answer}");
    server.ended().await;
}

#[tokio::test]
async fn idle_connections_are_closed_at_once() {
    let server = Server::start(Router::new().route("/", get(async || "ok")), limits()).await;
    let mut client = server.connect().await;
    client.is_served("/").await;
    server.stop.cancel();
    assert_eq!(client.read_to_close().await, "");
    server.ended().await;
}

#[tokio::test]
async fn a_request_that_does_not_finish_in_time_is_closed() {
    let (began, mut beginnings) = unbounded_channel();
    let never = async move || {
        began.send(()).unwrap();
        std::future::pending::<()>().await;
    };
    let server = Server::start(Router::new().route("/never", get(never)), quick()).await;
    let mut client = server.connect().await;
    client.write("GET /never HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    beginnings.recv().await.unwrap();
    server.stop.cancel();
    server.ended().await;
    assert_eq!(client.read_to_close().await, "");
}
