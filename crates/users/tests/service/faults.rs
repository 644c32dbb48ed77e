//! The store is not available, the poll stalls, or too many passwords wait to be hashed.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;
use store::UserId;

use crate::support::app::{Answer, App, PASSWORD, Person, answer};

/// Maximum time until a revocation takes effect on every node.
const MAX_REVOCATION_DELAY: Duration = Duration::from_secs(1);

/// Requests a user's own account until it is rejected; returns the answer and the time it took.
async fn until_rejected(app: &App, who: &Person) -> (Answer, Duration) {
    let began = Instant::now();
    loop {
        let answer = app.get_as(who, "/users/me").await;
        if answer.status != 200 || began.elapsed() > 5 * MAX_REVOCATION_DELAY {
            return (answer, began.elapsed());
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn without_the_store_every_call_answers_503_with_retry_after() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    app.faults.set_users_unavailable(true);
    let credentials = || json!({"username": "ada", "password": PASSWORD});
    for answer in [
        app.post("/users", json!({"username": "grace", "password": PASSWORD})).await,
        app.post("/login", credentials()).await,
        app.get_as(&ada, "/users").await,
        app.get_as(&ada, "/users/me").await,
        app.call(&ada, Method::PATCH, "/users/me", Some(json!({"display_name": "A."}))).await,
        app.call(&ada, Method::DELETE, "/users/me", None).await,
        app.call(&ada, Method::POST, "/logout", None).await,
        app.get("/health/ready").await,
    ] {
        answer.problem(503, "unavailable");
        assert_eq!(answer.header("retry-after"), "2");
    }
    assert_eq!(app.get("/health/live").await.status, 200);
    app.faults.set_users_unavailable(false);
    assert_eq!(app.get_as(&ada, "/users/me").await.status, 200, "nothing was done, and the session is valid");
}

#[tokio::test]
async fn on_a_full_disk_the_service_is_not_ready_and_says_why_and_sessions_end() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    app.faults.set_disk_full(true);
    let ready = app.get("/health/ready").await;
    ready.problem(503, "unavailable");
    assert!(ready.text.contains("The disk is full."), "{}", ready.text);
    app.post("/users", json!({"username": "grace", "password": PASSWORD})).await.problem(503, "unavailable");
    assert_eq!(app.get("/health/live").await.status, 200);
    assert_eq!(app.call(&ada, Method::POST, "/logout", None).await.status, 204);
    app.faults.set_disk_full(false);
    assert_eq!(app.get("/health/ready").await.status, 200);
}

#[tokio::test]
async fn without_the_store_a_form_keeps_the_submitted_values() {
    let app = App::start().await;
    app.faults.set_users_unavailable(true);
    let answer = app.post_form("/signup", &[("username", "ada"), ("password", PASSWORD)]).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "2"));
    assert!(
        answer.text.contains("value=\"ada\"") && answer.text.contains("id=\"form-error\""),
        "{}",
        answer.text
    );
    assert!(!answer.text.contains(PASSWORD));
}

#[tokio::test]
async fn a_revocation_on_another_node_takes_effect_within_a_second() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    assert_eq!(app.get_as(&ada, "/users/me").await.status, 200);
    app.stores.tokens.sign_out_everywhere(UserId::parse(&ada.id).unwrap()).await.unwrap();
    let (answer, took) = until_rejected(&app, &ada).await;
    answer.problem(401, "signed_out");
    assert!(took < MAX_REVOCATION_DELAY, "{took:?}");
}

#[tokio::test]
async fn a_revoked_token_is_rejected_also_while_the_poll_stalls() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    assert_eq!(app.get_as(&ada, "/users/me").await.status, 200);
    app.faults.set_poll_unavailable(true);
    app.stores.tokens.sign_out_everywhere(UserId::parse(&ada.id).unwrap()).await.unwrap();
    let (answer, took) = until_rejected(&app, &ada).await;
    answer.problem(401, "signed_out");
    assert!(took < MAX_REVOCATION_DELAY, "the cache was trusted for {took:?}");
}

