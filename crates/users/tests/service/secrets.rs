//! No token, password or query appears in a log, at any level.

use reqwest::Method;
use serde_json::json;
use testkit::captured_log::CapturedLog;

use crate::support::app::{App, answer};

#[tokio::test]
async fn no_secret_is_logged_at_any_level() {
    let captured = CapturedLog::start_at_every_level();
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
    app.faults.set_users_unavailable(true);
    app.post("/login", json!({"username": "ada.of.logs", "password": new})).await;

    let log = captured.text();
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
