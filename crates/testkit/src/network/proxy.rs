//! A network between a client and a port, which can fail: cut, fall silent and come back, or alter what clients say.

mod rewrite;

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

pub use rewrite::{NO_SOCKET_IO, NO_WEBSOCKET, REFUSED, Rule};

use rewrite::Rules;

/// How the network is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weather {
    Fine,
    /// Connections are ended, new ones too.
    Down,
    /// Connections stay but carry nothing; new ones are taken and hear nothing.
    Silent,
}

/// A port that leads to another one, as long as the network is fine.
#[derive(Debug)]
pub struct Proxy {
    /// The port to connect to instead.
    pub port: u16,
    weather: watch::Sender<Weather>,
    target: watch::Sender<Option<SocketAddr>>,
    rules: watch::Sender<Rules>,
}

impl Proxy {
    /// A port that leads nowhere yet.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port is found");
        let port = listener.local_addr().expect("a bound listener has an address").port();
        let weather = watch::Sender::new(Weather::Fine);
        let target = watch::Sender::new(None);
        let rules = watch::Sender::new(Rules::new());
        tokio::spawn(accept(listener, weather.clone(), target.clone(), rules.clone()));
        Self { port, weather, target, rules }
    }

    /// The address for a browser, as an origin.
    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Leads to `port` of this machine from now on.
    pub fn lead_to(&self, port: u16) {
        self.target.send_replace(Some(SocketAddr::from(([127, 0, 0, 1], port))));
    }

    /// Ends all connections and every new one, until [`Proxy::resume`].
    pub fn cut(&self) {
        self.weather.send_replace(Weather::Down);
    }

    /// Lets all connections stand but carries nothing, until [`Proxy::resume`], which ends those.
    pub fn fall_silent(&self) {
        self.weather.send_replace(Weather::Silent);
    }

    /// Lets new connections through again.
    pub fn resume(&self) {
        self.weather.send_replace(Weather::Fine);
    }

    /// Alters what clients say from now on: each `old` becomes the `new` of the same length. An empty list ends it.
    ///
    /// What goes over a WebSocket is masked and passes unaltered; [`NO_WEBSOCKET`] keeps clients from having one.
    ///
    /// # Panics
    /// When the two are not of the same length, which would break what carries them.
    pub fn rewrite(&self, rules: &[Rule]) {
        assert!(rules.iter().all(|(old, new)| old.len() == new.len()), "of the same length: {rules:?}");
        self.rules.send_replace(rules.to_vec());
    }
}

async fn accept(
    listener: TcpListener,
    weather: watch::Sender<Weather>,
    target: watch::Sender<Option<SocketAddr>>,
    rules: watch::Sender<Rules>,
) {
    while let Ok((client, _)) = listener.accept().await {
        let target = *target.borrow();
        tokio::spawn(carry(client, target, weather.subscribe(), rules.subscribe()));
    }
}

async fn carry(
    mut client: TcpStream,
    target: Option<SocketAddr>,
    mut weather: watch::Receiver<Weather>,
    rules: watch::Receiver<Rules>,
) {
    if let Some(target) = target
        && *weather.borrow_and_update() == Weather::Fine
        && let Ok(mut server) = TcpStream::connect(target).await
    {
        let _ = (client.set_nodelay(true), server.set_nodelay(true));
        tokio::select! {
            () = both_ways(&mut client, &mut server, &rules) => return,
            _ = weather.wait_for(|weather| *weather != Weather::Fine) => {}
        }
        silence(&mut weather).await;
        reset(server);
    } else {
        silence(&mut weather).await;
    }
    reset(client);
}

async fn both_ways(client: &mut TcpStream, server: &mut TcpStream, rules: &watch::Receiver<Rules>) {
    let ((from_client, to_client), (from_server, to_server)) = (client.split(), server.split());
    // Either may end first, and by an error as well as not: the other then ends by itself.
    let _ = tokio::try_join!(
        rewrite::carry(from_client, to_server, Some(rules)),
        rewrite::carry(from_server, to_client, None)
    );
}

async fn silence(weather: &mut watch::Receiver<Weather>) {
    // An error means that the proxy is gone, which ends the silence as well.
    let _ = weather.wait_for(|weather| *weather != Weather::Silent).await;
}

/// Ends a connection as a broken network does, without a goodbye.
fn reset(stream: TcpStream) {
    // Without the option it ends a little more politely, which the tests do not tell apart.
    let _ = stream.set_zero_linger();
}