#[tokio::test]
async fn a_token_that_cannot_be_verified_is_rejected() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    app.faults.set_users_unavailable(true);
    // While the cache is fresh the session is valid, but the user cannot be read: 503 too.
    for path in ["/users/me", "/account"] {
        app.get_as(&ada, path).await.problem(503, "unavailable");
    }
    app.faults.set_users_unavailable(false);
    app.faults.set_poll_unavailable(true);
    assert_eq!(app.get_as(&ada, "/users/me").await.status, 200, "the store is available again");
}

#[tokio::test]
async fn too_many_passwords_at_once_are_rejected_and_the_rest_is_served() {
    let app = App::start_with(|config| config.hash_queue = 1).await;
    app.sign_up("ada").await;
    let log_in = || app.post("/login", json!({"username": "ada", "password": PASSWORD}));
    let page = || app.post_form("/login", &[("username", "ada"), ("password", PASSWORD)]);
    let many = futures_util::future::join_all((0..40).map(|_| log_in()));
    let (answers, pages) = tokio::join!(many, futures_util::future::join_all((0..20).map(|_| page())));
    let (served, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    assert!(!served.is_empty() && !refused.is_empty(), "{} of 40 served", served.len());
    for answer in refused {
        answer.problem(503, "overloaded");
        assert_eq!(answer.header("retry-after"), "1");
    }
    for answer in pages.into_iter().filter(|answer| answer.status != 303) {
        assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "1"));
        assert!(answer.text.contains("value=\"ada\""));
    }
    assert_eq!(log_in().await.status, 200, "later ones are accepted again");
}

/// A log-in with an unknown name does the same work: it also waits for the hasher.
#[tokio::test]
async fn a_log_in_with_an_unknown_name_is_hashed_too() {
    let app = App::start_with(|config| config.hash_queue = 1).await;
    for username in ["nobody", "no name at all!"] {
        let log_in = || app.post("/login", json!({"username": username, "password": PASSWORD}));
        let answers = futures_util::future::join_all((0..40).map(|_| log_in())).await;
        let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
        assert!(count(401) > 0 && count(503) > 0 && count(401) + count(503) == 40, "{} refused", count(401));
    }
}

#[tokio::test]
async fn an_unfinished_deletion_is_finished_at_the_next_start() {
    let mut app = App::start().await;
    let ada = app.sign_up("ada").await;
    app.stores.accounts.begin_deletion(UserId::parse(&ada.id).unwrap()).await.unwrap();
    let body = json!({"username": "ada", "password": PASSWORD});
    app.post("/users", body.clone()).await.problem(409, "username_taken");
    app.restart().await;
    let began = Instant::now();
    while answer(app.request(Method::POST, "/users").json(&body)).await.status != 201 {
        assert!(began.elapsed() < 5 * MAX_REVOCATION_DELAY, "the name is free again");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_change_whose_answer_was_lost_is_answered_by_what_the_store_has() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let sessions = [app.log_in("ada", PASSWORD).await, app.log_in("ada", PASSWORD).await];
    app.faults.set_loses_answers(true);
    for (who, method, path) in
        [(&sessions[0], Method::POST, "/logout"), (&sessions[1], Method::DELETE, "/users/me/tokens")]
    {
        let done = app.call(who, method, path, None).await;
        assert_eq!(done.status, 204, "{path}: {}", done.text);
        app.get_as(who, "/users/me").await.problem(401, "signed_out");
    }
    app.get_as(&ada, "/users/me").await.problem(401, "signed_out");
    let again = app.log_in("ada", PASSWORD).await;
    let new = json!({"password": "another long one", "current_password": PASSWORD});
    let changed = app.call(&again, Method::PATCH, "/users/me", Some(new)).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let last = app.log_in("ada", "another long one").await;
    let deleted = app.call(&last, Method::DELETE, "/users/me", None).await;
    assert_eq!(deleted.status, 204, "{}", deleted.text);
}
