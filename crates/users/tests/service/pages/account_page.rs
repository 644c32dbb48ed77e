//! The account page, and what holds for all of its forms.

use reqwest::Method;
use serde_json::json;
use store::Timestamp;

use crate::support::app::{App, PASSWORD, answer, lifetimes};
use crate::support::browser::{is_page, page_of, post_as};

#[tokio::test]
async fn the_account_page_is_that_of_the_cookies_user() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let page = page_of(&app, &ada, "/account").await;
    is_page(
        &page,
        200,
        &["<bdi>ada</bdi>", "action=\"/account/password\"", &format!("href=\"{}/\"", app.chat_url)],
    );
    assert_eq!(page.header("cache-control"), "no-store");
    for request in [Method::GET, Method::POST] {
        let form = [("display_name", "A.")];
        let answered = answer(app.request(request, "/account").form(&form)).await;
        assert_eq!((answered.status.as_u16(), answered.header("location")), (303, "/login"));
    }
    let answered = page_of(&app, &ada.with_token("nonsense"), "/account").await;
    assert_eq!((answered.status.as_u16(), answered.header("location")), (303, "/login"));
}

#[tokio::test]
async fn the_page_shows_the_times_of_the_session_and_what_each_form_does() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let page = page_of(&app, &ada, "/account").await;
    let time = |secs: u64| Timestamp::from_millis(i64::try_from(secs).unwrap() * 1000).to_string();
    let claims = ada.claims();
    let session = lifetimes().session.as_secs();
    is_page(
        &page,
        200,
        &[
            &format!("<time datetime=\"{}\">", time(claims.auth_time)),
            &format!("<time datetime=\"{}\">", time(claims.auth_time + session)),
            "Natter keeps no list of sessions",
            "Ends the session in this browser only.",
            "all browsers and programs, including this browser",
            "This cannot be undone.",
            "becomes available",
            "action=\"/account/export\"",
            "The last line has <code>\"kind\":\"end\"</code>",
        ],
    );
    assert_eq!(page.text.matches(&format!("name=\"user\" value=\"{}\"", ada.id)).count(), 6, "each form");
    let tokens = page.text.split("name=\"token\" value=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let tokens: Vec<_> = tokens.map(web::unmask).collect();
    assert_eq!(tokens, vec![Some(ada.token.clone()); 6], "each form acts as the user of the page");
    assert!(!page.text.contains(&ada.token), "it is masked");
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_session_and_is_confirmed() {
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
async fn the_page_of_a_form_that_failed_is_not_kept_by_browsers() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    for path in ["/account", "/account/password", "/account/delete"] {
        let wrong = post_as(&app, &ada, path, &[]).await;
        assert_eq!((wrong.status.as_u16(), wrong.header("cache-control")), (422, "no-store"), "{path}");
        let other = post_as(&app, &ada, path, &[("user", &grace.id)]).await;
        assert_eq!((other.status.as_u16(), other.header("cache-control")), (409, "no-store"), "{path}");
    }
}

#[tokio::test]
async fn a_form_from_another_site_without_a_cookie_or_for_another_user_does_nothing() {
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
async fn without_the_store_the_forms_do_nothing_and_answer_503() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    app.faults.set_users_unavailable(true);
    for path in ["/account/sign-out-everywhere", "/account/delete"] {
        let answered = post_as(&app, &ada, path, &[("password", PASSWORD)]).await;
        assert_eq!((answered.status.as_u16(), answered.header("set-cookie")), (503, ""), "{path}");
    }
    app.faults.set_users_unavailable(false);
    assert_eq!(app.get_as(&ada, "/users/me").await.status, 200);
    app.post("/login", json!({"username": "ada", "password": PASSWORD})).await;
}
