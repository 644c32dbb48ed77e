//! Connections that were upgraded from HTTP: they still count, and their handles still shut them.

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{CONNECTION, UPGRADE};
use axum::response::IntoResponse;
use axum::routing::get;
use hyper_util::rt::TokioIo;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use web::{Connection, ConnectionLimits};

use crate::raw::{Client, Server, limits};

/// `/echo` upgrades and echoes; the receiver gets the handle of each upgraded connection.
fn app() -> (Router, UnboundedReceiver<Connection>) {
    let (handle, handles) = unbounded_channel();
    let upgrade = async move |connection: Connection, mut request: Request| {
        let upgraded = hyper::upgrade::on(&mut request);
        tokio::spawn(async move {
            let (mut reader, mut writer) = tokio::io::split(TokioIo::new(upgraded.await.unwrap()));
            handle.send(connection).unwrap();
            let _ = tokio::io::copy(&mut reader, &mut writer).await;
        });
        (StatusCode::SWITCHING_PROTOCOLS, [(CONNECTION, "upgrade"), (UPGRADE, "echo")]).into_response()
    };
    (Router::new().route("/echo", get(upgrade)).route("/", get(async || "ok")), handles)
}

async fn upgraded(server: &Server) -> Client {
    let mut client = server.connect().await;
    client
        .write("GET /echo HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n")
        .await;
    assert!(client.read_to("\r\n\r\n").await.starts_with("HTTP/1.1 101"));
    client.write("hello").await;
    client.read_to("hello").await;
    client
}

#[tokio::test]
async fn an_upgraded_connection_is_shut_by_its_handle() {
    let (app, mut handles) = app();
    let server = Server::start(app, limits()).await;
    let (mut client, mut other) = (upgraded(&server).await, upgraded(&server).await);
    let (connection, _) = (handles.recv().await.unwrap(), handles.recv().await.unwrap());
    connection.shut();
    assert_eq!(client.read_to_close().await, "");
    while connection.is_open() {
        tokio::task::yield_now().await;
    }
    other.write("still here").await;
    other.read_to("still here").await;
}

#[tokio::test]
async fn a_reader_that_stalls_is_shut_by_its_handle() {
    let (app, mut handles) = app();
    let server = Server::start(app, limits()).await;
    let mut client = upgraded(&server).await;
    let connection = handles.recv().await.unwrap();
    // Until neither side can write: the server's echo is stuck in a full send buffer.
    let filling =
        async { while tokio::io::AsyncWriteExt::write_all(&mut client.0, &[b'x'; 65536]).await.is_ok() {} };
    assert!(tokio::time::timeout(std::time::Duration::from_millis(300), filling).await.is_err());
    connection.shut();
    while connection.is_open() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_upgraded_connection_keeps_its_permit_until_it_is_closed() {
    let (app, _handles) = app();
    let server = Server::start(app, ConnectionLimits { total: 1, ..limits() }).await;
    let client = upgraded(&server).await;
    assert!(!server.connect().await.is_admitted().await);
    drop(client);
    while !server.connect().await.is_admitted().await {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_shutdown_does_not_wait_for_upgraded_connections_nor_end_them() {
    let (app, _handles) = app();
    let server = Server::start(app, limits()).await;
    let mut client = upgraded(&server).await;
    server.stop.cancel();
    server.ended().await;
    client.write("still here").await;
    client.read_to("still here").await;
}
