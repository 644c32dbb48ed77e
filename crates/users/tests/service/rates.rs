//! How often a client may type a wrong password, sign up, read and change, and its share of the hash queue.

use std::net::{IpAddr, Ipv4Addr};

use futures_util::future::join_all;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::support::app::{Answer, App, PASSWORD, answer};
use crate::support::browser::{is_page, page_of, post_as};
use crate::support::cookie_jar::CookieJar;

fn credentials(username: &str, password: &str) -> Value {
    json!({"username": username, "password": password})
}

/// Asserts a refusal because of a rate whose period is a minute or longer.
#[track_caller]
fn is_too_often(answer: &Answer) {
    answer.problem(429, "rate_limited");
    let seconds: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=3_600).contains(&seconds), "{seconds}");
}

/// A client with another address of this machine.
fn from_address(last: u8) -> Client {
    let address = IpAddr::V4(Ipv4Addr::new(127, 0, 0, last));
    Client::builder().local_address(address).no_proxy().build().unwrap()
}

/// Logs in from another address.
async fn log_in_from(client: &Client, app: &App, username: &str) -> Answer {
    let url = app.url.replace("localhost", "127.0.0.1");
    answer(client.post(format!("{url}/login")).json(&credentials(username, PASSWORD))).await
}

#[tokio::test]
async fn wrong_passwords_for_an_account_are_limited_and_right_ones_are_not() {
    let app = App::start_with(|config| config.log_in_per_account_per_minute = 3).await;
    app.sign_up("ada").await;
    for _ in 0..10 {
        app.log_in("ada", PASSWORD).await;
    }
    for name in ["ada", "nobody"] {
        for spelling in [name, &name.to_uppercase(), name] {
            app.post("/login", credentials(spelling, "wrong horse")).await.problem(401, "bad_credentials");
        }
        is_too_often(&app.post("/login", credentials(name, "wrong horse")).await);
        is_too_often(&app.post("/login", credentials(name, PASSWORD)).await);
    }
    let page = app.post_form("/login", &[("username", "ada"), ("password", PASSWORD)]).await;
    is_page(&page, 429, &["Too many wrong passwords", "value=\"ada\""]);
    assert!(page.header("retry-after").parse::<u64>().is_ok());
    app.sign_up("grace").await;
}

#[tokio::test]
async fn nobody_can_lock_a_user_out() {
    let app = App::start_with(|config| config.log_in_per_account_per_minute = 3).await;
    app.sign_up("ada").await;
    let mut browser = CookieJar::of(&app, "ada").await;
    for _ in 0..4 {
        app.post("/login", credentials("ada", "wrong horse")).await;
    }
    is_too_often(&app.post("/login", credentials("ada", PASSWORD)).await);
    browser.log_in(&app, "ada").await;
    assert_eq!(log_in_from(&from_address(9), &app, "ada").await.status, 200, "another network");
    for _ in 0..3 {
        let form = [("username", "ada"), ("password", "wrong horse")];
        let wrong = answer(browser.add_to(app.request(Method::POST, "/login").form(&form))).await;
        assert_eq!(wrong.status, 401, "{}", wrong.text);
    }
    let form = [("username", "ada"), ("password", PASSWORD)];
    let refused = answer(browser.add_to(app.request(Method::POST, "/login").form(&form))).await;
    assert_eq!(refused.status, 429, "the known browser has the same rate of its own");
}

#[tokio::test]
async fn wrong_passwords_of_a_network_are_limited_for_all_accounts() {
    let app = App::start_with(|config| config.log_in_per_address_per_minute = 5).await;
    app.sign_up("ada").await;
    for number in 0..5 {
        let wrong = credentials(&format!("user{number}"), "wrong horse");
        app.post("/login", wrong).await.problem(401, "bad_credentials");
    }
    app.post("/login", credentials("user0", "wrong horse")).await.problem(401, "bad_credentials");
    app.log_in("ada", PASSWORD).await;
    for _ in 0..2 {
        app.post("/login", credentials("ada", "wrong horse")).await.problem(401, "bad_credentials");
    }
    // Three guesses for an account are left to a network that has none, and a right one does not bring others back.
    is_too_often(&app.post("/login", credentials("ada", "wrong horse")).await);
    is_too_often(&app.post("/login", credentials("ada", PASSWORD)).await);
    assert_eq!(log_in_from(&from_address(9), &app, "ada").await.status, 200, "another network");
}

