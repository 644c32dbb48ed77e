//! People, as the REST API makes them, and calls in their name.

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use crate::natter::Natter;

/// The password of everybody here; long enough and no secret.
pub const PASSWORD: &str = "correct horse battery";

/// Somebody with an account and a token.
#[derive(Clone, Debug)]
pub struct Person {
    /// The user's id.
    pub id: String,
    /// The user's name.
    pub username: String,
    /// A token of a session of their own.
    pub token: String,
}

/// An HTTP answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The header lines.
    pub headers: reqwest::header::HeaderMap,
    /// The body as text.
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The value of a header line; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body of a problem with this status and code.
    ///
    /// # Panics
    /// When it is anything else, or lacks what every problem has.
    pub fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
        let body = self.json();
        assert_eq!((&body["status"], &body["code"]), (&json!(status), &json!(code)), "{body}");
        assert!(body["title"].is_string() && body["detail"].is_string(), "{body}");
        body
    }
}

/// Reads an answer to its end.
///
/// # Panics
/// When there is none.
pub async fn answer(request: RequestBuilder) -> Answer {
    let response: Response = request.send().await.expect("there is an answer");
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, text: response.text().await.expect("the answer is text") }
}

/// A client that follows no redirect and keeps no cookie.
pub fn client() -> Client {
    Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client can be made")
}

/// Calls `url` with a token and, unless it is null, a JSON body.
pub async fn call(method: Method, url: &str, token: &str, body: &Value) -> Answer {
    let mut request = client().request(method, url);
    if !token.is_empty() {
        request = request.bearer_auth(token);
    }
    answer(if body.is_null() { request } else { request.json(body) }).await
}

impl Person {
    /// Makes an account and logs in.
    ///
    /// # Panics
    /// When either is refused.
    pub async fn sign_up(natter: &Natter, username: &str) -> Self {
        let body = json!({"username": username, "password": PASSWORD});
        let made = call(Method::POST, &format!("{}/users", natter.users_url), "", &body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        Self::log_in(natter, username).await
    }

    /// Logs in, for a session of its own.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn log_in(natter: &Natter, username: &str) -> Self {
        let body = json!({"username": username, "password": PASSWORD});
        let answer = call(Method::POST, &format!("{}/login", natter.users_url), "", &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let body = answer.json();
        let text = |value: &Value| value.as_str().expect("a string").to_owned();
        Self { id: text(&body["user"]["id"]), username: username.to_owned(), token: text(&body["token"]) }
    }

    /// Ends every session of this person.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn sign_out_everywhere(&self, natter: &Natter) {
        let url = format!("{}/users/{}/tokens", natter.users_url, self.id);
        let answer = call(Method::DELETE, &url, &self.token, &Value::Null).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
    }

    /// Sends a message by HTTP and gives its entry.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn post(&self, natter: &Natter, text: &str) -> Value {
        self.post_at(natter.chat_port, text).await
    }

    /// As [`Person::post`], straight to the port, past whatever stands in front of it.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn post_at(&self, chat_port: u16, text: &str) -> Value {
        let url = format!("http://localhost:{chat_port}/messages");
        let answer = call(Method::POST, &url, &self.token, &json!({"text": text})).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        answer.json()
    }

    /// Every message of the lobby in its order, read page by page.
    ///
    /// # Panics
    /// When the log has a hole, a double, or pages that do not meet.
    pub async fn whole_log(&self, natter: &Natter) -> Vec<Value> {
        let mut log: Vec<Value> = Vec::new();
        loop {
            let url = format!("{}/messages?after={}&limit=100", natter.chat_url, log.len());
            let answer = call(Method::GET, &url, &self.token, &Value::Null).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
            let page = answer.json();
            let messages = page["messages"].as_array().expect("an array").clone();
            for message in &messages {
                assert_eq!(message["seq"], json!(log.len() + 1), "the log has neither hole nor double");
                log.push(message.clone());
            }
            if page["covered_to"] == page["last_seq"] {
                assert_eq!(page["last_seq"], json!(log.len()));
                return log;
            }
            assert!(!messages.is_empty(), "a page that covers nothing: {page}");
        }
    }
}
