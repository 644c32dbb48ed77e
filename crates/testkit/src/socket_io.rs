//! Raw Socket.IO clients over a WebSocket and over polling, written from the protocol texts (Engine.IO 4, Socket.IO 5).
//!
//! They do nothing on their own but answer pings: no reconnection, no buffering, no upgrade.

mod polling;
mod received;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::{Error, Message, client::IntoClientRequest};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

pub use polling::Polling;
pub use received::Received;
pub(crate) use received::read;

use crate::wait;

/// A connection over a WebSocket.
#[derive(Debug)]
pub struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    sent: u64,
    /// The id of the Engine.IO session.
    pub sid: String,
    waiting: std::collections::VecDeque<Received>,
}

impl Client {
    /// Opens a connection without a CONNECT packet. `query` begins with `&` or is empty.
    ///
    /// # Errors
    /// When the server does not open a WebSocket.
    pub async fn open(chat_url: &str, query: &str, headers: &[(&'static str, &str)]) -> Result<Self, Error> {
        let url =
            format!("{}/socket.io/?EIO=4&transport=websocket{query}", chat_url.replacen("http", "ws", 1));
        let mut request = url.into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().expect("a header value"));
        }
        let (socket, _) =
            wait::in_time("the WebSocket opens", tokio_tungstenite::connect_async(request)).await?;
        let mut client = Self { socket, sent: 0, sid: String::new(), waiting: Default::default() };
        let open = client.packet().await.expect("the server begins with an open packet");
        let open: Value = serde_json::from_str(open.strip_prefix('0').expect("an open packet"))
            .expect("the packet contains JSON");
        client.sid = open["sid"].as_str().expect("the packet has a sid").to_owned();
        Ok(client)
    }

    /// Opens a WebSocket for a session that exists.
    pub(crate) async fn open_session(polling_url: &str, sid: &str) -> Self {
        let url = polling_url.replacen("http", "ws", 1).replace("transport=polling", "transport=websocket");
        let opened = wait::in_time("the WebSocket opens", tokio_tungstenite::connect_async(url)).await;
        let (socket, _) = opened.expect("the server accepts the WebSocket");
        Self { socket, sent: 0, sid: sid.to_owned(), waiting: Default::default() }
    }

    /// Opens a connection and connects with this token.
    ///
    /// # Panics
    /// When either is refused.
    pub async fn connect(chat_url: &str, token: &str) -> Self {
        Self::connect_with(chat_url, json!({"token": token})).await
    }

    /// Opens a connection and connects with this `auth` object.
    ///
    /// # Panics
    /// When either is refused.
    pub async fn connect_with(chat_url: &str, auth: Value) -> Self {
        let mut client = Self::open(chat_url, "", &[]).await.expect("the server accepts the connection");
        client.send_packet(&format!("40{auth}")).await;
        assert_eq!(client.receive().await, Received::Connected);
        client
    }

    /// Sends one Engine.IO packet as it is. A closed connection shows up when receiving.
    pub async fn send_packet(&mut self, packet: &str) {
        let _ = self.socket.send(Message::text(packet)).await;
    }

    /// Sends one binary frame.
    pub async fn send_binary(&mut self, bytes: Vec<u8>) {
        let _ = self.socket.send(Message::binary(bytes)).await;
    }

    /// Sends one fragment of a text frame that never ends. Returns whether the connection still accepts it.
    pub async fn send_fragment(&mut self, is_first: bool, text: &str) -> bool {
        let code = if is_first { Data::Text } else { Data::Continue };
        let frame = Frame::message(text.to_owned(), OpCode::Data(code), false);
        self.socket.send(Message::Frame(frame)).await.is_ok()
    }

    /// Emits an event that requests an acknowledgement. Returns the acknowledgement's number.
    pub async fn emit(&mut self, event: &str, arguments: &[Value]) -> u64 {
        self.sent += 1;
        let mut packet = vec![json!(event)];
        packet.extend_from_slice(arguments);
        self.send_packet(&format!("42{}{}", self.sent, Value::from(packet))).await;
        self.sent
    }

