//! A running service, and the verbs that tests speak.

use std::time::Duration;

use auth::{Claims, Lifetimes, TokenKey};
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, redirect};
use serde_json::{Value, json};
use store::Stores;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use users::Config;
use web::{Settings, Timers};

use crate::faulty::Fault;

pub(crate) const SECRET: &[u8] = b"a secret of tests, 32 bytes long";
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A service on a free port with a store of its own. It stops when dropped.
pub(crate) struct App {
    pub(crate) url: String,
    pub(crate) chat_url: String,
    pub(crate) client: Client,
    pub(crate) stores: Stores,
    pub(crate) fault: Fault,
    config: Config,
    _stop: DropGuard,
    _data: TempDir,
}

/// Somebody who signed up and logged in.
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) username: String,
    pub(crate) token: String,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl App {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(adjust: impl FnOnce(&mut Config)) -> Self {
        Self::start_before(adjust, |stores| stores).await
    }

    /// A service whose store stands behind what a test puts before it.
    pub(crate) async fn start_before(
        adjust: impl FnOnce(&mut Config),
        before: impl FnOnce(Stores) -> Stores,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut config = config(port);
        adjust(&mut config);
        let (data, fault) = (tempfile::tempdir().unwrap(), Fault::default());
        let stores = store::sqlite::open(data.path()).unwrap();
        let stop = CancellationToken::new();
        let chat_url = config.shared.chat_url.to_string();
        tokio::spawn(users::serve(
            config.clone(),
            before(fault.before(stores.clone())),
            vec![listener],
            stop.clone(),
        ));
        let client = Client::builder().redirect(redirect::Policy::none()).no_proxy().build().unwrap();
        let url = format!("http://localhost:{port}");
        Self { url, chat_url, client, stores, fault, config, _stop: stop.drop_guard(), _data: data }
    }

    /// Starts the service anew on another port, with the same store; it replaces the present one.
    pub(crate) async fn restart(&mut self) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        self.url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let stop = CancellationToken::new();
        let stores = self.fault.before(self.stores.clone());
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

    /// A call of a signed-in person.
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

    /// The same person with another token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { id: self.id.clone(), username: self.username.clone(), token: token.to_owned() }
    }

    pub(crate) fn cookie(&self) -> String {
        format!("natter_token={}", self.token)
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value: &HeaderValue| value.to_str().unwrap())
    }

    /// Asserts a problem of that status and code, and gives its body.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let json = self.json();
        assert_eq!((&json["status"], &json["code"]), (&json!(status), &json!(code)), "{json}");
        assert!(json["title"].is_string() && json["detail"].is_string(), "{json}");
        json
    }

    /// Asserts a 422 with errors for just these fields.
    #[track_caller]
    pub(crate) fn invalid(&self, fields: &[&str]) -> Value {
        let json = self.problem(422, "invalid");
        let told: Vec<&str> = json["errors"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(told, fields, "{json}");
        json
    }
}

pub(crate) async fn answer(request: RequestBuilder) -> Answer {
    let response: Response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, text: response.text().await.unwrap() }
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
        hash_queue: 64,
    }
}
