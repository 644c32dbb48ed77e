//! Several processes on one database, which form one system.

use crate::network::proxy::Proxy;
use crate::process::backend::on_database;
use crate::process::natter::{NO_RATES, Natter, Part};

/// A users service and chat nodes.
#[derive(Debug)]
pub struct Cluster {
    /// The users service.
    pub users: Natter,
    /// The chat services.
    pub nodes: Vec<Natter>,
    /// The proxy before the nodes, at the public chat URL. It forwards to the first node.
    pub front: Proxy,
    settings: Vec<(String, String)>,
}

impl Cluster {
    /// Starts a users service and `count` chat nodes on the database of `uri`, without limits on rates.
    pub async fn start(uri: &str, count: usize) -> Self {
        // The users service needs the public chat URL before any node has a port.
        let front = Proxy::start().await;
        let mut settings = on_database(uri);
        settings.extend(NO_RATES.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let users = Natter::start_part(Part::Users, with(&settings, "CHAT_URL", &front.url())).await;
        let mut cluster = Self { users, nodes: Vec::new(), front, settings };
        for _ in 0..count {
            cluster.add_node().await;
        }
        if let Some(first) = cluster.nodes.first() {
            cluster.front.forward_to(first.chat_port);
        }
        cluster
    }

    /// Starts another chat node.
    pub async fn add_node(&mut self) {
        let settings = with(&self.settings, "USERS_URL", &self.users.users_url);
        self.nodes.push(Natter::start_part(Part::Chat, settings).await);
    }
}

fn with(settings: &[(String, String)], name: &str, value: &str) -> Vec<(String, String)> {
    let mut all = settings.to_vec();
    all.push((name.to_owned(), value.to_owned()));
    all
}
