//! The calls for sign-up, log-in and reading users, as curl makes them, with the status and body of every error.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::http::{Answer, answer, call, client};
use testkit::process::backend::Backend;
use testkit::process::natter::Natter;
use testkit::process::people::{PASSWORD, Person};

on_both_stores! {
    signing_up_answers_201_with_the_user_and_where_it_is
    a_taken_name_answers_409_in_any_letter_case
    each_bad_field_answers_422_with_its_own_message
    logging_in_answers_a_token_and_where_the_chat_is
    a_wrong_name_and_a_wrong_password_answer_alike
    reading_users_needs_a_token_and_goes_page_by_page
}

/// A call of the users service.
pub(crate) async fn users(natter: &Natter, method: Method, path: &str, token: &str, body: Value) -> Answer {
    call(method, &format!("{}{path}", natter.users_url), token, &body).await
}

/// Checks the fields of a user.
pub(crate) fn assert_user(user: &Value, username: &str, display_name: &str) {
    assert_eq!(
        (&user["username"], &user["display_name"]),
        (&json!(username), &json!(display_name)),
        "{user}"
    );
    for field in ["created_at", "updated_at"] {
        let time = user[field].as_str().unwrap_or_default();
        assert!(time.len() == "2026-01-01T00:00:00.000Z".len() && time.ends_with('Z'), "{user}");
    }
    let id = user["id"].as_str().unwrap_or_default();
    assert_eq!(uuid::Uuid::parse_str(id).map(|id| id.get_version_num()), Ok(7), "{user}");
    let fields = user.as_object().expect("a user is an object").keys().filter(|field| *field != "token");
    assert!(fields.clone().count() >= 5 && !fields.clone().any(|name| name.contains("pass")), "{user}");
}

async fn signing_up_answers_201_with_the_user_and_where_it_is(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let body = json!({"username": "Ann", "password": PASSWORD, "display_name": "Ann the First"});
    let made = users(&natter, Method::POST, "/users", "", body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let user = made.json();
    assert_user(&user, "Ann", "Ann the First");
    let location = made.header("location").to_owned();
    assert!(location.ends_with(&format!("/users/{}", user["id"].as_str().unwrap())), "{location}");
    let plain = json!({"username": "ben_2", "password": PASSWORD});
    assert_user(&users(&natter, Method::POST, "/users", "", plain).await.json(), "ben_2", "ben_2");
}

async fn a_taken_name_answers_409_in_any_letter_case(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    Person::sign_up(&natter, "Ann").await;
    for name in ["Ann", "ANN", "ann"] {
        let body = json!({"username": name, "password": PASSWORD});
        users(&natter, Method::POST, "/users", "", body).await.problem(409, "username_taken");
    }
}

async fn each_bad_field_answers_422_with_its_own_message(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let good = || json!({"username": "Ann", "password": PASSWORD, "display_name": "Ann"});
    for (field, bad) in [
        ("username", json!("ab")),
        ("username", json!("x".repeat(33))),
        ("username", json!("_ann")),
        ("username", json!("a nn")),
        ("username", json!("раypal")),
        ("username", json!(7)),
        ("username", json!({"$ne": ""})),
        ("username", Value::Null),
        ("password", json!("short")),
        ("password", json!("x".repeat(257))),
        ("password", json!({"$gt": ""})),
        ("display_name", json!("")),
        ("display_name", json!("x".repeat(65))),
        ("display_name", json!("bell\u{7}")),
        ("is_admin", json!(true)),
        ("$where", json!("1")),
    ] {
        let mut body = good();
        body[field] = bad.clone();
        let refused = users(&natter, Method::POST, "/users", "", body).await.problem(422, "invalid");
        let errors = refused["errors"].as_object().unwrap();
        assert!(errors[field].is_string() && errors.len() == 1, "{field} {bad}: {refused}");
    }
    for field in ["username", "password"] {
        let mut body = good();
        body.as_object_mut().unwrap().remove(field);
        let refused = users(&natter, Method::POST, "/users", "", body).await.problem(422, "invalid");
        assert!(refused["errors"][field].is_string(), "{refused}");
    }
    let refused = users(&natter, Method::POST, "/users", "", json!({})).await.problem(422, "invalid");
    assert_eq!(refused["errors"].as_object().unwrap().len(), 2, "both fields are named: {refused}");
}

#[tokio::test]
async fn each_kind_of_unreadable_body_has_its_own_status() {
    let natter = Natter::start().await;
    let url = format!("{}/users", natter.users_url);
    let post = |media_type: &str, body: String| {
        answer(client().post(&url).header("content-type", media_type).body(body))
    };
    post("application/json", "{\"username\":".into()).await.problem(400, "unparsable");
    post("text/plain", "{}".into()).await.problem(415, "unsupported_media_type");
    let large = json!({"username": "Ann", "password": PASSWORD, "display_name": "x".repeat(100_000)});
    post("application/json", large.to_string()).await.problem(413, "too_large");
    for no_object in ["[]", "7", "null", "\"Ann\""] {
        post("application/json", no_object.into()).await.problem(422, "invalid");
    }
}

async fn logging_in_answers_a_token_and_where_the_chat_is(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let body = json!({"username": "ann", "password": PASSWORD});
    let logged_in = users(&natter, Method::POST, "/login", "", body).await;
    assert_eq!(logged_in.status, 200, "{}", logged_in.text);
    let body = logged_in.json();
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(86_400)), "{body}");
    assert_user(&body["user"], "Ann", "Ann");
    assert!(body["chat_url"].as_str().unwrap().starts_with(&natter.chat_url), "{body}");
    assert_ne!(body["token"], json!(ann.token), "each log-in is a session of its own");
    let page = answer(client().get(body["chat_url"].as_str().unwrap())).await;
    assert_eq!(page.status, 200, "the link opens the chat: {}", page.text);
}

