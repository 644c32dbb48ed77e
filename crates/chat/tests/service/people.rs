//! A watcher, and other nodes that report what a test says.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde_json::{Value, json};
use store::{NodeId, NodeReport, Nodes, OtherNode, StoreError, Stores};
use testkit::socket_io::{Client, Received};

use crate::app::App;

/// A socket that watched, and what it was shown.
pub(crate) struct Watcher {
    pub(crate) client: Client,
    pub(crate) shown: Value,
    /// What was heard while something else was waited for.
    kept: Vec<(String, Value)>,
}

impl Watcher {
    pub(crate) async fn new(mut client: Client) -> Self {
        let shown = client.emit_with_ack("watch", &[json!({"away": false})]).await;
        assert_eq!(shown["ok"], json!(true), "{shown}");
        Self { client, shown, kept: Vec::new() }
    }

    /// The next `presence` or `typing`, whichever is named.
    pub(crate) async fn next(&mut self, event: &str) -> Value {
        if let Some(at) = self.kept.iter().position(|(name, _)| name == event) {
            return self.kept.remove(at).1;
        }
        loop {
            match self.client.receive().await {
                Received::Event(name, mut arguments) if name == event => return arguments.remove(0),
                Received::Event(name, mut arguments) => self.kept.push((name, arguments.remove(0))),
                Received::Closed | Received::Disconnected => panic!("the session ended"),
                _ => {}
            }
        }
    }

    /// The names in one list of the next `presence`, and how many people there are.
    pub(crate) async fn next_names(&mut self, list: &str) -> (Vec<String>, u64) {
        let presence = self.next("presence").await;
        let other = if list == "joined" { "left" } else { "joined" };
        assert_eq!(presence[other], json!([]), "{presence}");
        (names(&presence[list]), presence["count"].as_u64().unwrap())
    }
}

/// A person's socket that watches.
pub(crate) async fn watcher(app: &App, name: &str) -> Watcher {
    let person = app.person(name).await;
    Watcher::new(app.socket(&person).await).await
}

/// The display names of people, each with `*` when away.
pub(crate) fn names(people: &Value) -> Vec<String> {
    let name = |person: &Value| {
        let away = if person["away"].as_bool().unwrap() { "*" } else { "" };
        format!("{}{away}", person["display_name"].as_str().unwrap())
    };
    people.as_array().unwrap().iter().map(name).collect()
}

/// The other nodes.
#[derive(Clone, Default)]
pub(crate) struct Others {
    reports: Arc<Mutex<Vec<NodeReport>>>,
    told: Arc<Mutex<Vec<NodeReport>>>,
    left: Arc<Mutex<Vec<NodeId>>>,
}

impl Others {
    pub(crate) fn before(&self, stores: Stores) -> Stores {
        Stores { nodes: Some(Arc::new(self.clone())), ..stores }
    }

    /// These are all other nodes and what they say.
    pub(crate) fn are(&self, reports: Vec<NodeReport>) {
        *self.reports.lock().unwrap() = reports;
    }

    /// What this node told them last.
    pub(crate) fn heard(&self) -> Option<NodeReport> {
        self.told.lock().unwrap().last().cloned()
    }

    /// Who took leave.
    pub(crate) fn left(&self) -> Vec<NodeId> {
        self.left.lock().unwrap().clone()
    }
}

#[async_trait]
impl Nodes for Others {
    async fn report(&self, report: &NodeReport) -> Result<(), StoreError> {
        assert_eq!(self.left(), [], "nothing is reported after the leave");
        self.told.lock().unwrap().push(report.clone());
        Ok(())
    }

    async fn others(&self, _: NodeId, known: &HashMap<NodeId, u64>) -> Result<Vec<OtherNode>, StoreError> {
        let is_news = |report: &&NodeReport| known.get(&report.id) != Some(&report.version);
        let other =
            |report: &NodeReport| OtherNode { id: report.id, news: Some(report).filter(is_news).cloned() };
        Ok(self.reports.lock().unwrap().iter().map(other).collect())
    }

    async fn leave(&self, node: NodeId) -> Result<(), StoreError> {
        self.left.lock().unwrap().push(node);
        Ok(())
    }
}
