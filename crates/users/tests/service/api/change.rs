//! `PATCH` and `PUT /users/{id}`.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::raw_http::SlowRequest;

use crate::support::app::{Answer, App, PASSWORD, Person, answer};

async fn patch(app: &App, who: &Person, body: Value) -> Answer {
    app.call(who, Method::PATCH, "/users/me", Some(body)).await
}

async fn put(app: &App, who: &Person, body: Value) -> Answer {
    app.call(who, Method::PUT, &format!("/users/{}", who.id), Some(body)).await
}

#[tokio::test]
async fn the_display_name_can_be_changed() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let answer = patch(&app, &ada, json!({"display_name": " The Countess "})).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["display_name"]), (200, &json!("The Countess")));
    assert!(answer.json().get("token").is_none(), "no new token where no password changed");
    assert_eq!(app.get_as(&ada, "/users/ada").await.json()["display_name"], "The Countess");
    assert_eq!(
        patch(&app, &ada, json!({})).await.json()["display_name"],
        "The Countess",
        "an empty change changes nothing"
    );
}

#[tokio::test]
async fn a_new_password_ends_every_session_and_returns_a_new_token() {
    let app = App::start().await;
    let (ada, elsewhere) = (app.sign_up("ada").await, app.log_in("ada", PASSWORD).await);
    let body = json!({"password": "another horse", "current_password": PASSWORD, "display_name": "A."});
    let answer = patch(&app, &ada, body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let json = answer.json();
    assert_eq!((&json["display_name"], &json["token_type"]), (&json!("A."), &json!("Bearer")));
    let renewed = ada.with_token(json["token"].as_str().unwrap());
    assert_eq!(app.get_as(&renewed, "/users/me").await.status, 200);
    assert_ne!(renewed.claims().sid, ada.claims().sid);
    for old in [&ada, &elsewhere] {
        app.get_as(old, "/users/me").await.problem(401, "signed_out");
    }
    app.post("/login", json!({"username": "ada", "password": PASSWORD}))
        .await
        .problem(401, "bad_credentials");
    app.log_in("ada", "another horse").await;
}

#[tokio::test]
async fn a_new_password_requires_the_current_one() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    patch(&app, &ada, json!({"password": "another horse"})).await.invalid(&["current_password"]);
    patch(&app, &ada, json!({"current_password": PASSWORD})).await.invalid(&["current_password"]);
    let wrong = json!({"password": "another horse", "current_password": "wrong horse", "display_name": "A."});
    patch(&app, &ada, wrong).await.invalid(&["current_password"]);
    patch(&app, &ada, json!({"password": "short", "current_password": PASSWORD}))
        .await
        .invalid(&["password"]);
    let user = app.get_as(&ada, "/users/me").await.json();
    assert_eq!(user["display_name"], "ada", "a rejected change has no effect");
    app.log_in("ada", PASSWORD).await;
}

#[tokio::test]
async fn put_accepts_a_user_as_it_was_read() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let mut user = app.get_as(&ada, "/users/me").await.json();
    user["display_name"] = json!("The Countess");
    let answer = put(&app, &ada, user.clone()).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["display_name"]), (200, &json!("The Countess")));
    assert_ne!(answer.json()["updated_at"], user["updated_at"]);
    assert_eq!(put(&app, &ada, json!({"userID": "ada", "display_name": "A."})).await.status, 200);
    let with_password = json!({"username": "ada", "display_name": "A.", "password": "another horse", "current_password": PASSWORD});
    assert!(put(&app, &ada, with_password).await.json()["token"].is_string());
}

#[tokio::test]
async fn read_only_fields_are_compared_by_value_and_not_by_spelling() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let user = app.get_as(&ada, "/users/me").await.json();
    let utc = user["created_at"].as_str().unwrap().to_owned();
    let (day_and_time, id) = (utc.trim_end_matches('Z'), ada.id.to_uppercase());
    let written = [utc.to_lowercase(), format!("{day_and_time}+00:00"), format!("{day_and_time}000-00:00")];
    for created_at in &written {
        let mut same = user.clone();
        same["id"] = json!(id);
        same["created_at"] = json!(created_at);
        same["updated_at"] = json!(created_at);
        same["username"] = json!(" ada ");
        let answer = put(&app, &ada, same).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (200, user.clone()), "{created_at}");
    }
    let later = format!("{day_and_time}+00:01");
    put(&app, &ada, json!({"username": "ada", "display_name": "A.", "created_at": later}))
        .await
        .invalid(&["created_at"]);
    let answer = app.get_as(&ada, &format!("/users/{id}")).await;
    assert_eq!(answer.json(), user, "an id in a path too");
    let form = app.request(Method::POST, "/account").header("cookie", ada.cookie());
    let renamed = self::answer(form.form(&[("user", id.as_str()), ("display_name", "Ada")])).await;
    assert_eq!(renamed.status, 303, "and the one in a form: {}", renamed.text);
    let form = app.request(Method::POST, "/logout").header("cookie", ada.cookie());
    assert_eq!(self::answer(form.form(&[("user", id.as_str())])).await.status, 303);
    app.get_as(&ada, "/users/me").await.problem(401, "signed_out");
}

