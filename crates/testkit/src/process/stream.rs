//! Streams of sends with ids, and what must be true of the log afterwards.

use std::collections::{HashMap, HashSet};

use reqwest::Method;
use serde_json::{Value, json};

use crate::http::call;
use crate::process::natter::Natter;
use crate::process::people::Person;
use crate::socket_io::{Client, Received};
use crate::wait::until;

/// So many are sent at a time, and the next ones when all of those are answered.
pub const WINDOW: usize = 64;

/// Each acknowledged id with its number in the log.
pub type Acknowledged = HashMap<String, u64>;

/// What became of some sends.
#[derive(Debug, Default)]
pub struct Round {
    /// The answer to each id that was answered.
    pub answers: HashMap<String, Value>,
    /// Whether the connection ended before all were answered.
    pub was_cut: bool,
}

impl Round {
    /// The ids that were acknowledged.
    pub fn acknowledged(&self) -> Acknowledged {
        let seq = |answer: &Value| answer["message"]["seq"].as_u64().filter(|_| answer["ok"] == json!(true));
        self.answers.iter().filter_map(|(id, answer)| Some((id.clone(), seq(answer)?))).collect()
    }

    /// The negative answers.
    pub fn refusals(&self) -> impl Iterator<Item = &Value> {
        self.answers.values().filter(|answer| answer["ok"] != json!(true))
    }
}

/// Sends a message for each id, whose text is the id, and waits for the answers.
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

/// Sends without end until the connection is closed.
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

/// Sends `count` messages, each of which must be acknowledged.
///
/// # Panics
/// When one is not.
pub async fn send_all(socket: &mut Client, name: &str, count: usize) -> Acknowledged {
    let mut acknowledged = Acknowledged::new();
    for first in (0..count).step_by(WINDOW) {
        let round = send_round(socket, &ids(name, first, WINDOW.min(count - first))).await;
        assert_eq!(round.refusals().next(), None, "every send of {name} is acknowledged");
        assert!(!round.was_cut, "the connection of {name} stays");
        acknowledged.extend(round.acknowledged());
    }
    acknowledged
}

/// Ids that nobody of another name uses.
pub fn ids(name: &str, first: usize, count: usize) -> Vec<String> {
    (first..first + count).map(|number| format!("{name}-{number}")).collect()
}

/// Checks that the log holds all that was acknowledged at its number, and nothing twice.
///
/// # Panics
/// When it does not.
pub fn assert_kept(acknowledged: &Acknowledged, log: &[Value]) {
    let known: HashSet<&str> = log.iter().filter_map(|entry| entry["id"].as_str()).collect();
    assert_eq!(known.len(), log.len(), "each entry has an id, and none is there twice");
    for (id, seq) in acknowledged {
        let entry = usize::try_from(*seq).ok().and_then(|seq| log.get(seq - 1));
        let kept = entry.map(|entry| (&entry["seq"], &entry["id"], &entry["text"]));
        assert_eq!(kept, Some((&json!(seq), &json!(id), &json!(id))), "what was acknowledged is there");
    }
}

/// Hears the first `count` messages from an empty log on; each must continue the one before.
///
/// # Panics
/// When one is missing, doubled or out of its order.
pub async fn receive_all(mut socket: Client, count: usize) -> Vec<Value> {
    let mut heard: Vec<Value> = Vec::new();
    while heard.len() < count {
        let (_, entry) = socket.next_message().await;
        assert_eq!(entry["seq"], json!(heard.len() + 1), "messages are heard in the order of the log");
        heard.push(entry);
    }
    heard
}

/// Waits until the log holds more than `seq` entries.
///
/// # Panics
/// When it does not in time.
pub async fn log_passes(natter: &Natter, person: &Person, seq: u64) {
    until("a stream of messages is on its way", async || {
        let page = format!("{}/messages?limit=1", natter.chat_url);
        let last = call(Method::GET, &page, &person.token, &Value::Null).await.json()["last_seq"].clone();
        (last.as_u64()? > seq).then_some(())
    })
    .await;
}
