//! The chat service of one test, and its users.

use std::time::Duration;

use auth::{Claims, Lifetimes, TokenKey};
use chat::Config;
use reqwest::Method;
use serde_json::{Value, json};
use store::{DisplayName, NewUser, Stores, User};
use tempfile::TempDir;
use testkit::builders;
use testkit::http::{Answer, answer, client};
use testkit::socket_io::Client;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use web::{Settings, Timers, now_secs};

const LIFETIMES: Lifetimes =
    Lifetimes { token: Duration::from_secs(600), session: Duration::from_secs(6_000) };

/// A running service.
pub(crate) struct App {
    pub(crate) url: String,
    /// The store itself, without the decorators of a test.
    pub(crate) stores: Stores,
    key: TokenKey,
    shutdown: CancellationToken,
    serving: Option<JoinHandle<std::io::Result<()>>>,
    _dir: Option<TempDir>,
}

/// A user with a session.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) user: User,
    pub(crate) claims: Claims,
    pub(crate) token: String,
}

impl App {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}, |stores| stores).await
    }

    /// A service with other settings, or with a decorated store.
    pub(crate) async fn start_with(
        set: impl FnOnce(&mut Config),
        before: impl FnOnce(Stores) -> Stores,
    ) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let stores = store::sqlite::open(dir.path()).unwrap();
        Self::start_on(stores, Some(dir), set, before).await
    }

    /// Another service on the same store.
    pub(crate) async fn another_node(&self) -> Self {
        self.another_node_with(|_| {}, |stores| stores).await
    }

    /// Another service on the same store, with other settings, or with a decorated store.
    pub(crate) async fn another_node_with(
        &self,
        set: impl FnOnce(&mut Config),
        before: impl FnOnce(Stores) -> Stores,
    ) -> Self {
        Self::start_on(self.stores.clone(), None, set, before).await
    }

    async fn start_on(
        stores: Stores,
        dir: Option<TempDir>,
        set: impl FnOnce(&mut Config),
        before: impl FnOnce(Stores) -> Stores,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let key = TokenKey::new(&[7; 32]).unwrap();
        let mut config = config(&url, &key);
        set(&mut config);
        let shutdown = CancellationToken::new();
        let serving = chat::serve(config, before(stores.clone()), vec![listener], shutdown.clone());
        let serving = Some(tokio::spawn(serving));
        Self { url, stores, key, shutdown, serving, _dir: dir }
    }

    /// Signs a user up and in.
    pub(crate) async fn person(&self, name: &str) -> Person {
        let display_name = DisplayName::parse(&name.to_uppercase()).unwrap();
        let user = builders::create(&self.stores, NewUser { display_name, ..builders::new_user(name) }).await;
        self.session(&user, |_| {})
    }

    /// A session of a user; `claim` may change its claims.
    pub(crate) fn session(&self, user: &User, claim: impl FnOnce(&mut Claims)) -> Person {
        let mut claims = Claims::issue(user.id.0, &user.username, 1, now_secs(), LIFETIMES);
        claim(&mut claims);
        Person { user: user.clone(), token: self.key.sign(&claims), claims }
    }

    /// A socket of a user.
    pub(crate) async fn socket(&self, person: &Person) -> Client {
        Client::connect(&self.url, &person.token).await
    }

    /// A socket that asked for batches.
    pub(crate) async fn batch_socket(&self, person: &Person) -> Client {
        Client::connect_with(&self.url, json!({"token": person.token, "batch": true})).await
    }

    /// The answer to a call of a user over HTTP.
    pub(crate) async fn call(
        &self,
        person: &Person,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let request = client().request(method, format!("{}{path}", self.url)).bearer_auth(&person.token);
        answer(match body {
            Some(body) => request.json(&body),
            None => request,
        })
        .await
    }

    /// The texts in the log.
    pub(crate) async fn texts(&self) -> Vec<String> {
        let log = builders::whole_log(&self.stores).await;
        log.into_iter().filter_map(|entry| entry.text).collect()
    }

    /// Appends to the log as another node does.
    pub(crate) async fn append_elsewhere(&self, person: &Person, text: &str) {
        builders::append(&self.stores, &person.user, text).await;
    }

    /// Begins the stop, without waiting for it.
    pub(crate) fn begin_stop(&self) {
        self.shutdown.cancel();
    }

    /// Waits until the service has stopped.
    pub(crate) async fn stopped(&mut self) {
        let serving = self.serving.take().expect("it is waited for once");
        testkit::wait::in_time("the service stops", serving).await.unwrap().unwrap();
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

fn config(url: &str, key: &TokenKey) -> Config {
    let shared = Settings {
        users_url: "http://localhost:3000".parse().unwrap(),
        chat_url: url.parse().unwrap(),
        allowed_hosts: Vec::new(),
        trusted_proxy_hops: 0,
        max_connections: 1_000,
        max_connections_per_address: 1_000,
        timers: Timers::default(),
        token_key: key.clone(),
        lifetimes: LIFETIMES,
    };
    Config {
        shared,
        allowed_origins: vec!["https://app.example".parse().unwrap()],
        max_sockets: 1_000,
        max_sockets_per_address: 1_000,
        max_sockets_per_user: 20,
        journal_queue: 8_192,
        retention_days: 0,
        send_per_second: 0,
        send_per_address_per_second: 0,
        read_per_second: 0,
        invite_per_minute: 0,
    }
}

/// The arguments of a message with an id of the client's own.
pub(crate) fn message(text: &str, id: &str) -> [Value; 2] {
    [json!(text), json!({"id": id})]
}

/// The code of a refusal.
pub(crate) fn code(answer: &Value) -> &str {
    assert_eq!(answer["ok"], json!(false), "{answer}");
    assert!(!answer["detail"].as_str().unwrap().is_empty(), "{answer}");
    answer["code"].as_str().unwrap()
}
