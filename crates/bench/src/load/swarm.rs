//! Socket.IO clients over websocket, all in one thread: they connect, answer pings, and pass on what arrives.

mod client;

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::Result;
use crate::net::{Poller, ReadBuffer};
use client::Client;

/// Maximum time for a group of clients to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(60);

/// Gets what clients receive.
pub(crate) trait Receive {
    /// Called before the packets of one read.
    fn begin(&mut self) {}

    /// An Engine.IO packet that is neither a ping nor part of connecting.
    fn packet(&mut self, client: usize, packet: &[u8]);
}

/// Ignores everything.
pub(crate) struct Ignore;

impl Receive for Ignore {
    fn packet(&mut self, _: usize, _: &[u8]) {}
}

/// A group of clients of one server, by number.
pub(crate) struct Swarm {
    server: SocketAddr,
    takes_rooms: bool,
    poller: Poller,
    clients: Vec<Client>,
    buffer: ReadBuffer,
    ready: Vec<usize>,
    connected: usize,
    closed: usize,
}

impl Swarm {
    /// Without clients.
    ///
    /// # Errors
    /// When the system has no descriptor left.
    pub(crate) fn new(server: SocketAddr) -> Result<Self> {
        let (poller, buffer) = (Poller::new()?, ReadBuffer::default());
        let (clients, ready) = (Vec::new(), Vec::new());
        Ok(Self { server, takes_rooms: false, poller, clients, buffer, ready, connected: 0, closed: 0 })
    }

    /// Without clients. Those that connect get the messages of all their rooms.
    ///
    /// # Errors
    /// When the system has no descriptor left.
    pub(crate) fn of_rooms(server: SocketAddr) -> Result<Self> {
        Ok(Self { takes_rooms: true, ..Self::new(server)? })
    }

    /// Number of clients.
    pub(crate) fn len(&self) -> usize {
        self.clients.len()
    }

    /// Number of clients whose connection ended.
    pub(crate) fn closed(&self) -> usize {
        self.closed
    }

    /// Adds a client for each token, `at_once` of them connecting at a time.
    ///
    /// # Errors
    /// When one is refused, or not all are connected in time.
    pub(crate) fn connect(&mut self, tokens: &[&str], at_once: usize) -> Result<()> {
        let start = Instant::now();
        let mut waiting: VecDeque<&str> = tokens.iter().copied().collect();
        let all = self.clients.len() + tokens.len();
        while self.connected < all {
            while self.clients.len() - self.connected < at_once
                && let Some(token) = waiting.pop_front()
            {
                self.open(token)?;
            }
            self.turn(Duration::from_millis(100), &mut Ignore)?;
            if self.closed > 0 {
                return Err(format!("{} of {} clients were refused", self.closed, self.clients.len()).into());
            }
            if start.elapsed() > CONNECT_TIMEOUT {
                return Err(format!("only {} of {all} clients are connected", self.connected).into());
            }
        }
        Ok(())
    }

    fn open(&mut self, token: &str) -> Result<()> {
        let mut client = Client::open(self.server, token, self.takes_rooms)?;
        let number = self.clients.len();
        self.poller.add(number, &client.connection)?;
        client.flush(&self.poller, number)?;
        self.clients.push(client);
        Ok(())
    }

    /// Waits for what arrives, at most for `timeout`, and passes it on.
    ///
    /// # Errors
    /// When the system refuses to wait. A connection that ends is counted instead.
    pub(crate) fn turn(&mut self, timeout: Duration, receive: &mut impl Receive) -> io::Result<()> {
        self.poller.wait(timeout, &mut self.ready)?;
        for &number in &self.ready {
            let client = &mut self.clients[number];
            if client.is_closed() {
                continue;
            }
            let was_connected = client.is_connected();
            receive.begin();
            let work = |packet: &[u8]| receive.packet(number, packet);
            let is_open =
                client.read(&mut self.buffer, work).and_then(|()| client.flush(&self.poller, number));
            if is_open.is_err() {
                client.close(&self.poller);
                self.closed += 1;
            } else if !was_connected && client.is_connected() {
                self.connected += 1;
            }
        }
        Ok(())
    }

    /// Appends a packet to what [`Swarm::flush`] sends for this client.
    pub(crate) fn push(&mut self, client: usize, packet: &[u8]) {
        self.clients[client].push(packet);
    }

    /// Sends what was appended for this client.
    pub(crate) fn flush(&mut self, number: usize) {
        let client = &mut self.clients[number];
        if !client.is_closed() && client.flush(&self.poller, number).is_err() {
            client.close(&self.poller);
            self.closed += 1;
        }
    }
}
