//! A Socket.IO client over HTTP long-polling, with one request at a time, as the protocol requires.

use std::collections::VecDeque;
use std::pin::pin;

use reqwest::{Client as Http, StatusCode};
use serde_json::{Value, json};

use crate::socket_io::{Client, Received, read};
use crate::wait;

/// Separates packets in one body.
const SEPARATOR: char = '\u{1e}';

/// A session over polling.
#[derive(Debug)]
pub struct Polling {
    http: Http,
    url: String,
    waiting: VecDeque<String>,
    sent: u64,
}

impl Polling {
    /// Opens an Engine.IO session without a CONNECT packet.
    ///
    /// # Panics
    /// When the server does not open one.
    pub async fn open(chat_url: &str) -> Self {
        let http = Http::new();
        let url = format!("{chat_url}/socket.io/?EIO=4&transport=polling");
        let open = http.get(&url).send().await.expect("an answer").text().await.expect("text");
        let open: Value =
            serde_json::from_str(open.strip_prefix('0').expect("an open packet")).expect("JSON");
        let sid = open["sid"].as_str().expect("the packet has a sid");
        Self { http, url: format!("{url}&sid={sid}"), waiting: VecDeque::new(), sent: 0 }
    }

    /// Opens a session and connects with this token.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn connect(chat_url: &str, token: &str) -> Self {
        Self::connect_with(chat_url, json!({"token": token})).await
    }

    /// Opens a session and connects with this `auth`.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn connect_with(chat_url: &str, auth: Value) -> Self {
        let mut client = Self::open(chat_url).await;
        assert_eq!(client.send_packet(&format!("40{auth}")).await, Some(StatusCode::OK));
        assert_eq!(client.receive().await, Received::Connected);
        client
    }

    /// The id of the Engine.IO session.
    pub fn sid(&self) -> &str {
        self.url.rsplit_once("&sid=").map_or("", |(_, sid)| sid)
    }

    /// Posts packets as they are. Returns the status, or `None` when there was no answer.
    pub async fn send_packet(&self, packets: &str) -> Option<StatusCode> {
        let sent = self.http.post(&self.url).body(packets.to_owned()).send().await;
        sent.ok().map(|answer| answer.status())
    }

    /// Emits an event that requests an acknowledgement. Returns the acknowledgement's number.
    pub async fn emit(&mut self, event: &str, argument: &Value) -> u64 {
        self.sent += 1;
        self.send_packet(&format!("42{}{}", self.sent, json!([event, argument]))).await;
        self.sent
    }

    /// The next thing received; [`Received::Closed`] when a poll is refused or cut.
    pub async fn receive(&mut self) -> Received {
        wait::in_time("the server sends something", async {
            loop {
                while let Some(packet) = self.waiting.pop_front() {
                    if packet == "2" {
                        self.send_packet("3").await;
                    } else if packet == "1" {
                        return Received::Closed;
                    } else if let Some(received) = read(&packet) {
                        return received;
                    }
                }
                match self.poll().await {
                    Some(body) => self.waiting.extend(packets(&body)),
                    None => return Received::Closed,
                }
            }
        })
        .await
    }

    /// Upgrades the session to a WebSocket, as stock clients do: it polls until its probe is answered, and upgrades after
    /// the last poll. Returns what was received over polling and not yet asked for, too.
    ///
    /// # Panics
    /// When the server does not answer the probe.
    pub async fn upgrade(mut self) -> (Vec<Received>, Client) {
        let mut client = self.probe().await;
        loop {
            let (answer, body) = {
                let mut poll = pin!(self.poll());
                tokio::select! {
                    answer = client.packet() => (Some(answer), poll.await),
                    body = &mut poll => (None, body),
                }
            };
            self.waiting.extend(packets(&body.unwrap_or_default()));
            if let Some(answer) = answer {
                return (self.begin_upgraded(answer.as_deref(), &mut client).await, client);
            }
        }
    }

    /// Upgrades the session to a WebSocket without a poll in the meantime. Returns what was received over polling and not
    /// yet asked for, too.
    ///
    /// # Panics
    /// When the server does not answer the probe.
    pub async fn upgrade_without_polls(self) -> (Vec<Received>, Client) {
        let mut client = self.probe().await;
        let answer = wait::in_time("the probe is answered", client.packet()).await;
        (self.begin_upgraded(answer.as_deref(), &mut client).await, client)
    }

    /// Begins an upgrade: opens a WebSocket and sends the probe.
    pub async fn probe(&self) -> Client {
        let mut client = Client::open_session(&self.url, self.sid()).await;
        client.send_packet("2probe").await;
        client
    }

    async fn begin_upgraded(&self, answer: Option<&str>, client: &mut Client) -> Vec<Received> {
        assert_eq!(answer, Some("3probe"));
        client.send_packet("5").await;
        self.waiting.iter().filter_map(|packet| read(packet)).collect()
    }

    /// One poll: the body, or `None` when it was refused or cut.
    pub async fn poll(&self) -> Option<String> {
        let answer = self.http.get(&self.url).send().await.ok()?;
        if answer.status() == StatusCode::OK { answer.text().await.ok() } else { None }
    }
}

fn packets(body: &str) -> impl Iterator<Item = String> {
    body.split(SEPARATOR).map(str::to_owned)
}
