//! `POST /login` from a program.

use serde_json::json;

use store::NewUser;
use testkit::builders;

use crate::support::app::{App, PASSWORD, key};

/// One password as different keyboards write it: composed, decomposed, and full width.
const FORMS: [&str; 3] = ["crème brûlée 42", "cre\u{300}me bru\u{302}le\u{301}e 42", "ｃrème brûlée ４２"];
/// The hash of the second form, made before passwords were normalised.
const HASH_AS_TYPED: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$5bsJXsxUsPaAM9Th8uk8Tg$LB8MGAZcfOI/abbCtHggXOp0HzhK6Mrd1r80CGkfrIE";

#[tokio::test]
async fn a_password_becomes_a_token_that_leads_to_the_chat() {
    let app = App::start().await;
    let ada = app.sign_up("Ada").await;
    let answer = app.post("/login", json!({"username": "ada", "password": PASSWORD})).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"));
    assert_eq!(answer.header("set-cookie"), "", "a program gets no cookie");
    let json = answer.json();
    let token = json["token"].as_str().unwrap();
    assert_eq!((&json["token_type"], &json["expires_in"]), (&json!("Bearer"), &json!(600)));
    assert_eq!(json["chat_url"], format!("{}/?jwt={token}", app.chat_url));
    assert_eq!(json["user"], app.get_as(&ada, "/users/me").await.json());
    let claims = key().verify(token).unwrap();
    assert_eq!((claims.sub.to_string(), claims.name.as_str(), claims.ver), (ada.id.clone(), "Ada", 1));
    assert_ne!(claims.sid, ada.claims().sid, "each log-in begins a new session");
}

#[tokio::test]
async fn the_aliases_of_the_user_name_are_accepted_one_at_a_time() {
    let app = App::start().await;
    app.sign_up("ada").await;
    for alias in ["userID", "userName"] {
        assert_eq!(app.post("/login", json!({alias: "ada", "password": PASSWORD})).await.status, 200);
        let two = json!({alias: "ada", "username": "ada", "password": PASSWORD});
        app.post("/login", two).await.invalid(&["username"]);
    }
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_get_the_same_answer() {
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

#[tokio::test]
async fn a_name_is_the_same_with_white_space_around_it_and_in_full_width() {
    let app = App::start().await;
    let alice = app.post("/users", json!({"username": " Alice ", "password": PASSWORD})).await;
    assert_eq!((alice.status.as_u16(), &alice.json()["username"]), (201, &json!("Alice")));
    for typed in ["alice ", " alice", "alice\u{a0}", "ａｌｉｃｅ\u{3000}"] {
        let answer = app.post("/login", json!({"username": typed, "password": PASSWORD})).await;
        assert_eq!(answer.status, 200, "{typed:?}: {}", answer.text);
        let form = app.post_form("/login", &[("username", typed), ("password", PASSWORD)]).await;
        assert_eq!(form.status, 303, "{typed:?}");
        let taken = app.post_form("/signup", &[("username", typed), ("password", "another horse")]).await;
        assert_eq!(taken.status, 409, "{typed:?}");
    }
    let taken = app.post_form("/signup", &[("username", "alice "), ("password", "another horse")]).await;
    assert!(taken.text.contains("“alice” is taken."), "{}", taken.text);
    let token = app.log_in("alice", PASSWORD).await;
    let found = app.get_as(&token, "/users?username=alice%20").await.json();
    assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
    assert_eq!(app.get_as(&token, "/users/alice%20").await.json(), found[0]);
}

#[tokio::test]
async fn a_password_is_the_same_however_a_keyboard_writes_it() {
    let app = App::start().await;
    for (number, chosen) in FORMS.iter().enumerate() {
        let name = format!("user{number}");
        assert_eq!(app.post("/users", json!({"username": name, "password": chosen})).await.status, 201);
        for typed in FORMS {
            app.log_in(&name, typed).await;
        }
    }
    let wrong = json!({"username": "user0", "password": "creme brulee 42"});
    app.post("/login", wrong).await.problem(401, "bad_credentials");
    let somebody = app.log_in("user0", FORMS[2]).await;
    let change = json!({"current_password": FORMS[1], "password": "ｌｏｎｇ enough"});
    let changed = app.call(&somebody, reqwest::Method::PATCH, "/users/me", Some(change)).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    app.log_in("user0", "long enough").await;
}

#[tokio::test]
async fn a_password_hashed_before_normalisation_is_accepted_and_then_in_every_form() {
    let app = App::start().await;
    let old = NewUser { password_hash: HASH_AS_TYPED.into(), ..builders::new_user("ada") };
    builders::create(&app.stores, old).await;
    let composed = json!({"username": "ada", "password": FORMS[0]});
    app.post("/login", composed).await.problem(401, "bad_credentials");
    let session = app.log_in("ada", FORMS[1]).await;
    for typed in FORMS {
        app.log_in("ada", typed).await;
    }
    assert_eq!(app.get_as(&session, "/users/me").await.status, 200, "no session ended");
}
