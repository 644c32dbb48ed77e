//! One client: the stages of connecting, and the packets afterwards (Engine.IO 4, Socket.IO 5).

use std::io::{self, ErrorKind};
use std::net::SocketAddr;

use crate::net::{Connection, Poller, ReadBuffer, frame};

const PING: &[u8] = b"2";
const PONG: &[u8] = b"3";
const OPEN: &[u8] = b"0";
const CONNECTED: &[u8] = b"40";

/// What a client waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Upgrade,
    Open,
    Connect,
    Connected,
    Closed,
}

/// A client of the chat.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) connection: Connection,
    stage: Stage,
    /// The CONNECT packet with the token, until it is sent.
    connect: String,
    wants_write: bool,
}

impl Client {
    /// Opens a connection and appends the websocket's request. `takes_rooms`: it gets the messages of all its rooms.
    pub(super) fn open(server: SocketAddr, token: &str, takes_rooms: bool) -> io::Result<Self> {
        let mut connection = Connection::open(server)?;
        // Each server answers a key with its hash, which is not checked here.
        let request = format!(
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {server}\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        connection.out().extend(request.as_bytes());
        let rooms = if takes_rooms { r#","rooms":true"# } else { "" };
        let connect = format!(r#"40{{"token":"{token}"{rooms}}}"#);
        Ok(Self { connection, stage: Stage::Upgrade, connect, wants_write: false })
    }

    pub(super) fn is_connected(&self) -> bool {
        self.stage == Stage::Connected
    }

    pub(super) fn is_closed(&self) -> bool {
        self.stage == Stage::Closed
    }

    /// Forgets its connection, whose end would be reported for ever otherwise. It is closed with the client.
    pub(super) fn close(&mut self, poller: &Poller) {
        self.stage = Stage::Closed;
        // It is in the set since it was opened.
        let _ = poller.remove(&self.connection);
    }

    pub(super) fn push(&mut self, packet: &[u8]) {
        frame::push_masked(self.connection.out(), packet);
    }

    /// Sends what was appended, now or when the system takes more.
    pub(super) fn flush(&mut self, poller: &Poller, number: usize) -> io::Result<()> {
        let wants_write = !self.connection.flush()?;
        if wants_write != self.wants_write {
            self.wants_write = wants_write;
            poller.want_write(number, &self.connection, wants_write)?;
        }
        Ok(())
    }

    /// Reads once, and passes packets to `work`.
    pub(super) fn read(&mut self, buffer: &mut ReadBuffer, mut work: impl FnMut(&[u8])) -> io::Result<()> {
        let Some(mut bytes) = self.connection.read(buffer)? else { return Ok(()) };
        if self.stage == Stage::Upgrade {
            let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
                self.connection.keep(bytes);
                return Ok(());
            };
            if !bytes.starts_with(b"HTTP/1.1 101") {
                return Err(ErrorKind::ConnectionRefused.into());
            }
            self.stage = Stage::Open;
            bytes = &bytes[end + 4..];
        }
        while let Some(found) = frame::first(bytes) {
            match found.opcode {
                frame::TEXT if self.is_connected() && found.payload != PING => work(found.payload),
                frame::TEXT => self.connecting(found.payload)?,
                frame::CLOSE => return Err(ErrorKind::ConnectionAborted.into()),
                _ => {}
            }
            bytes = &bytes[found.length..];
        }
        self.connection.keep(bytes);
        Ok(())
    }

    /// A ping, or a packet before the client is connected.
    fn connecting(&mut self, packet: &[u8]) -> io::Result<()> {
        match self.stage {
            _ if packet == PING => self.push(PONG),
            Stage::Open if packet.starts_with(OPEN) => {
                let connect = std::mem::take(&mut self.connect);
                self.push(connect.as_bytes());
                self.stage = Stage::Connect;
            }
            Stage::Connect if packet.starts_with(CONNECTED) => self.stage = Stage::Connected,
            _ => return Err(ErrorKind::ConnectionRefused.into()),
        }
        Ok(())
    }
}
