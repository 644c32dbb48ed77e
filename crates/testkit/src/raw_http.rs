//! HTTP by hand, for what no proper client would send.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::wait;

/// A bare connection to a port of this machine.
#[derive(Debug)]
pub struct Wire(TcpStream);

impl Wire {
    /// Connects.
    ///
    /// # Panics
    /// When nobody listens.
    pub async fn to(port: u16) -> Self {
        Self(TcpStream::connect(("127.0.0.1", port)).await.expect("somebody listens"))
    }

    /// Writes bytes; whether the other side still takes them.
    pub async fn write(&mut self, bytes: &[u8]) -> bool {
        self.0.write_all(bytes).await.is_ok()
    }

    /// All that comes until the other side closes.
    ///
    /// # Panics
    /// When it is not closed within `time`.
    pub async fn until_closed(&mut self, time: Duration) -> String {
        let mut bytes = Vec::new();
        // A reset is an end like any other.
        let _ = wait::within(time, "the server closes the connection", self.0.read_to_end(&mut bytes)).await;
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// One answer: its status and all that came with it so far.
    ///
    /// # Panics
    /// When there is none in time.
    pub async fn answer(&mut self) -> (u16, String) {
        let mut bytes = vec![0; 65_536];
        let count = wait::in_time("the server answers", self.0.read(&mut bytes)).await.unwrap_or(0);
        let text = String::from_utf8_lossy(&bytes[..count]).into_owned();
        let status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
        (status.unwrap_or_else(|| panic!("no answer but {text:?}")), text)
    }
}
