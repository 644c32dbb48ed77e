//! Streams of sends with ids, and checks of the log afterwards.

use std::collections::{HashMap, HashSet};

use reqwest::Method;
use serde_json::{Value, json};

use crate::http::call;
use crate::process::natter::Natter;
use crate::process::people::Person;
use crate::socket_io::{Client, Received};
use crate::wait::until;

/// Number of sends in a round. The next round starts when all are answered.
pub const WINDOW: usize = 64;

/// Each acknowledged id with its `seq`.
pub type Acknowledged = HashMap<String, u64>;

/// The results of a round of sends.
#[derive(Debug, Default)]
pub struct Round {
    /// The acknowledgement of each answered id.
    pub answers: HashMap<String, Value>,
    /// Whether the connection closed before all were answered.
    pub was_cut: bool,
}

impl Round {
    /// The ids that were stored.
    pub fn acknowledged(&self) -> Acknowledged {
        let seq = |answer: &Value| answer["message"]["seq"].as_u64().filter(|_| answer["ok"] == json!(true));
        self.answers.iter().filter_map(|(id, answer)| Some((id.clone(), seq(answer)?))).collect()
    }

    /// The refusals.
    pub fn refusals(&self) -> impl Iterator<Item = &Value> {
        self.answers.values().filter(|answer| answer["ok"] != json!(true))
    }
}

/// Sends a message for each id, with the id as text, and waits for the answers.
pub async fn send_round(socket: &mut Client, ids: &[String]) -> Round {
    let mut waiting = HashMap::new();
    for id in ids {
        waiting.insert(socket.emit("chat message", &[json!(id), json!({"id": id})]).await, id);
    }
    let mut round = Round::default();
    while !waiting.is_empty() {
        match socket.receive().await {
            Received::Ack(number, answer) => {
                let id = waiting.remove(&number).expect("each send is answered once");
                round.answers.insert(id.clone(), answer);
            }
            Received::Closed => {
                round.was_cut = true;
                return round;
            }
            _ => {}
        }
    }
    round
}

/// Sends until the connection is closed.
pub async fn send_until_cut(mut socket: Client, name: &str) -> Acknowledged {
    let mut acknowledged = Acknowledged::new();
    for first in (0..).step_by(WINDOW) {
        let round = send_round(&mut socket, &ids(name, first, WINDOW)).await;
        acknowledged.extend(round.acknowledged());
        if round.was_cut {
            break;
        }
    }
    acknowledged
}

/// Sends `count` messages.
///
/// # Panics
/// When one is not stored.
pub async fn send_all(socket: &mut Client, name: &str, count: usize) -> Acknowledged {
    let mut acknowledged = Acknowledged::new();
    for first in (0..count).step_by(WINDOW) {
        let round = send_round(socket, &ids(name, first, WINDOW.min(count - first))).await;
        assert_eq!(round.refusals().next(), None, "every send of {name} is stored");
        assert!(!round.was_cut, "the connection of {name} stays");
        acknowledged.extend(round.acknowledged());
    }
    acknowledged
}

/// Ids that are unique for this name.
pub fn ids(name: &str, first: usize, count: usize) -> Vec<String> {
    (first..first + count).map(|number| format!("{name}-{number}")).collect()
}

/// Checks that the log contains every acknowledged id at its `seq`, and nothing twice.
///
/// # Panics
/// When it does not.
pub fn assert_kept(acknowledged: &Acknowledged, log: &[Value]) {
    let known: HashSet<&str> = log.iter().filter_map(|entry| entry["id"].as_str()).collect();
    assert_eq!(known.len(), log.len(), "each entry has a unique id");
    for (id, seq) in acknowledged {
        let entry = usize::try_from(*seq).ok().and_then(|seq| log.get(seq - 1));
        let kept = entry.map(|entry| (&entry["seq"], &entry["id"], &entry["text"]));
        assert_eq!(
            kept,
            Some((&json!(seq), &json!(id), &json!(id))),
            "every acknowledged entry is in the log"
        );
    }
}

/// Receives the first `count` messages of an empty log.
///
/// # Panics
/// When one is missing, doubled or out of order.
pub async fn receive_all(mut socket: Client, count: usize) -> Vec<Value> {
    let mut received: Vec<Value> = Vec::new();
    while received.len() < count {
        let (_, entry) = socket.next_message().await;
        assert_eq!(entry["seq"], json!(received.len() + 1), "messages arrive in the order of the log");
        received.push(entry);
    }
    received
}

/// Waits until the log has more than `seq` entries.
///
/// # Panics
/// On a timeout.
pub async fn wait_for_log_after(natter: &Natter, person: &Person, seq: u64) {
    until("the log grows", async || {
        let page = format!("{}/messages?limit=1", natter.chat_url);
        let last = call(Method::GET, &page, &person.token, &Value::Null).await.json()["last_seq"].clone();
        (last.as_u64()? > seq).then_some(())
    })
    .await;
}
