//! `POST /login` from a program.

use serde_json::json;

use crate::app::{App, PASSWORD, key};

#[tokio::test]
async fn a_password_becomes_a_token_that_leads_to_the_chat() {
    let app = App::start().await;
    let ada = app.sign_up("Ada").await;
    let answer = app.post("/login", json!({"username": "ada", "password": PASSWORD})).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"));
    assert_eq!(answer.header("set-cookie"), "", "a program's cookie jar is left alone");
    let json = answer.json();
    let token = json["token"].as_str().unwrap();
    assert_eq!((&json["token_type"], &json["expires_in"]), (&json!("Bearer"), &json!(600)));
    assert_eq!(json["chat_url"], format!("{}/?jwt={token}", app.chat_url));
    assert_eq!(json["user"], app.get_as(&ada, "/users/me").await.json());
    let claims = key().verify(token).unwrap();
    assert_eq!((claims.sub.to_string(), claims.name.as_str(), claims.ver), (ada.id.clone(), "Ada", 1));
    assert_ne!(claims.sid, ada.claims().sid, "each log-in is a session of its own");
}

#[tokio::test]
async fn the_old_names_of_the_user_name_are_accepted_one_at_a_time() {
    let app = App::start().await;
    app.sign_up("ada").await;
    for alias in ["userID", "userName"] {
        assert_eq!(app.post("/login", json!({alias: "ada", "password": PASSWORD})).await.status, 200);
        let two = json!({alias: "ada", "username": "ada", "password": PASSWORD});
        app.post("/login", two).await.invalid(&["username"]);
    }
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_are_answered_alike() {
    let app = App::start().await;
    app.sign_up("ada").await;
    let attempts =
        [("ada", "wrong horse"), ("nobody", PASSWORD), ("not a name!", PASSWORD), ("ada", ""), ("", "")];
    let mut bodies = Vec::new();
    for (username, password) in attempts {
        let answer = app.post("/login", json!({"username": username, "password": password})).await;
        answer.problem(401, "bad_credentials");
        bodies.push(answer.text);
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
}

#[tokio::test]
async fn fields_are_checked_by_name() {
    let app = App::start().await;
    app.post("/login", json!({})).await.invalid(&["password", "username"]);
    let operators = json!({"username": {"$ne": null}, "password": {"$ne": null}});
    app.post("/login", operators).await.invalid(&["password", "username"]);
    app.post("/login", json!({"username": "ada", "password": "x", "admin": true})).await.invalid(&["admin"]);
}
