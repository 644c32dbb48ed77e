//! A running service, and the requests of its clients.

use std::time::Duration;

use auth::{Claims, Lifetimes, TokenKey};
use reqwest::{Client, Method, RequestBuilder, redirect};
use serde_json::{Value, json};
use store::Stores;
use tempfile::TempDir;
use testkit::faulty::Faults;
pub(crate) use testkit::http::{Answer, answer};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use users::Config;
use web::{Settings, Timers};

pub(crate) const SECRET: &[u8] = b"a secret of tests, 32 bytes long";
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A service on a free port, with its own store. It stops when dropped.
pub(crate) struct App {
    pub(crate) url: String,
    pub(crate) chat_url: String,
    pub(crate) client: Client,
    pub(crate) stores: Stores,
    pub(crate) faults: Faults,
    config: Config,
    _stop: DropGuard,
    _data: TempDir,
}

/// A user with a session.
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) username: String,
    pub(crate) token: String,
}

impl App {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(adjust: impl FnOnce(&mut Config)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut config = config(port);
        adjust(&mut config);
        let (data, faults) = (tempfile::tempdir().unwrap(), Faults::default());
        let stores = store::sqlite::open(data.path()).unwrap();
        let stop = CancellationToken::new();
        let chat_url = config.shared.chat_url.to_string();
        tokio::spawn(users::serve(config.clone(), faults.wrap(stores.clone()), vec![listener], stop.clone()));
        let client = Client::builder().redirect(redirect::Policy::none()).no_proxy().build().unwrap();
        let url = format!("http://localhost:{port}");
        Self { url, chat_url, client, stores, faults, config, _stop: stop.drop_guard(), _data: data }
    }

    /// Stops the service and starts it again on another port, with the same store.
    pub(crate) async fn restart(&mut self) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        self.url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let stop = CancellationToken::new();
        let stores = self.faults.wrap(self.stores.clone());
        tokio::spawn(users::serve(self.config.clone(), stores, vec![listener], stop.clone()));
        self._stop = stop.drop_guard();
    }

    /// Shuts the service down, as an operator would.
    pub(crate) fn stop(&mut self) {
        self._stop = CancellationToken::new().drop_guard();
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        answer(self.request(Method::POST, path).json(&body)).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        answer(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        answer(self.request(Method::POST, path).form(fields)).await
    }

    /// A call with a user's token.
    pub(crate) async fn call(&self, who: &Person, method: Method, path: &str, body: Option<Value>) -> Answer {
        let request = self.request(method, path).bearer_auth(&who.token);
        answer(match body {
            Some(body) => request.json(&body),
            None => request,
        })
        .await
    }

    pub(crate) async fn get_as(&self, who: &Person, path: &str) -> Answer {
        self.call(who, Method::GET, path, None).await
    }

    pub(crate) async fn sign_up(&self, username: &str) -> Person {
        let answer = self.post("/users", json!({"username": username, "password": PASSWORD})).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        self.log_in(username, PASSWORD).await
    }

    pub(crate) async fn log_in(&self, username: &str, password: &str) -> Person {
        let answer = self.post("/login", json!({"username": username, "password": password})).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let json = answer.json();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Person { id: text(&json["user"]["id"]), username: username.to_owned(), token: text(&json["token"]) }
    }
}

impl Person {
    pub(crate) fn claims(&self) -> Claims {
        key().verify(&self.token).unwrap()
    }

    /// The same user with another token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { id: self.id.clone(), username: self.username.clone(), token: token.to_owned() }
    }

    pub(crate) fn cookie(&self) -> String {
        format!("natter_token={}", self.token)
    }
}

pub(crate) fn key() -> TokenKey {
    TokenKey::new(SECRET).unwrap()
}

pub(crate) fn lifetimes() -> Lifetimes {
    Lifetimes { token: Duration::from_secs(600), session: Duration::from_secs(6000) }
}

fn config(port: u16) -> Config {
    Config {
        shared: Settings {
            users_url: format!("http://localhost:{port}").parse().unwrap(),
            chat_url: "http://localhost:65001".parse().unwrap(),
            allowed_hosts: vec!["natter.test".into()],
            trusted_proxy_hops: 0,
            max_connections: 1000,
            max_connections_per_address: 1000,
            timers: Timers::default(),
            token_key: key(),
            lifetimes: lifetimes(),
        },
        hash_queue: 512,
        sign_up_per_address_per_hour: 0,
        log_in_per_address_per_minute: 0,
        log_in_per_account_per_minute: 0,
        read_per_second: 0,
    }
}
