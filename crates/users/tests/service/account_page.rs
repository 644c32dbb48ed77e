//! The ways out on the account page, and what it says before and after them.

use reqwest::Method;
use serde_json::json;

use crate::app::{App, PASSWORD, answer};
use crate::pages::{is_page, page_of, post_as};

#[tokio::test]
async fn the_page_says_since_when_and_until_when_one_is_signed_in_and_what_each_form_does() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let page = page_of(&app, &ada, "/account").await;
    let moment = |secs: u64| store::Timestamp::from_millis(i64::try_from(secs).unwrap() * 1000).to_string();
    let claims = ada.claims();
    let session = crate::app::lifetimes().session.as_secs();
    is_page(
        &page,
        200,
        &[
            &format!("<time datetime=\"{}\">", moment(claims.auth_time)),
            &format!("<time datetime=\"{}\">", moment(claims.auth_time + session)),
            "Natter keeps no list of other sessions",
            "Ends the session in this browser, and no other.",
            "all browsers and programs, and this browser too",
            "This cannot be undone.",
            "is free for",
            &format!("href=\"/account/export?user={}\"", ada.id),
        ],
    );
    assert_eq!(page.text.matches(&format!("name=\"user\" value=\"{}\"", ada.id)).count(), 5, "each form");
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_session_and_says_so() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let elsewhere = app.log_in("ada", PASSWORD).await;
    let done = post_as(&app, &ada, "/account/sign-out-everywhere", &[("user", &ada.id)]).await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, "/login?done=everywhere"));
    assert!(done.header("set-cookie").starts_with("natter_token=; "), "{}", done.header("set-cookie"));
    for over in [&ada, &elsewhere] {
        app.get_as(over, "/users/me").await.problem(401, "signed_out");
    }
    let page = app.get(done.header("location")).await;
    is_page(&page, 200, &["<p class=\"notice\" role=\"status\">You are signed out everywhere.</p>"]);
}

#[tokio::test]
async fn an_account_is_deleted_once_its_password_was_given() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let done = post_as(&app, &ada, "/account/delete", &[("user", &ada.id), ("password", PASSWORD)]).await;
    assert_eq!((done.status.as_u16(), done.header("location")), (303, "/account/deleted"), "{}", done.text);
    assert!(done.header("set-cookie").starts_with("natter_token=; "), "{}", done.header("set-cookie"));
    app.get_as(&ada, "/users/me").await.problem(401, "signed_out");
    let page = page_of(&app, &ada, done.header("location")).await;
    is_page(&page, 200, &["Your account is deleted", "role=\"status\"", "href=\"/signup\""]);
    assert_ne!(app.sign_up("ada").await.id, ada.id, "the name is free again");
}

#[tokio::test]
async fn who_has_an_account_is_not_told_that_it_is_deleted() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let answered = page_of(&app, &ada, "/account/deleted").await;
    assert_eq!((answered.status.as_u16(), answered.header("location")), (303, "/account"));
}

#[tokio::test]
async fn a_wrong_password_deletes_nothing_and_is_told_beside_its_field() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let wrong = post_as(&app, &ada, "/account/delete", &[("password", "wrong horse")]).await;
    is_page(
        &wrong,
        422,
        &[
            "<title>Error: Account – Natter</title>",
            "id=\"password-error\">Password is wrong.",
            "value=\"ada\"",
        ],
    );
    assert!(!wrong.text.contains("wrong horse") && wrong.header("set-cookie").is_empty());
    let field = wrong.text.split("id=\"password\"").nth(1).unwrap().split('>').next().unwrap();
    assert!(field.contains("autofocus") && field.contains("aria-describedby=\"password-error"), "{field}");
    let blank = post_as(&app, &ada, "/account/delete", &[]).await;
    is_page(&blank, 422, &["id=\"password-error\">Password is missing."]);
    assert_eq!(app.get_as(&ada, "/users/me").await.status, 200);
}

#[tokio::test]
async fn a_form_of_another_site_without_a_cookie_or_opened_as_somebody_else_does_nothing() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    for path in ["/account/sign-out-everywhere", "/account/delete"] {
        let form = [("user", ada.id.as_str()), ("password", PASSWORD)];
        let foreign = app.request(Method::POST, path).form(&form).header("cookie", ada.cookie());
        answer(foreign.header("origin", "https://evil.example")).await.problem(403, "cross_site");
        let bare = app.post_form(path, &form).await;
        assert_eq!((bare.status.as_u16(), bare.header("location")), (303, "/login"), "{path}");
        let other = post_as(&app, &grace, path, &form).await;
        is_page(&other, 409, &["role=\"alert\"", "you are now signed in as grace"]);
        assert!(other.header("set-cookie").is_empty(), "{path}");
        for person in [&ada, &grace] {
            assert_eq!(app.get_as(person, "/users/me").await.status, 200, "{path}");
        }
    }
}

#[tokio::test]
async fn without_the_store_nothing_is_done_and_nobody_is_told_otherwise() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    app.fault.everything(true);
    for path in ["/account/sign-out-everywhere", "/account/delete"] {
        let answered = post_as(&app, &ada, path, &[("password", PASSWORD)]).await;
        assert_eq!((answered.status.as_u16(), answered.header("set-cookie")), (503, ""), "{path}");
    }
    app.fault.everything(false);
    assert_eq!(app.get_as(&ada, "/users/me").await.status, 200);
    app.post("/login", json!({"username": "ada", "password": PASSWORD})).await;
}