async fn a_wrong_name_and_a_wrong_password_answer_alike(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    Person::sign_up(&natter, "Ann").await;
    let mut answers = Vec::new();
    for (name, password) in [("Ann", "wrong password"), ("Nobody", PASSWORD)] {
        let body = json!({"username": name, "password": password});
        let refused = users(&natter, Method::POST, "/login", "", body).await;
        answers.push(refused.problem(401, "bad_credentials"));
    }
    assert_eq!(answers[0], answers[1]);
    let injected = json!({"username": {"$ne": null}, "password": {"$ne": null}});
    users(&natter, Method::POST, "/login", "", injected).await.problem(422, "invalid");
}

async fn reading_users_needs_a_token_and_goes_page_by_page(backend: Backend) {
    let natter = Natter::start_on(backend).await;
    let ann = Person::sign_up(&natter, "Ann").await;
    let (ben, cid) = (Person::sign_up(&natter, "Ben").await, Person::sign_up(&natter, "Cid").await);
    let get = async |path: &str| users(&natter, Method::GET, path, &ann.token, Value::Null).await;
    let ids = |list: &Answer| -> Vec<String> {
        let list = list.json();
        list.as_array().unwrap().iter().map(|user| user["id"].as_str().unwrap().to_owned()).collect()
    };
    let all = get("/users").await;
    assert_eq!((all.status.as_u16(), ids(&all)), (200, vec![ann.id.clone(), ben.id.clone(), cid.id.clone()]));
    let first = get("/users?limit=2").await;
    assert_eq!(ids(&first), [ann.id.clone(), ben.id.clone()]);
    let link = first.header("link").to_owned();
    assert!(link.contains("rel=\"next\""), "{link}");
    let next = link.split(['<', '>']).nth(1).unwrap();
    let rest = get(next.strip_prefix(&natter.users_url).unwrap_or(next)).await;
    assert_eq!((ids(&rest), rest.header("link")), (vec![cid.id.clone()], ""));
    assert_eq!(ids(&get("/users?username=BEN").await), std::slice::from_ref(&ben.id));
    assert_eq!(ids(&get("/users?username=Nobody").await), Vec::<String>::new());
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=many", "limit"),
        ("after=nonsense", "after"),
        ("order=name", "order"),
    ] {
        let refused = get(&format!("/users?{query}")).await.problem(422, "invalid");
        assert!(refused["errors"][field].is_string(), "{query}: {refused}");
    }
    for path in [format!("/users/{}", ben.id), "/users/ben".into(), "/users/Ben".into()] {
        assert_user(&get(&path).await.json(), "Ben", "Ben");
    }
    assert_user(&get("/users/me").await.json(), "Ann", "Ann");
    get("/users/Nobody").await.problem(404, "not_found");
    get("/users/0197f000-0000-7000-8000-000000000000").await.problem(404, "not_found");
}

#[tokio::test]
async fn the_api_describes_itself_and_unknown_paths_and_methods_are_problems() {
    let natter = Natter::start().await;
    let described = users(&natter, Method::GET, "/openapi.json", "", Value::Null).await.json();
    assert!(described["openapi"].as_str().unwrap().starts_with("3."), "{described}");
    for (path, methods) in [
        ("/users", &["get", "post"][..]),
        ("/users/{id}", &["get", "patch", "put", "delete"]),
        ("/users/{id}/tokens", &["delete"]),
        ("/users/{id}/export", &["get"]),
        ("/login", &["post"]),
        ("/token", &["post"]),
        ("/logout", &["post"]),
    ] {
        for method in methods {
            assert!(described["paths"][path][method].is_object(), "{method} {path} is not described");
        }
    }
    users(&natter, Method::GET, "/nothing", "", Value::Null).await.problem(404, "not_found");
    users(&natter, Method::DELETE, "/login", "", Value::Null).await.problem(405, "method_not_allowed");
}
