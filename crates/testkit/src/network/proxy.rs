//! A network between a client and a port that can fail: cut connections, forward nothing, or rewrite what clients send.

mod rewrite;

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

pub use rewrite::{NO_SOCKET_IO, NO_WEBSOCKET, REFUSED, Rule};

use rewrite::Rules;

/// The state of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Everything is forwarded.
    Up,
    /// Open connections are closed, and new ones too.
    Down,
    /// Connections stay open, but nothing is forwarded. New ones are accepted and receive nothing.
    Silent,
}

/// A port that forwards to another one while the network is up.
#[derive(Debug)]
pub struct Proxy {
    /// The port to connect to instead.
    pub port: u16,
    state: watch::Sender<State>,
    target: watch::Sender<Option<SocketAddr>>,
    rules: watch::Sender<Rules>,
}

impl Proxy {
    /// Starts without a target.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port is found");
        let port = listener.local_addr().expect("a bound listener has an address").port();
        let state = watch::Sender::new(State::Up);
        let target = watch::Sender::new(None);
        let rules = watch::Sender::new(Rules::new());
        tokio::spawn(accept(listener, state.clone(), target.clone(), rules.clone()));
        Self { port, state, target, rules }
    }

    /// The address for a browser, as an origin.
    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Forwards to `port` of this machine from now on.
    pub fn forward_to(&self, port: u16) {
        self.target.send_replace(Some(SocketAddr::from(([127, 0, 0, 1], port))));
    }

    /// Closes all connections and every new one until [`Proxy::resume`].
    pub fn cut(&self) {
        self.state.send_replace(State::Down);
    }

    /// Keeps all connections open but forwards nothing until [`Proxy::resume`], which closes them.
    pub fn stop_forwarding(&self) {
        self.state.send_replace(State::Silent);
    }

    /// Forwards new connections again.
    pub fn resume(&self) {
        self.state.send_replace(State::Up);
    }

    /// Rewrites what clients send from now on: each `old` becomes the `new` of the same length. An empty list ends it.
    ///
    /// Clients mask WebSocket frames, so those are not rewritten; [`NO_WEBSOCKET`] prevents WebSockets.
    ///
    /// # Panics
    /// When an `old` and its `new` have different lengths, which would break the framing.
    pub fn rewrite(&self, rules: &[Rule]) {
        assert!(rules.iter().all(|(old, new)| old.len() == new.len()), "of the same length: {rules:?}");
        self.rules.send_replace(rules.to_vec());
    }
}

async fn accept(
    listener: TcpListener,
    state: watch::Sender<State>,
    target: watch::Sender<Option<SocketAddr>>,
    rules: watch::Sender<Rules>,
) {
    while let Ok((client, _)) = listener.accept().await {
        let target = *target.borrow();
        tokio::spawn(carry(client, target, state.subscribe(), rules.subscribe()));
    }
}

async fn carry(
    mut client: TcpStream,
    target: Option<SocketAddr>,
    mut state: watch::Receiver<State>,
    rules: watch::Receiver<Rules>,
) {
    if let Some(target) = target
        && *state.borrow_and_update() == State::Up
        && let Ok(mut server) = TcpStream::connect(target).await
    {
        let _ = (client.set_nodelay(true), server.set_nodelay(true));
        tokio::select! {
            () = both_ways(&mut client, &mut server, &rules) => return,
            _ = state.wait_for(|state| *state != State::Up) => {}
        }
        while_silent(&mut state).await;
        reset(server);
    } else {
        while_silent(&mut state).await;
    }
    reset(client);
}

async fn both_ways(client: &mut TcpStream, server: &mut TcpStream, rules: &watch::Receiver<Rules>) {
    let ((from_client, to_client), (from_server, to_server)) = (client.split(), server.split());
    // Either direction may end first, also with an error. The other one then ends by itself.
    let _ = tokio::try_join!(
        rewrite::carry(from_client, to_server, Some(rules)),
        rewrite::carry(from_server, to_client, None)
    );
}

async fn while_silent(state: &mut watch::Receiver<State>) {
    // An error means that the proxy is dropped, which ends the state as well.
    let _ = state.wait_for(|state| *state != State::Silent).await;
}

/// Resets a connection, as a broken network does.
fn reset(stream: TcpStream) {
    // If the option cannot be set, the connection is closed in order, which the tests accept.
    let _ = stream.set_zero_linger();
}
