//! HTTP by hand, for what no proper client sends.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use reqwest::{Method, Url};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::wait;

/// A bare TCP connection.
#[derive(Debug)]
pub struct RawConnection(pub TcpStream);

/// A request whose head and first byte are sent.
pub struct SlowRequest {
    connection: RawConnection,
    rest: Vec<u8>,
}

impl SlowRequest {
    /// Sends the head of a request with a JSON body, and one byte of the body once the server has judged the head and
    /// reads the body (RFC 9110, section 10.1.1).
    ///
    /// # Panics
    /// When nothing listens, or the server refuses the head.
    pub async fn begin(method: Method, url: &str, token: &str, body: &Value) -> Self {
        let url: Url = url.parse().expect("a URL");
        let mut connection = RawConnection::open(url.port().expect("a port")).await;
        let mut rest = body.to_string().into_bytes();
        let head = format!(
            "{method} {} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
            url.path(),
            rest.len()
        );
        connection.write(head.as_bytes()).await;
        connection.read_to("100 Continue\r\n\r\n").await;
        connection.write(&[rest.remove(0)]).await;
        Self { connection, rest }
    }

    /// Sends the rest of the body. Returns the status of the response.
    ///
    /// # Panics
    /// On a timeout.
    pub async fn finish(mut self) -> u16 {
        self.connection.write(&self.rest).await;
        self.connection.response().await.0
    }
}

impl RawConnection {
    /// Connects to a port of this machine.
    ///
    /// # Panics
    /// When nothing listens.
    pub async fn open(port: u16) -> Self {
        Self(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.expect("something listens"))
    }

    /// Connects from the address 127.0.0.`last`.
    ///
    /// # Panics
    /// When nothing listens.
    pub async fn open_from(last: u8, server: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket can be made");
        socket.bind((Ipv4Addr::new(127, 0, 0, last), 0).into()).expect("all of 127.0.0.0/8 is here");
        Self(socket.connect(server).await.expect("something listens"))
    }

    /// Writes bytes. Returns whether the connection still accepts them.
    pub async fn write(&mut self, bytes: &[u8]) -> bool {
        self.0.write_all(bytes).await.is_ok()
    }

    /// Reads until `end` arrives. Returns everything read.
    ///
    /// # Panics
    /// On a timeout.
    pub async fn read_to(&mut self, end: &str) -> String {
        let mut seen = Vec::new();
        wait::in_time(&format!("{end:?} arrives"), async {
            while !seen.ends_with(end.as_bytes()) {
                seen.push(self.0.read_u8().await.expect("the connection stays open"));
            }
        })
        .await;
        String::from_utf8_lossy(&seen).into_owned()
    }

    /// Reads until the server closes the connection. Returns everything read.
    ///
    /// # Panics
    /// On a timeout.
    pub async fn read_to_close(&mut self) -> String {
        self.read_to_close_within(wait::TIMEOUT).await
    }

    /// As [`RawConnection::read_to_close`], with another timeout.
    ///
    /// # Panics
    /// After `time`.
    pub async fn read_to_close_within(&mut self, time: Duration) -> String {
        let mut bytes = Vec::new();
        // A server that closes with unread bytes resets the connection, which counts as closed.
        let _ = wait::within(time, "the server closes the connection", self.0.read_to_end(&mut bytes)).await;
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// One response: its status, and the bytes of the first read.
    ///
    /// # Panics
    /// On a timeout.
    pub async fn response(&mut self) -> (u16, String) {
        let mut bytes = vec![0; 65_536];
        let count = wait::in_time("the server answers", self.0.read(&mut bytes)).await.unwrap_or(0);
        let text = String::from_utf8_lossy(&bytes[..count]).into_owned();
        let status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
        (status.unwrap_or_else(|| panic!("no response but {text:?}")), text)
    }
}
