//! A socket that watches who is in a room.

use serde_json::{Value, json};
use store::RoomId;
use testkit::socket_io::{Client, Received};

use crate::app::App;

/// A socket that watches.
pub(crate) struct Watcher {
    pub(crate) client: Client,
    /// The acknowledgement of `watch`.
    pub(crate) snapshot: Value,
    /// Events that arrived before one that a test waited for.
    kept: Vec<(String, Value)>,
}

impl Watcher {
    /// A watcher of the lobby.
    pub(crate) async fn new(client: Client) -> Self {
        Self::of_room(client, RoomId::LOBBY).await
    }

    pub(crate) async fn of_room(mut client: Client, room: RoomId) -> Self {
        let options = json!({"room": room.to_string(), "away": false});
        let snapshot = client.emit_with_ack("watch", &[options]).await;
        assert_eq!(snapshot["ok"], json!(true), "{snapshot}");
        Self { client, snapshot, kept: Vec::new() }
    }

    /// Forgets the events that have arrived.
    pub(crate) fn forget(&mut self) {
        self.kept.clear();
        self.client.forget();
    }

    /// The next event of that name, `presence` or `typing`.
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

    /// The names in one list of the next `presence`, and its count. The other list is empty.
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
