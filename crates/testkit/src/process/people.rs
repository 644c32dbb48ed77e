//! Accounts, and calls with their tokens.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::http::call;
use crate::process::natter::Natter;
use crate::wait::until_within;

/// The password of every account in tests.
pub const PASSWORD: &str = "correct horse battery";

/// An account with a token.
#[derive(Clone, Debug)]
pub struct Person {
    /// The user's id.
    pub id: String,
    /// The user's name.
    pub username: String,
    /// A token of a session of this value's own.
    pub token: String,
}

impl Person {
    /// Creates an account and logs in.
    ///
    /// # Panics
    /// When either call fails.
    pub async fn sign_up(natter: &Natter, username: &str) -> Self {
        let body = json!({"username": username, "password": PASSWORD});
        let made = call(Method::POST, &format!("{}/users", natter.users_url), "", &body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        Self::log_in(natter, username).await
    }

    /// Logs in with a new session.
    ///
    /// # Panics
    /// When the call fails.
    pub async fn log_in(natter: &Natter, username: &str) -> Self {
        let body = json!({"username": username, "password": PASSWORD});
        let answer = call(Method::POST, &format!("{}/login", natter.users_url), "", &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let body = answer.json();
        let text = |value: &Value| value.as_str().expect("a string").to_owned();
        Self { id: text(&body["user"]["id"]), username: username.to_owned(), token: text(&body["token"]) }
    }

    /// Ends every session of this account.
    ///
    /// # Panics
    /// When the call fails.
    pub async fn sign_out_everywhere(&self, natter: &Natter) {
        let url = format!("{}/users/{}/tokens", natter.users_url, self.id);
        let answer = call(Method::DELETE, &url, &self.token, &Value::Null).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
    }

    /// Waits until both services reject the token.
    ///
    /// # Panics
    /// When one still accepts it after `time`.
    pub async fn wait_refused(&self, natter: &Natter, time: Duration) {
        for url in [format!("{}/users/me", natter.users_url), format!("{}/messages", natter.chat_url)] {
            until_within(time, &format!("{url} rejects the token"), async || {
                let answer = call(Method::GET, &url, &self.token, &Value::Null).await;
                (answer.status == StatusCode::UNAUTHORIZED).then(|| answer.problem(401, "signed_out"))
            })
            .await;
        }
    }

    /// Sends a message by HTTP and returns its entry.
    ///
    /// # Panics
    /// When the call fails.
    pub async fn post(&self, natter: &Natter, text: &str) -> Value {
        self.post_at(natter.chat_port, text).await
    }

    /// As [`Person::post`], directly to the port, without the proxies before it.
    ///
    /// # Panics
    /// When the call fails.
    pub async fn post_at(&self, chat_port: u16, text: &str) -> Value {
        let url = format!("http://localhost:{chat_port}/messages");
        let answer = call(Method::POST, &url, &self.token, &json!({"text": text})).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        answer.json()
    }

    /// Every message of the lobby in order, read page by page.
    ///
    /// # Panics
    /// When a `seq` is missing or doubled, or a call fails.
    pub async fn whole_log(&self, natter: &Natter) -> Vec<Value> {
        let mut log: Vec<Value> = Vec::new();
        loop {
            let url = format!("{}/messages?after={}&limit=100", natter.chat_url, log.len());
            let answer = call(Method::GET, &url, &self.token, &Value::Null).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
            let page = answer.json();
            let messages = page["messages"].as_array().expect("an array").clone();
            for message in &messages {
                assert_eq!(message["seq"], json!(log.len() + 1), "the log has no gap and no duplicate");
                log.push(message.clone());
            }
            if page["covered_to"] == page["last_seq"] {
                assert_eq!(page["last_seq"], json!(log.len()));
                return log;
            }
            assert!(!messages.is_empty(), "a page that covers nothing: {page}");
        }
    }

    /// The text of every message of the lobby in order.
    ///
    /// # Panics
    /// As [`Person::whole_log`], or when a message is erased.
    pub async fn texts_of_log(&self, natter: &Natter) -> Vec<String> {
        let text = |entry: &Value| entry["text"].as_str().expect("the message is not erased").to_owned();
        self.whole_log(natter).await.iter().map(text).collect()
    }
}
