//! Calls of the users service without a token, with an invalid one, and with a forged one.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::http::{answer, client};
use testkit::process::backend::Backend;
use testkit::process::natter::Natter;
use testkit::process::people::Person;

use super::user_calls::users;

on_both_stores! {
    every_call_that_needs_a_token_answers_401_without_a_valid_one
    a_forged_token_is_rejected
}

async fn every_call_that_needs_a_token_answers_401_without_a_valid_one(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let own = format!("/users/{}", ann.id);
    let tokens = format!("{own}/tokens");
    for (method, path) in [
        (Method::GET, "/users"),
        (Method::GET, "/users/me"),
        (Method::GET, &own),
        (Method::PATCH, &own),
        (Method::PUT, &own),
        (Method::DELETE, &own),
        (Method::DELETE, &tokens),
        (Method::POST, "/token"),
        (Method::POST, "/logout"),
    ] {
        for token in ["", "nonsense"] {
            let body = if method == Method::PATCH { json!({"display_name": "X"}) } else { Value::Null };
            let refused = users(&natter, method.clone(), path, token, body).await;
            refused.problem(401, "signed_out");
            assert!(refused.header("www-authenticate").starts_with("Bearer"), "{method} {path}");
        }
    }
    // A token in the URL is only for the chat page.
    let refused = answer(client().get(format!("{}/users/me?jwt={}", natter.users_url, ann.token))).await;
    refused.problem(401, "signed_out");
}

async fn a_forged_token_is_rejected(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let parts: Vec<&str> = ann.token.split('.').collect();
    let [head, body, signature] = parts[..] else { panic!("a token has three parts") };
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    let other = Natter::start_on(backend).await;
    let foreign = Person::sign_up(&other, "Ann").await.token;
    for forged in [
        format!("{none}.{body}."),
        format!("{none}.{body}.{signature}"),
        format!("{head}.{body}."),
        format!("{head}.{body}.{flipped}{}", &signature[1..]),
        format!("{head}.{body}"),
        foreign,
    ] {
        let refused = users(&natter, Method::GET, "/users/me", &forged, Value::Null).await;
        refused.problem(401, "signed_out");
    }
}
