//! A relay in one thread on epoll: each message is encoded once, and what arrives together goes out in one write.

use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;
use std::time::Duration;

use super::payload::{Payload, entry, line, stored};
use crate::Result;
use crate::net::{Connection, Poller, ReadBuffer, frame};

/// Longest wait; nothing happens after it.
const TURN: Duration = Duration::from_secs(1);
/// Number of the listener among connections.
const LISTENER: usize = usize::MAX;

const ANSWER: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
const NO_CHAT: &str = "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n";
const CLOSE: &[u8] = b"Connection: close";
/// Without pings: the interval is longer than any run.
const OPEN: &[u8] =
    br#"0{"sid":"a","upgrades":[],"pingInterval":86400000,"pingTimeout":86400000,"maxPayload":1000000}"#;
const CONNECTED: &[u8] = br#"40{"sid":"a"}"#;

/// Relays until the process is ended.
pub(crate) fn run() -> ExitCode {
    let served = super::settings().and_then(|(payload, address)| Relay::new(payload, address)?.serve());
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

struct Client {
    connection: Connection,
    is_upgraded: bool,
    /// Whether more is to be written when the system takes it.
    is_blocked: bool,
}

/// The server.
pub(super) struct Relay {
    payload: Payload,
    listener: TcpListener,
    poller: Poller,
    clients: Vec<Option<Client>>,
    buffer: ReadBuffer,
    /// What one turn brought: the sender and the frame of each message.
    batch: Vec<(usize, Vec<u8>)>,
    seq: u64,
}

impl Relay {
    /// Listens.
    pub(super) fn new(payload: Payload, address: SocketAddr) -> Result<Self> {
        let (listener, poller) = (TcpListener::bind(address)?, Poller::new()?);
        poller.add(LISTENER, &listener)?;
        let (clients, batch) = (Vec::new(), Vec::new());
        Ok(Self { payload, listener, poller, clients, buffer: ReadBuffer::default(), batch, seq: 0 })
    }

    /// Where it listens.
    #[cfg(test)]
    pub(super) fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Relays until the system fails.
    pub(super) fn serve(mut self) -> Result<()> {
        let mut ready = Vec::new();
        loop {
            self.poller.wait(TURN, &mut ready)?;
            for &number in &ready {
                if number == LISTENER {
                    self.accept()?;
                } else if self.receive(number).is_err() {
                    self.clients[number] = None;
                }
            }
            self.deliver();
        }
    }

    fn accept(&mut self) -> Result<()> {
        let connection = Connection::of(self.listener.accept()?.0)?;
        self.poller.add(self.clients.len(), &connection)?;
        self.clients.push(Some(Client { connection, is_upgraded: false, is_blocked: false }));
        Ok(())
    }

    fn receive(&mut self, number: usize) -> Result<()> {
        let Some(client) = &mut self.clients[number] else { return Ok(()) };
        if let Some(mut bytes) = client.connection.read(&mut self.buffer)? {
            if !client.is_upgraded {
                upgrade(client, bytes)?;
                return write(client, &self.poller, number);
            }
            while let Some((length, packet)) = frame::first_of_client(bytes) {
                match Send::read(&packet) {
                    Some(send) => {
                        self.seq += 1;
                        let (event, answer) = send.relayed(self.payload, self.seq)?;
                        self.batch.push((number, event));
                        client.connection.out().extend(answer);
                    }
                    None if packet.starts_with(b"40") => frame::push(client.connection.out(), CONNECTED),
                    None => {}
                }
                bytes = &bytes[length..];
            }
            client.connection.keep(bytes);
        }
        write(client, &self.poller, number)
    }

    /// Sends everything of this turn to everybody but its sender.
    fn deliver(&mut self) {
        if self.batch.is_empty() {
            return;
        }
        let all: Vec<u8> = self.batch.iter().flat_map(|(_, event)| event).copied().collect();
        for (number, place) in self.clients.iter_mut().enumerate() {
            let Some(client) = place.as_mut().filter(|client| client.is_upgraded) else { continue };
            let is_open = if self.batch.iter().any(|(sender, _)| *sender == number) {
                let others = self.batch.iter().filter(|(sender, _)| *sender != number);
                others.for_each(|(_, event)| client.connection.out().extend(event));
                write(client, &self.poller, number)
            } else {
                client
                    .connection
                    .send(&all)
                    .map_err(Into::into)
                    .and_then(|()| write(client, &self.poller, number))
            };
            if is_open.is_err() {
                *place = None;
            }
        }
        self.batch.clear();
    }
}

fn upgrade(client: &mut Client, bytes: &[u8]) -> Result<()> {
    if !bytes.ends_with(b"\r\n\r\n") {
        client.connection.keep(bytes);
    } else if bytes.starts_with(b"GET /socket.io/") {
        client.is_upgraded = true;
        client.connection.out().extend(ANSWER.as_bytes());
        frame::push(client.connection.out(), OPEN);
    } else {
        client.connection.out().extend(NO_CHAT.as_bytes());
        if bytes.windows(CLOSE.len()).any(|window| window == CLOSE) {
            client.connection.flush()?;
            return Err("the client wants no more".into());
        }
    }
    Ok(())
}

/// Sends what waits, now or when the system takes more.
fn write(client: &mut Client, poller: &Poller, number: usize) -> Result<()> {
    let is_blocked = !client.connection.flush()?;
    if is_blocked != client.is_blocked {
        client.is_blocked = is_blocked;
        poller.want_write(number, &client.connection, is_blocked)?;
    }
    Ok(())
}

/// A `chat message` of a client.
struct Send<'a> {
    ack: &'a str,
    text: &'a str,
}

impl<'a> Send<'a> {
    /// The texts of the load generator need no unescaping.
    fn read(packet: &'a [u8]) -> Option<Self> {
        let packet = std::str::from_utf8(packet).ok()?.strip_prefix("42")?;
        let (ack, event) = packet.split_once('[')?;
        let text = event.strip_prefix(r#""chat message",""#)?.strip_suffix(r#""]"#)?;
        Some(Self { ack, text })
    }

    /// The frames for everybody else and for the sender.
    fn relayed(&self, payload: Payload, seq: u64) -> Result<(Vec<u8>, Vec<u8>)> {
        let (name, line) = ("chat message", line(self.text));
        let event = match payload {
            Payload::Small => serde_json::to_string(&(name, line))?,
            Payload::Large => serde_json::to_string(&(name, line, entry(self.text, seq)))?,
        };
        let answer = serde_json::to_string(&[stored(payload, self.text, seq)])?;
        let (mut to_all, mut to_sender) = (Vec::new(), Vec::new());
        frame::push(&mut to_all, format!("42{event}").as_bytes());
        frame::push(&mut to_sender, format!("43{}{answer}", self.ack).as_bytes());
        Ok((to_all, to_sender))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_send_becomes_an_event_and_an_answer() {
        let send = Send::read(br#"427["chat message","hello"]"#).unwrap();
        let (event, answer) = send.relayed(Payload::Small, 1).unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(frame::first(bytes).unwrap().payload).into_owned();
        assert_eq!(text(&event), r#"42["chat message","sender00 : hello"]"#);
        assert_eq!(text(&answer), r#"437[{"ok":true}]"#);
        let (large, _) = send.relayed(Payload::Large, 1).unwrap();
        assert!(text(&large).contains(r#""sender00 : hello",{"room":"lobby","seq":1,"#), "{}", text(&large));
    }

    #[test]
    fn other_packets_are_no_sends() {
        for packet in [&b"40{}"[..], b"3", br#"42["typing"]"#] {
            assert!(Send::read(packet).is_none());
        }
    }
}
