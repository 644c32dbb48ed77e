//! Clients of an export: the messages to export, a reader that stalls, and the checks of a complete export.

use std::time::Duration;

use serde_json::{Value, json};
use store::{Entry, UserId};
use testkit::builders::{new_entry, stored};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::support::app::{Answer, App, Person};

/// The end of a complete answer of unknown length (RFC 9112, section 7.1). A broken one lacks it.
pub(crate) const LAST_CHUNK: &[u8] = b"\r\n0\r\n\r\n";

/// The beginning of the last line of a complete export, and of no other line.
pub(crate) const END: &[u8] = b"{\"kind\":\"end\"";

/// Stores messages, which are written by these users in turn.
pub(crate) async fn store_messages(app: &App, people: &[&Person], count: usize, text: &str) -> Vec<Entry> {
    let mut senders = Vec::new();
    for person in people {
        let id = UserId::parse(&person.id).unwrap();
        senders.push(app.stores.accounts.by_id(id).await.unwrap().unwrap());
    }
    let message = |number: usize| new_entry(&senders[number % senders.len()], &number.to_string(), text);
    let batch: Vec<_> = (0..count).map(message).collect();
    app.stores.log.append(&batch).await.into_iter().map(stored).collect()
}

/// The lines of a complete export without those about rooms and the last one, which holds the number of messages.
pub(crate) fn lines(answer: &Answer) -> Vec<Value> {
    lines_and_rooms(answer).0
}

/// The same lines, and those about rooms, which come between the account and the messages.
pub(crate) fn lines_and_rooms(answer: &Answer) -> (Vec<Value>, Vec<Value>) {
    assert!(answer.text.ends_with('\n'), "the last line is complete");
    let mut lines: Vec<Value> = answer.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let end = lines.pop().unwrap();
    let is_room = |line: &Value| line["kind"] == "room";
    let rooms: Vec<Value> = lines.extract_if(1.., |line| is_room(line)).collect();
    assert!(answer.text.lines().skip(1).take(rooms.len()).all(|line| line.starts_with("{\"kind\":\"room\"")));
    assert_eq!(
        end,
        json!({"kind": "end", "messages": lines.len() - 1}),
        "after the account and the messages"
    );
    (lines, rooms)
}

pub(crate) fn has_end(bytes: &[u8]) -> bool {
    bytes.windows(END.len()).any(|part| part == END)
}

/// A connection with a small receive buffer, over which an export was requested, and the head of the answer.
pub(crate) async fn slow_export(app: &App, who: &Person, version: &str) -> (TcpStream, String) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let port = app.url.rsplit(':').next().unwrap();
    let mut stream = socket.connect(format!("127.0.0.1:{port}").parse().unwrap()).await.unwrap();
    let head = format!(
        "GET /users/me/export HTTP/{version}\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\r\n",
        who.token
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    (stream, String::from_utf8(head).unwrap())
}

/// Waits until the server closes the connection, without reading a byte of the answer.
pub(crate) async fn until_closed(stream: &mut TcpStream) {
    let closed = async {
        while stream.write_all(b"x").await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), closed).await.expect("the connection is closed");
}

/// Reads until the connection ends, which may be by a reset.
pub(crate) async fn rest(mut stream: TcpStream) -> Vec<u8> {
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    rest
}