#[tokio::test]
async fn null_stands_for_a_field_that_is_absent() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let nothing = json!({"display_name": null, "password": null, "current_password": null, "id": null});
    let answer = patch(&app, &ada, nothing).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["display_name"]), (200, &json!("ada")));
    put(&app, &ada, json!({"username": "ada", "display_name": null})).await.invalid(&["display_name"]);
    patch(&app, &ada, json!({"nickname": null})).await.invalid(&["nickname"]);
    app.log_in("ada", PASSWORD).await;
}

#[tokio::test]
async fn a_body_may_begin_with_a_byte_order_mark_and_its_errors_are_named() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let send = async |body: &str| {
        let request = app.request(Method::PATCH, "/users/me").bearer_auth(&ada.token);
        answer(request.header("content-type", "application/json").body(body.to_owned())).await
    };
    assert_eq!(send("\u{feff}{\"display_name\": \"A.\"}").await.json()["display_name"], "A.");
    send("\u{feff}\u{feff}{}").await.problem(400, "unparsable");
    let surrogate = send(r#"{"display_name": "\ud83d"}"#).await.invalid(&["display_name"]);
    assert!(surrogate["errors"]["display_name"].as_str().unwrap().contains("surrogate"), "{surrogate}");
    let deep = format!(r#"{{"display_name": {}}}"#, "[".repeat(500) + &"]".repeat(500));
    let deep = send(&deep).await.invalid(&["display_name"]);
    assert!(deep["errors"]["display_name"].as_str().unwrap().contains("127 levels"), "{deep}");
    send(r#"{"display_name": "A.", "display_name": "B."}"#).await.invalid(&["display_name"]);
    assert_eq!(app.get_as(&ada, "/users/me").await.json()["display_name"], "A.");
}

#[tokio::test]
async fn put_requires_the_whole_user_and_rejects_other_read_only_values() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    put(&app, &ada, json!({})).await.invalid(&["display_name", "username"]);
    put(&app, &ada, json!({"username": "ada"})).await.invalid(&["display_name"]);
    put(&app, &ada, json!({"username": "grace", "display_name": "A."})).await.invalid(&["username"]);
    let body = json!({"username": "ada", "display_name": "A.", "id": "1", "created_at": "2020", "updated_at": "2020"});
    put(&app, &ada, body).await.invalid(&["created_at", "id", "updated_at"]);
    patch(&app, &ada, json!({"username": "grace"})).await.invalid(&["username"]);
    patch(&app, &ada, json!({"username": "ada", "userName": "ada"})).await.invalid(&["username"]);
    patch(&app, &ada, json!({"ver": 7, "display_name": ["A."]})).await.invalid(&["display_name", "ver"]);
    assert_eq!(app.get_as(&ada, "/users/me").await.json()["display_name"], "ada");
}

#[tokio::test]
async fn another_users_account_cannot_be_changed() {
    let app = App::start().await;
    let (ada, mallory) = (app.sign_up("ada").await, app.sign_up("mallory").await);
    for method in [Method::PATCH, Method::PUT] {
        for path in [format!("/users/{}", ada.id), "/users/ada".to_owned()] {
            let body = json!({"username": "ada", "display_name": "Mallory was here"});
            app.call(&mallory, method.clone(), &path, Some(body)).await.problem(403, "forbidden");
            let wrong = Some(json!({"nonsense": 1}));
            app.call(&mallory, method.clone(), &path, wrong).await.problem(403, "forbidden");
        }
        app.call(&mallory, method.clone(), "/users/nobody", Some(json!({}))).await.problem(404, "not_found");
        answer(app.request(method, "/users/ada").json(&json!({}))).await.problem(401, "signed_out");
    }
    assert_eq!(app.get_as(&ada, "/users/me").await.json()["display_name"], "ada");
}

#[tokio::test]
async fn a_cookie_of_the_changed_user_is_replaced_with_the_new_token() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    for (cookie, replaced) in [(grace.cookie(), false), (ada.cookie(), true)] {
        let body = json!({"password": PASSWORD, "current_password": PASSWORD});
        let ada = app.log_in("ada", PASSWORD).await;
        let request =
            app.request(Method::PATCH, "/users/me").bearer_auth(&ada.token).header("cookie", cookie);
        let answer = answer(request.json(&body)).await;
        assert_eq!(answer.header("set-cookie").starts_with("natter_token=ey"), replaced);
    }
}

#[tokio::test]
async fn a_change_whose_session_ends_before_its_body_arrives_is_not_made() {
    let app = App::start().await;
    let (ada, other) = (app.sign_up("ada").await, app.log_in("ada", PASSWORD).await);
    let url = format!("{}/users/me", app.url);
    let begun =
        SlowRequest::begin(Method::PATCH, &url, &ada.token, &json!({"display_name": "Too late"})).await;
    assert_eq!(app.call(&other, Method::DELETE, "/users/me/tokens", None).await.status, 204);
    app.get_as(&ada, "/users/me").await.problem(401, "signed_out");
    assert_eq!(begun.finish().await, 401);
    let again = app.log_in("ada", PASSWORD).await;
    assert_eq!(app.get_as(&again, "/users/me").await.json()["display_name"], json!("ada"));
}