    /// Emits an event and waits for its acknowledgement. Everything else received before it is kept for
    /// [`Client::receive`].
    ///
    /// # Panics
    /// When the connection closes instead.
    pub async fn emit_with_ack(&mut self, event: &str, arguments: &[Value]) -> Value {
        let number = self.emit(event, arguments).await;
        let mut others = Vec::new();
        loop {
            match self.receive().await {
                Received::Ack(answered, answer) if answered == number => {
                    self.waiting.extend(others);
                    return answer;
                }
                Received::Closed => panic!("the connection closed before {event} was acknowledged"),
                other => others.push(other),
            }
        }
    }

    /// Emits events without waiting, and receives at the same time, as stock clients do. Returns their acknowledgements.
    ///
    /// # Panics
    /// When the connection closes before the last one.
    pub async fn burst(&mut self, event: &str, arguments: impl Iterator<Item = String>) -> Vec<Value> {
        let first = self.sent + 1;
        let packets: Vec<_> = (first..)
            .zip(arguments)
            .map(|(number, argument)| Message::text(format!("42{number}{}", json!([event, argument]))))
            .collect();
        self.sent += packets.len() as u64;
        let (mut sink, mut stream) = (&mut self.socket).split();
        let sending = async {
            for packet in &packets {
                sink.send(packet.clone()).await.expect("the connection is open");
            }
        };
        let receiving = async {
            let mut acknowledged = Vec::new();
            while acknowledged.len() < packets.len() {
                let message = wait::in_time("the server sends something", stream.next()).await;
                let Some(Ok(Message::Text(text))) = message else { panic!("{message:?}") };
                if let Some(Received::Ack(number, answer)) = read(&text)
                    && number >= first
                {
                    acknowledged.push(answer);
                }
            }
            acknowledged
        };
        tokio::join!(sending, receiving).1
    }

    /// Sends a message and returns its entry.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn send(&mut self, text: &str) -> Value {
        let answer = self.emit_with_ack("chat message", &[json!(text)]).await;
        assert_eq!(answer["ok"], json!(true), "{answer}");
        answer["message"].clone()
    }

    /// The next `chat message`: its line and its entry.
    ///
    /// # Panics
    /// When the session ends instead.
    pub async fn next_message(&mut self) -> (String, Value) {
        loop {
            match self.receive().await {
                Received::Event(name, arguments) if name == "chat message" => {
                    let line = arguments[0].as_str().expect("the line comes first").to_owned();
                    return (line, arguments[1].clone());
                }
                Received::Event(..) | Received::Ack(..) => {}
                ended => panic!("a message was expected, not {ended:?}"),
            }
        }
    }

    /// The next thing received. Pings are answered.
    pub async fn receive(&mut self) -> Received {
        if let Some(received) = self.waiting.pop_front() {
            return received;
        }
        wait::in_time("the server sends something", self.receive_unbounded()).await
    }

    /// Receives in a task of its own, without a timeout, until the connection is closed. Returns the channel.
    pub fn receive_in_background(mut self) -> mpsc::UnboundedReceiver<Received> {
        let (sender, receiver) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            loop {
                let received = self.receive_unbounded().await;
                if sender.send(received.clone()).is_err() || received == Received::Closed {
                    return;
                }
            }
        });
        receiver
    }

    async fn receive_unbounded(&mut self) -> Received {
        loop {
            match self.packet().await {
                None => return Received::Closed,
                Some(packet) if packet == "2" => self.send_packet("3").await,
                Some(packet) => match read(&packet) {
                    Some(received) => return received,
                    None => continue,
                },
            }
        }
    }

    /// What was received already, if anything.
    pub async fn try_receive(&mut self) -> Option<Received> {
        tokio::time::timeout(std::time::Duration::from_millis(1), self.receive()).await.ok()
    }

    /// Waits until the connection is closed. Returns everything received before.
    pub async fn until_closed(&mut self) -> Vec<Received> {
        let mut before = Vec::new();
        loop {
            match self.receive().await {
                Received::Closed => return before,
                other => before.push(other),
            }
        }
    }

    pub(crate) async fn packet(&mut self) -> Option<String> {
        loop {
            match self.socket.next().await? {
                Ok(Message::Text(text)) => return Some(text.to_string()),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }
}
