//! The calls that change and delete an account and end its sessions, with the status and body of every error.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use testkit::http::call;
use testkit::process::backend::Backend;
use testkit::process::natter::Natter;
use testkit::process::people::{PASSWORD, Person};

use crate::user_calls::{assert_user, users};

on_both_stores! {
    changing_ones_account_answers_the_user_as_it_is_now
    a_new_password_ends_all_sessions_and_gives_a_fresh_token
    nobody_changes_or_deletes_anothers_account
    deleting_ones_account_answers_204_erases_the_words_and_frees_the_name
    renewing_keeps_the_session_and_logging_out_ends_it
    signing_out_everywhere_ends_every_session_at_once
}

async fn changing_ones_account_answers_the_user_as_it_is_now(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let (ann, ben) = (Person::sign_up(&natter, "Ann").await, Person::sign_up(&natter, "Ben").await);
    let own = format!("/users/{}", ann.id);
    let patch = async |body| users(&natter, Method::PATCH, &own, &ann.token, body).await;
    let put = async |body| users(&natter, Method::PUT, &own, &ann.token, body).await;
    let renamed = patch(json!({"display_name": "Annie"})).await;
    assert_eq!(renamed.status, 200, "{}", renamed.text);
    assert_user(&renamed.json(), "Ann", "Annie");
    let replaced = put(json!({"username": "Ann", "display_name": "Ann B."})).await;
    assert_eq!(replaced.status, 200, "{}", replaced.text);
    let whole = users(&natter, Method::GET, &own, &ann.token, Value::Null).await.json();
    assert_user(&whole, "Ann", "Ann B.");
    assert_eq!(put(whole.clone()).await.status, 200, "what was read may be put back as it is");
    for (body, field) in [
        (json!({"username": "Other", "display_name": "X"}), "username"),
        (json!({"username": "Ann"}), "display_name"),
        (json!({"display_name": "X"}), "username"),
        (json!({"username": "Ann", "display_name": "X", "id": ben.id}), "id"),
        (
            json!({"username": "Ann", "display_name": "X", "created_at": "2020-01-01T00:00:00.000Z"}),
            "created_at",
        ),
    ] {
        let refused = put(body.clone()).await.problem(422, "invalid");
        assert!(refused["errors"][field].is_string(), "{body}: {refused}");
    }
    for (body, field) in [
        (json!({"display_name": ""}), "display_name"),
        (json!({"password": "a new password"}), "current_password"),
        (json!({"password": "short", "current_password": PASSWORD}), "password"),
        (json!({"password": "a new password", "current_password": "wrong one"}), "current_password"),
        (json!({"nonsense": 1}), "nonsense"),
    ] {
        let refused = patch(body.clone()).await.problem(422, "invalid");
        assert!(refused["errors"][field].is_string(), "{body}: {refused}");
    }
}

async fn a_new_password_ends_all_sessions_and_gives_a_fresh_token(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let elsewhere = Person::log_in(&natter, "Ann").await;
    let body = json!({"password": "a better password", "current_password": PASSWORD});
    let changed = users(&natter, Method::PATCH, "/users/me", &ann.token, body).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let fresh = changed.json()["token"].as_str().unwrap().to_owned();
    for old in [&ann.token, &elsewhere.token] {
        users(&natter, Method::GET, "/users/me", old, Value::Null).await.problem(401, "signed_out");
    }
    assert_eq!(users(&natter, Method::GET, "/users/me", &fresh, Value::Null).await.status, 200);
    let login = |password: &str| json!({"username": "Ann", "password": password});
    users(&natter, Method::POST, "/login", "", login(PASSWORD)).await.problem(401, "bad_credentials");
    assert_eq!(users(&natter, Method::POST, "/login", "", login("a better password")).await.status, 200);
}

async fn nobody_changes_or_deletes_anothers_account(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let (ann, ben) = (Person::sign_up(&natter, "Ann").await, Person::sign_up(&natter, "Ben").await);
    for target in [ben.id.as_str(), "Ben"] {
        let path = format!("/users/{target}");
        let rename = json!({"display_name": "Stolen"});
        let replace = json!({"username": "Ben", "display_name": "Stolen"});
        users(&natter, Method::PATCH, &path, &ann.token, rename).await.problem(403, "forbidden");
        users(&natter, Method::PUT, &path, &ann.token, replace).await.problem(403, "forbidden");
        users(&natter, Method::DELETE, &path, &ann.token, Value::Null).await.problem(403, "forbidden");
        let tokens = format!("{path}/tokens");
        users(&natter, Method::DELETE, &tokens, &ann.token, Value::Null).await.problem(403, "forbidden");
    }
    let still = users(&natter, Method::GET, "/users/me", &ben.token, Value::Null).await;
    assert_user(&still.json(), "Ben", "Ben");
}

async fn deleting_ones_account_answers_204_erases_the_words_and_frees_the_name(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let (ann, ben) = (Person::sign_up(&natter, "Ann").await, Person::sign_up(&natter, "Ben").await);
    ann.post(&natter, "soon gone").await;
    ben.post(&natter, "still here").await;
    let own = format!("/users/{}", ann.id);
    let gone = users(&natter, Method::DELETE, &own, &ann.token, Value::Null).await;
    assert_eq!((gone.status.as_u16(), &gone.text[..]), (204, ""));
    users(&natter, Method::GET, "/users/me", &ann.token, Value::Null).await.problem(401, "signed_out");
    users(&natter, Method::GET, &own, &ben.token, Value::Null).await.problem(404, "not_found");
    let log = ben.whole_log(&natter).await;
    assert_eq!(
        (&log[0]["text"], &log[0]["sender"], &log[0]["erased"]),
        (&Value::Null, &Value::Null, &json!(true))
    );
    assert_eq!((&log[1]["text"], &log[1]["seq"]), (&json!("still here"), &json!(2)));
    let again = Person::sign_up(&natter, "Ann").await;
    assert_ne!(again.id, ann.id);
}

async fn renewing_keeps_the_session_and_logging_out_ends_it(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let ann = Person::sign_up(&natter, "Ann").await;
    for service in [&natter.users_url, &natter.chat_url] {
        let mine = Person::log_in(&natter, "Ann").await;
        let renewed = call(Method::POST, &format!("{service}/token"), &mine.token, &Value::Null).await;
        assert_eq!(renewed.status, 200, "{}", renewed.text);
        let body = renewed.json();
        let fresh = body["token"].as_str().unwrap();
        assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(86_400)), "{body}");
        assert_ne!(fresh, mine.token);
        let over = call(Method::POST, &format!("{service}/logout"), fresh, &Value::Null).await;
        assert_eq!((over.status.as_u16(), &over.text[..]), (204, ""));
        // Both tokens of the session are invalid. Other sessions stay valid.
        for token in [fresh, &mine.token] {
            let over = Person { token: token.to_owned(), ..mine.clone() };
            over.wait_refused(&natter, Duration::from_secs(1)).await;
        }
    }
    assert_eq!(users(&natter, Method::GET, "/users/me", &ann.token, Value::Null).await.status, 200);
}

async fn signing_out_everywhere_ends_every_session_at_once(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let (first, second) = (Person::sign_up(&natter, "Ann").await, Person::log_in(&natter, "Ann").await);
    first.sign_out_everywhere(&natter).await;
    for token in [&first.token, &second.token] {
        users(&natter, Method::GET, "/users/me", token, Value::Null).await.problem(401, "signed_out");
    }
    assert_eq!(Person::log_in(&natter, "Ann").await.id, first.id);
}