#[tokio::test]
async fn every_question_for_the_current_password_is_limited() {
    let app = App::start_with(|config| config.log_in_per_account_per_minute = 4).await;
    let (ada, other) = (app.sign_up("ada").await, app.log_in("ada", PASSWORD).await);
    let change = json!({"current_password": "wrong horse", "password": "another horse"});
    for _ in 0..2 {
        app.call(&ada, Method::PATCH, "/users/me", Some(change.clone())).await.invalid(&["current_password"]);
    }
    let form = [("current_password", "wrong horse"), ("new_password", "another horse")];
    assert_eq!(post_as(&app, &ada, "/account/password", &form).await.status, 422);
    assert_eq!(post_as(&app, &ada, "/account/delete", &[("password", "wrong horse")]).await.status, 422);
    is_too_often(&app.call(&ada, Method::PATCH, "/users/me", Some(change)).await);
    is_page(&post_as(&app, &ada, "/account/delete", &[("password", PASSWORD)]).await, 429, &["Too many"]);
    let right = json!({"current_password": PASSWORD, "password": "another horse"});
    let changed = app.call(&other, Method::PATCH, "/users/me", Some(right)).await;
    assert_eq!(changed.status, 200, "another session of the user is not concerned: {}", changed.text);
}

#[tokio::test]
async fn sign_ups_of_a_network_are_limited() {
    let app = App::start_with(|config| config.sign_up_per_address_per_hour = 3).await;
    for number in 0..3 {
        app.sign_up(&format!("user{number}")).await;
    }
    is_too_often(&app.post("/users", credentials("ada", PASSWORD)).await);
    let page = app.post_form("/signup", &[("username", "ada"), ("password", PASSWORD)]).await;
    is_page(&page, 429, &["Too many sign-ups", "value=\"ada\""]);
}

#[tokio::test]
async fn reads_and_changes_of_a_user_are_limited() {
    let app = App::start_with(|config| config.read_per_second = 1).await;
    let ada = app.sign_up("ada").await;
    let change = || Some(json!({"display_name": "Ada"}));
    for (method, path, body) in [
        (Method::GET, "/users", None),
        (Method::GET, "/users/me", None),
        (Method::PATCH, "/users/me", change()),
    ] {
        let calls = (0..200).map(|_| app.call(&ada, method.clone(), path, body.clone()));
        let answers = join_all(calls).await;
        let refused = answers.iter().find(|answer| answer.status != 200).expect("200 at once are too many");
        is_too_often(refused);
    }
}

#[tokio::test]
async fn nobody_can_keep_a_user_from_ending_all_sessions() {
    let app = App::start_with(|config| config.read_per_second = 1).await;
    let (ada, stolen) = (app.sign_up("ada").await, app.log_in("ada", PASSWORD).await);
    let changes =
        (0..100).map(|_| app.call(&stolen, Method::PATCH, "/users/me", Some(json!({"display_name": "A"}))));
    let reads = (0..50).map(|_| app.get_as(&stolen, "/users"));
    let (changes, reads) = tokio::join!(join_all(changes), join_all(reads));
    assert!(
        changes.iter().any(|answer| answer.status == 429) && reads.iter().any(|answer| answer.status == 429)
    );
    is_page(&page_of(&app, &ada, "/account").await, 200, &["Sign out everywhere"]);
    assert_eq!(
        app.call(&ada, Method::PATCH, "/users/me", Some(json!({"display_name": "B"}))).await.status,
        200
    );
    assert_eq!(app.call(&ada, Method::DELETE, "/users/me/tokens", None).await.status, 204);
    app.get_as(&stolen, "/users/me").await.problem(401, "signed_out");
}

/// A network fills its share of the hash queue, and not that of others.
#[tokio::test]
async fn a_flood_of_one_network_leaves_room_in_the_hash_queue() {
    let app = App::start_with(|config| config.hash_queue = 16).await;
    app.sign_up("ada").await;
    let flood = join_all((0..100).map(|_| app.post("/login", credentials("ada", "wrong horse"))));
    let other = from_address(9);
    let (flood, served) = tokio::join!(flood, log_in_from(&other, &app, "ada"));
    let refused = flood.iter().filter(|answer| answer.status == 503).count();
    assert!(refused > 0, "the flood has filled its share");
    assert_eq!(served.status, 200, "{}", served.text);
}
