//! The built command as a process, without the settings of this process.

use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use reqwest::{Client, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};
use tokio::time::timeout;

/// Timeout for everything that a test waits for.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);

/// The command with these arguments, on free ports.
pub(crate) fn command(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_natter"));
    command.env_clear().current_dir(std::env::temp_dir()).args(words).kill_on_drop(true);
    command.env("USERS_ADDR", "127.0.0.1:0").env("CHAT_ADDR", "127.0.0.1:0");
    command
}

/// Runs it to its end; returns its status and everything that it printed.
pub(crate) async fn run(words: &[&str], settings: &[(&str, &str)]) -> (Option<i32>, String) {
    let running = command(words).envs(settings.iter().copied()).output();
    let output: Output = timeout(TIMEOUT, running).await.expect("it ends by itself").unwrap();
    let printed = [&output.stdout[..], &output.stderr[..]].concat();
    (output.status.code(), String::from_utf8(printed).unwrap())
}

/// A running process.
pub(crate) struct Natter {
    pub(crate) child: Child,
    log: Lines<BufReader<ChildStderr>>,
}

impl Natter {
    pub(crate) fn start(words: &[&str], settings: &[(&str, &str)]) -> Self {
        let mut command = command(words);
        command.envs(settings.iter().copied()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap()).lines();
        Self { child, log }
    }

    /// Waits for the next line of its log that contains `part`.
    pub(crate) async fn wait_for_line(&mut self, part: &str) -> String {
        let reading = async {
            while let Some(line) = self.log.next_line().await.unwrap() {
                if line.contains(part) {
                    return line;
                }
            }
            panic!("it ended without a line with {part:?}")
        };
        timeout(TIMEOUT, reading).await.unwrap_or_else(|_| panic!("there is no line with {part:?}"))
    }

    /// Ends it by a signal; returns its status and the rest of its log.
    pub(crate) async fn end(mut self) -> (Option<i32>, String) {
        let id = self.child.id().expect("it runs").to_string();
        assert!(Command::new("kill").arg(id).status().await.unwrap().success());
        let mut rest = String::new();
        while let Some(line) = self.log.next_line().await.unwrap() {
            rest += &line;
        }
        let status =
            timeout(TIMEOUT, self.child.wait()).await.expect("it ends when it is output to").unwrap();
        (status.code(), rest)
    }
}

/// A running process on the embedded store, with its URLs.
pub(crate) struct System {
    pub(crate) natter: Natter,
    users: String,
    chat: String,
}

impl System {
    pub(crate) async fn start(data: &Path) -> Self {
        let mut natter = Natter::start(&[], &[("DATA_DIR", data.to_str().unwrap())]);
        let line = natter.wait_for_line("listening").await;
        let value = |name: &str| {
            let rest = line.split_once(&format!(" {name}=")).expect("the line contains all addresses").1;
            rest.split(' ').next().unwrap().trim_matches('"').to_owned()
        };
        Self { users: value("users_url"), chat: value("chat_url"), natter }
    }

    /// Signs a user up and logs in; returns the token.
    pub(crate) async fn sign_up(&self, name: &str) -> String {
        let person = json!({"username": name, "password": "correct horse battery"});
        assert_eq!(post(&format!("{}/users", self.users), "", &person).await.status(), 201);
        let login = post(&format!("{}/login", self.users), "", &person).await;
        login.json::<Value>().await.unwrap()["token"].as_str().unwrap().to_owned()
    }

    /// Sends a message; returns its number once it is acknowledged.
    pub(crate) async fn send(&self, token: &str, text: &str) -> u64 {
        let answer = post(&format!("{}/messages", self.chat), token, &json!({"text": text})).await;
        assert_eq!(answer.status(), 201);
        answer.json::<Value>().await.unwrap()["seq"].as_u64().unwrap()
    }

    /// The texts of all messages.
    pub(crate) async fn texts(&self, token: &str) -> Vec<String> {
        let mut texts: Vec<String> = Vec::new();
        loop {
            let url = format!("{}/messages?after={}&limit=100", self.chat, texts.len());
            let page = Client::new().get(url).bearer_auth(token).send().await.unwrap();
            let page: Value = page.error_for_status().unwrap().json().await.unwrap();
            let messages = page["messages"].as_array().unwrap();
            texts.extend(messages.iter().map(|entry| entry["text"].as_str().unwrap().to_owned()));
            if page["covered_to"] == page["last_seq"] {
                return texts;
            }
        }
    }
}

async fn post(url: &str, token: &str, body: &Value) -> Response {
    Client::new().post(url).bearer_auth(token).json(body).send().await.unwrap()
}
