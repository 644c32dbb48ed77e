//! No token, password or query appears in a log, at any level.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use reqwest::Method;
use serde_json::json;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;

use crate::app::{App, answer};

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Everything that this process logs from now on, but for what the tests' own client does.
fn capture() -> Captured {
    let captured = Captured::default();
    let service = Targets::new()
        .with_default(LevelFilter::TRACE)
        .with_target("reqwest", LevelFilter::OFF)
        .with_target("hyper_util::client", LevelFilter::OFF);
    let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(captured.clone());
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(lines).with(service))
        .unwrap();
    captured
}

#[tokio::test]
async fn no_secret_is_logged_at_any_level() {
    let captured = capture();
    let app = App::start().await;
    let (password, new) = ("first-secret-of-ada", "second-secret-of-ada");
    app.post_form("/signup", &[("username", "ada.of.logs"), ("password", password)]).await;
    let ada = app.log_in("ada.of.logs", password).await;
    let signature = ada.token.rsplit('.').next().unwrap();
    app.get_as(&ada, "/users/me?jwt=query-secret").await;
    app.get(&format!("/users/me?jwt={}", ada.token)).await;
    app.get_as(&ada.with_token(&format!("{}x", ada.token)), "/users/me").await;
    let cookie = app.request(Method::GET, "/account").header("cookie", ada.cookie());
    answer(cookie).await;
    app.post("/login", json!({"username": "ada.of.logs", "password": ["listed-secret"]})).await;
    let typed = app.request(Method::POST, "/login").header("content-type", "application/json");
    answer(typed.body("{\"password\": \"broken-secret\"")).await;
    app.post("/login", json!({"username": "ada.of.logs", "password": "wrong-secret"})).await;
    let change = json!({"password": new, "current_password": password});
    app.call(&ada, Method::PATCH, "/users/me", Some(change)).await;
    let deletion = app.request(Method::POST, "/account/delete").form(&[("password", "deleting-secret")]);
    answer(deletion.header("cookie", app.log_in("ada.of.logs", new).await.cookie())).await;
    app.fault.everything(true);
    app.post("/login", json!({"username": "ada.of.logs", "password": new})).await;

    let log = String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("answered a request") && log.contains("a token was refused"), "it was captured");
    for secret in [
        password,
        new,
        signature,
        "query-secret",
        "listed-secret",
        "broken-secret",
        "wrong-secret",
        "deleting-secret",
        "jwt=",
    ] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
}
