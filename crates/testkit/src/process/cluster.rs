//! Several processes on one database: one system.

use crate::network::proxy::Proxy;
use crate::process::backend::on_database;
use crate::process::natter::{Natter, Part};

/// A users service and chat nodes. Each node is a whole Natter to its clients: it knows where the users service is.
#[derive(Debug)]
pub struct Cluster {
    /// The users service.
    pub users: Natter,
    /// The chat services.
    pub nodes: Vec<Natter>,
    /// What stands before the nodes, where the users service sends people: leads to the first one.
    pub front: Proxy,
    settings: Vec<(String, String)>,
}

impl Cluster {
    /// Starts a users service and `count` chat nodes on the database that `uri` names.
    pub async fn start(uri: &str, count: usize) -> Self {
        // The users service must know where it sends people before a node has a port.
        let front = Proxy::start().await;
        let settings = on_database(uri);
        let users = Natter::start_part(Part::Users, with(&settings, "CHAT_URL", &front.url())).await;
        let mut cluster = Self { users, nodes: Vec::new(), front, settings };
        for _ in 0..count {
            cluster.add_node().await;
        }
        if let Some(first) = cluster.nodes.first() {
            cluster.front.lead_to(first.chat_port);
        }
        cluster
    }

    /// Starts a further chat node.
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
