//! `POST /users`.

use serde_json::json;

use crate::support::app::{App, PASSWORD, answer};

#[tokio::test]
async fn signing_up_requires_no_token() {
    let app = App::start().await;
    let body = json!({"username": "Ada", "password": PASSWORD, "display_name": "Ada Lovelace"});
    let answer = app.post("/users", body).await;
    assert_eq!(answer.status, 201);
    let user = answer.json();
    assert_eq!(answer.header("location"), format!("/users/{}", user["id"].as_str().unwrap()));
    assert_eq!((&user["username"], &user["display_name"]), (&json!("Ada"), &json!("Ada Lovelace")));
    let keys: Vec<_> = user.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["created_at", "display_name", "id", "updated_at", "username"]);
    let created_at = user["created_at"].as_str().unwrap();
    assert_eq!((created_at.len(), &created_at[23..]), (24, "Z"), "RFC 3339 in UTC with milliseconds");
}

#[tokio::test]
async fn the_display_name_is_the_user_name_unless_given() {
    let app = App::start().await;
    let answer = app.post("/users", json!({"username": "ada", "password": PASSWORD})).await;
    assert_eq!(answer.json()["display_name"], "ada");
}

#[tokio::test]
async fn the_aliases_of_the_user_name_are_accepted_one_at_a_time() {
    let app = App::start().await;
    for (alias, name) in [("userID", "ada"), ("userName", "grace")] {
        let answer = app.post("/users", json!({alias: name, "password": PASSWORD})).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["username"]), (201, &json!(name)));
    }
    for two in [["userID", "username"], ["userName", "username"], ["userID", "userName"]] {
        let answer = app.post("/users", json!({two[0]: "alan", two[1]: "alan", "password": PASSWORD})).await;
        answer.invalid(&["username"]);
    }
}

#[tokio::test]
async fn a_taken_name_is_rejected_in_any_letter_case() {
    let app = App::start().await;
    app.sign_up("Ada").await;
    let answer = app.post("/users", json!({"username": "aDA", "password": PASSWORD})).await;
    answer.problem(409, "username_taken");
}

#[tokio::test]
async fn of_simultaneous_sign_ups_for_one_name_one_succeeds() {
    let app = App::start().await;
    let body = || json!({"username": "ada", "password": PASSWORD});
    let answers =
        tokio::join!(app.post("/users", body()), app.post("/users", body()), app.post("/users", body()));
    let mut statuses = [answers.0.status.as_u16(), answers.1.status.as_u16(), answers.2.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409]);
}

#[tokio::test]
async fn all_wrong_fields_are_named_at_once() {
    let app = App::start().await;
    app.post("/users", json!({})).await.invalid(&["password", "username"]);
    let body = json!({"username": "a b", "password": "short", "display_name": "", "role": "admin"});
    let refused = app.post("/users", body).await.invalid(&["display_name", "password", "role", "username"]);
    assert_eq!(refused["errors"]["password"], "must be 8 to 256 characters long");
    let wrong_types = json!({"username": {"$gt": ""}, "password": 12_345_678, "display_name": []});
    app.post("/users", wrong_types).await.invalid(&["display_name", "password", "username"]);
    app.post("/users", json!({"username": "ada", "password": "x".repeat(257)})).await.invalid(&["password"]);
    app.post("/users", json!(["ada"])).await.invalid(&["body"]);
}

#[tokio::test]
async fn a_body_that_is_not_json_too_large_or_of_another_type_is_rejected() {
    let app = App::start().await;
    let request = || app.request(reqwest::Method::POST, "/users").header("content-type", "application/json");
    answer(request().body("{\"username\": \"ada\", ")).await.problem(400, "unparsable");
    answer(request().body("")).await.problem(400, "unparsable");
    let large = format!("{{\"username\": \"{}\"}}", "x".repeat(64 * 1024));
    answer(request().body(large)).await.problem(413, "too_large");
    let plain = app.request(reqwest::Method::POST, "/users").header("content-type", "text/plain").body("{}");
    answer(plain).await.problem(415, "unsupported_media_type");
    answer(app.request(reqwest::Method::POST, "/users")).await.problem(415, "unsupported_media_type");
}
