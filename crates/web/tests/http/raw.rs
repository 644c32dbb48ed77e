//! A server on a free port, and clients that write raw bytes.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use auth::{Lifetimes, TokenKey};
use axum::Router;
use store::Stores;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use web::{ConnectionLimits, Settings, Timers};

/// Timeout for each step of a test.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(10);

/// A running accept loop.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) stop: CancellationToken,
    pub(crate) task: JoinHandle<std::io::Result<()>>,
}

/// A client's connection.
pub(crate) struct Client(pub(crate) TcpStream);

impl Server {
    pub(crate) async fn start(app: Router, limits: ConnectionLimits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let task = tokio::spawn(web::serve(vec![listener], app, limits, stop.clone()));
        Self { address, stop, task }
    }

    pub(crate) async fn connect(&self) -> Client {
        Client(TcpStream::connect(self.address).await.unwrap())
    }

    /// A connection from another address of this machine.
    pub(crate) async fn connect_from(&self, last: u8) -> Client {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((Ipv4Addr::new(127, 0, 0, last), 0).into()).unwrap();
        Client(socket.connect(self.address).await.unwrap())
    }

    /// Waits until the server has ended.
    pub(crate) async fn ended(self) {
        timeout(TIMEOUT, self.task).await.expect("the server ends").unwrap().unwrap();
    }
}

impl Client {
    pub(crate) async fn write(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    /// Reads up to these bytes.
    pub(crate) async fn read_to(&mut self, end: &str) -> String {
        let mut seen = Vec::new();
        let read = async {
            while !seen.ends_with(end.as_bytes()) {
                seen.push(self.0.read_u8().await.unwrap());
            }
        };
        timeout(TIMEOUT, read).await.unwrap_or_else(|_| panic!("{end:?} came"));
        String::from_utf8(seen).unwrap()
    }

    /// Reads until the other end closes the connection.
    pub(crate) async fn read_to_close(&mut self) -> String {
        let mut seen = Vec::new();
        let read = timeout(TIMEOUT, self.0.read_to_end(&mut seen));
        // Closed with unread bytes, a connection ends in a reset.
        let _ = read.await.expect("the connection is closed");
        String::from_utf8(seen).unwrap()
    }

    /// Requests a path and checks that the answer is 200 with the body `ok`.
    pub(crate) async fn is_served(&mut self, path: &str) {
        self.write(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")).await;
        let answer = self.read_to("ok").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    /// Whether a request on this connection is answered, or the connection closed.
    pub(crate) async fn is_admitted(&mut self) -> bool {
        let _ = self.0.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
        let mut first = [0];
        timeout(TIMEOUT, self.0.read(&mut first))
            .await
            .expect("an answer or an end")
            .is_ok_and(|read| read == 1)
    }
}

pub(crate) fn limits() -> ConnectionLimits {
    ConnectionLimits { total: 100, per_address: None, timers: Timers::default() }
}

pub(crate) fn quick() -> ConnectionLimits {
    let short = Duration::from_millis(200);
    let timers = Timers { header: short, idle: short, body: short, handler: short, drain: short };
    ConnectionLimits { timers, ..limits() }
}

/// An idle timeout that is much longer than every other timeout.
pub(crate) fn long_idle() -> ConnectionLimits {
    let timers = Timers { idle: TIMEOUT * 10, ..quick().timers };
    ConnectionLimits { timers, ..limits() }
}

pub(crate) fn settings() -> Settings {
    Settings {
        users_url: "http://localhost:3000".parse().unwrap(),
        chat_url: "http://localhost:3001".parse().unwrap(),
        allowed_hosts: Vec::new(),
        trusted_proxy_hops: 0,
        max_connections: 100,
        max_connections_per_address: 100,
        timers: quick().timers,
        token_key: TokenKey::new(b"a secret of tests, 32 bytes long").unwrap(),
        lifetimes: Lifetimes { token: Duration::from_secs(600), session: Duration::from_secs(6000) },
    }
}

pub(crate) fn stores() -> (Stores, TempDir) {
    let data = tempfile::tempdir().unwrap();
    (store::sqlite::open(data.path()).unwrap(), data)
}
