//! HTTP by hand, for what no proper client sends.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::wait;

/// A bare TCP connection.
#[derive(Debug)]
pub struct RawConnection(pub TcpStream);

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
