//! HTTP calls as curl makes them, and checks of the responses.

use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::network::lan;

/// A complete HTTP response.
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

    /// The value of a header; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body of a problem with this status and code.
    ///
    /// # Panics
    /// When the response is anything else, or lacks a member that every problem has.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
        let body = self.json();
        assert_eq!((&body["status"], &body["code"]), (&json!(status), &json!(code)), "{body}");
        assert!(body["title"].is_string() && body["detail"].is_string(), "{body}");
        body
    }

    /// The body of a problem of status 422 that names exactly these fields.
    ///
    /// # Panics
    /// When it is anything else.
    #[track_caller]
    pub fn invalid(&self, fields: &[&str]) -> Value {
        let body = self.problem(422, "invalid");
        let named: Vec<&str> =
            body["errors"].as_object().expect("errors by field").keys().map(String::as_str).collect();
        assert_eq!(named, fields, "{body}");
        body
    }
}

/// Sends a request and reads the whole response.
///
/// # Panics
/// When there is none.
pub async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.expect("the server responds");
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, text: response.text().await.expect("the body is text") }
}

/// A client that follows no redirects and keeps no cookies. It resolves [`lan::NAME`].
pub fn client() -> Client {
    let builder = Client::builder().redirect(reqwest::redirect::Policy::none());
    builder.resolve(lan::NAME, ([127, 0, 0, 1], 0).into()).build().expect("a client can be created")
}

/// Calls `url` with a token and, unless it is null, a JSON body.
pub async fn call(method: Method, url: &str, token: &str, body: &Value) -> Answer {
    let mut request = client().request(method, url);
    if !token.is_empty() {
        request = request.bearer_auth(token);
    }
    answer(if body.is_null() { request } else { request.json(body) }).await
}
