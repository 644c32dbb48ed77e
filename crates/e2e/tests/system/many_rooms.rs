//! Public and private rooms and direct messages, through curl and the official client: on one node with the embedded store, and
//! on two nodes with MongoDB.

mod ends;
mod talk;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use testkit::http::{Answer, call};
use testkit::process::backend::{fresh_database, shared_uri};
use testkit::process::cluster::Cluster;
use testkit::process::natter::Natter;
use testkit::process::node::Program;
use testkit::process::people::Person;

/// Turns each listed function of a system into two tests, named `…::one_node` and `…::two_nodes`.
macro_rules! on_one_node_and_on_two {
    ($($test:ident)*) => {
        $(mod $test {
            use crate::many_rooms::System;

            #[tokio::test]
            async fn one_node() {
                super::$test(System::of_one_node().await).await;
            }

            #[tokio::test]
            async fn two_nodes() {
                super::$test(System::of_two_nodes().await).await;
            }
        })*
    };
}
use on_one_node_and_on_two;

/// Everything that serves the people of a test.
enum System {
    One(Box<Natter>),
    Two(Box<Cluster>),
}

impl System {
    async fn of_one_node() -> Self {
        Self::One(Box::new(Natter::start().await))
    }

    async fn of_two_nodes() -> Self {
        Self::Two(Box::new(Cluster::start(&fresh_database(&shared_uri()), 2).await))
    }

    /// Two chat nodes, or one twice.
    fn nodes(&self) -> [&Natter; 2] {
        match self {
            Self::One(natter) => [natter, natter],
            Self::Two(cluster) => [&cluster.nodes[0], &cluster.nodes[1]],
        }
    }

    /// Signs a person up, who uses one of the two nodes.
    async fn member(&self, username: &str, node: usize) -> Member {
        let node = self.nodes()[node];
        let person = Person::sign_up(node, username).await;
        Member { person, users_url: node.users_url.clone(), chat_url: node.chat_url.clone() }
    }
}

/// A person at one node.
struct Member {
    person: Person,
    users_url: String,
    chat_url: String,
}

impl Member {
    /// Calls the chat service.
    async fn call(&self, method: Method, path: &str, body: Value) -> Answer {
        call(method, &format!("{}{path}", self.chat_url), &self.person.token, &body).await
    }

    /// The JSON of an answer to a GET request.
    async fn get(&self, path: &str) -> Value {
        let answer = self.call(Method::GET, path, Value::Null).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        answer.json()
    }

    /// Makes a room and returns its id.
    async fn make_room(&self, name: &str, kind: &str) -> String {
        let made = self.call(Method::POST, "/rooms", json!({"name": name, "kind": kind})).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        text(&made.json()["id"])
    }

    /// Adds somebody to a room.
    async fn add(&self, room: &str, other: &Self) {
        let path = format!("/rooms/{room}/members/{}", other.person.username);
        let added = self.call(Method::PUT, &path, json!({})).await;
        assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
    }

    /// The direct room with somebody, and whether this call made it.
    async fn direct(&self, other: &Self) -> (String, bool) {
        let body = json!({"usernames": [other.person.username]});
        let answer = self.call(Method::POST, "/direct", body).await;
        assert!(answer.status.is_success(), "{}", answer.text);
        (text(&answer.json()["id"]), answer.status == StatusCode::CREATED)
    }

    /// Says something in a room and returns the entry.
    async fn say(&self, room: &str, words: &str) -> Value {
        let said = self.call(Method::POST, &format!("/rooms/{room}/messages"), json!({"text": words})).await;
        assert_eq!(said.status, StatusCode::CREATED, "{}", said.text);
        said.json()
    }

    async fn messages(&self, room: &str) -> Value {
        self.get(&format!("/rooms/{room}/messages?after=0")).await["messages"].clone()
    }

    /// The user names of a room's members.
    async fn members(&self, room: &str) -> Vec<String> {
        let members = self.get(&format!("/rooms/{room}/members")).await;
        let mut names: Vec<_> =
            members["members"].as_array().unwrap().iter().map(|member| text(&member["username"])).collect();
        names.sort();
        names
    }

    /// The official client, connected.
    async fn client(&self, transport: &str) -> Program {
        self.client_at(&self.chat_url, transport).await
    }

    /// The official client, connected to this node.
    async fn client_at(&self, chat_url: &str, transport: &str) -> Program {
        let mut client = Program::run("rooms.mjs", &[chat_url, &self.person.token, transport]);
        assert_eq!(client.next("connected").await, json!(transport));
        client
    }
}

/// Emits an event and returns the acknowledgement.
async fn emit(client: &mut Program, event: Value) -> Value {
    client.write_line(&event.to_string()).await;
    client.next("ack").await
}

/// As [`emit`], for what is not refused.
async fn emit_ok(client: &mut Program, event: Value) -> Value {
    let answer = emit(client, event.clone()).await;
    assert_eq!(answer["ok"], json!(true), "{event}: {answer}");
    answer
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}
