//! Every call that `/openapi.json` describes, with a request for it.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::support::app::{Answer, App, PASSWORD, Person, answer};
use testkit::openapi::Description;

/// Every call: its name in the description, a path, and a valid body if it takes one.
pub(crate) fn calls() -> Vec<(&'static str, &'static str, Option<Value>)> {
    let whole = json!({"username": "ada", "display_name": "A."});
    vec![
        ("POST /users", "/users", Some(json!({"username": "grace", "password": PASSWORD}))),
        ("GET /users", "/users", None),
        ("GET /users/{id}", "/users/me", None),
        ("PATCH /users/{id}", "/users/me", Some(json!({"display_name": "A."}))),
        ("PUT /users/{id}", "/users/me", Some(whole)),
        ("GET /users/{id}/export", "/users/me/export", None),
        ("POST /login", "/login", Some(json!({"username": "ada", "password": PASSWORD}))),
        ("POST /token", "/token", None),
        ("POST /logout", "/logout", None),
        ("DELETE /users/{id}/tokens", "/users/me/tokens", None),
        ("DELETE /users/{id}", "/users/me", None),
    ]
}

/// Whether a call needs no token.
pub(crate) fn is_open(call: &str) -> bool {
    matches!(call, "POST /users" | "POST /login")
}

/// A request for a call, with a user's token if there is a user.
pub(crate) fn request(app: &App, who: Option<&Person>, call: &str, path: &str) -> RequestBuilder {
    let method: Method = call.split(' ').next().unwrap().parse().unwrap();
    let request = app.request(method, path);
    match who {
        Some(who) => request.bearer_auth(&who.token),
        None => request,
    }
}

/// Sends a request, and asserts the status and that the answer is described.
pub(crate) async fn holds(
    document: &Description,
    call: &str,
    status: u16,
    request: RequestBuilder,
) -> Answer {
    let answer = answer(request).await;
    assert_eq!(answer.status, status, "{call}: {}", answer.text);
    document.holds(call, &answer);
    answer
}
