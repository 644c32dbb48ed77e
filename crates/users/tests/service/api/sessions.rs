//! `POST /token` and `POST /logout`.

use auth::MAX_CLOCK_DIFFERENCE_SECS;
use reqwest::Method;
use serde_json::json;
use store::UserId;

use crate::support::app::{App, PASSWORD, answer, key, lifetimes};

#[tokio::test]
async fn a_renewed_token_belongs_to_the_same_session() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let answer = app.call(&ada, Method::POST, "/token", None).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"));
    assert_eq!(answer.json()["token_type"], "Bearer");
    let renewed = ada.with_token(answer.json()["token"].as_str().unwrap());
    let (old, new) = (ada.claims(), renewed.claims());
    assert_eq!((new.sid, new.auth_time, new.sub), (old.sid, old.auth_time, old.sub));
    assert_ne!(new.jti, old.jti);
    assert_eq!(app.get_as(&renewed, "/users/me").await.status, 200);
    assert_eq!(app.get_as(&ada, "/users/me").await.status, 200, "the old one is valid until it expires");
}

#[tokio::test]
async fn no_renewal_outlives_the_session() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let mut claims = ada.claims();
    claims.auth_time -= lifetimes().session.as_secs() - 100;
    let late = ada.with_token(&key().sign(&claims));
    let answer = app.call(&late, Method::POST, "/token", None).await;
    let expires_in = answer.json()["expires_in"].as_u64().unwrap();
    assert!((90..=100).contains(&expires_in), "{expires_in}");
}

#[tokio::test]
async fn logging_out_ends_this_session_only() {
    let app = App::start().await;
    let (ada, elsewhere) = (app.sign_up("ada").await, app.log_in("ada", PASSWORD).await);
    let renewed = app.call(&ada, Method::POST, "/token", None).await.json();
    let answer = app.call(&ada, Method::POST, "/logout", None).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (204, ""));
    for over in [&ada, &ada.with_token(renewed["token"].as_str().unwrap())] {
        app.get_as(over, "/users/me").await.problem(401, "signed_out");
        app.call(over, Method::POST, "/token", None).await.problem(401, "signed_out");
        app.call(over, Method::POST, "/logout", Some(json!({}))).await.problem(401, "signed_out");
    }
    assert_eq!(app.get_as(&elsewhere, "/users/me").await.status, 200);
}

#[tokio::test]
async fn logging_out_clears_the_cookie_only_of_the_session_that_ended() {
    let app = App::start().await;
    let (ada, elsewhere) = (app.sign_up("ada").await, app.log_in("ada", PASSWORD).await);
    let log_out = |cookie: String, token: &str| {
        app.request(Method::POST, "/logout").bearer_auth(token).header("cookie", cookie)
    };
    let answered = answer(log_out(elsewhere.cookie(), &ada.token)).await;
    assert_eq!((answered.status.as_u16(), answered.header("set-cookie")), (204, ""));
    let answered = answer(log_out(elsewhere.cookie(), &elsewhere.token)).await;
    assert!(answered.header("set-cookie").starts_with("natter_token=; "));
}

#[tokio::test]
async fn a_renewal_renews_the_cookie_of_its_session_only() {
    let app = App::start().await;
    let (ada, elsewhere) = (app.sign_up("ada").await, app.log_in("ada", PASSWORD).await);
    for (cookie, renewed) in [(elsewhere.cookie(), false), (ada.cookie(), true)] {
        let request = app.request(Method::POST, "/token").bearer_auth(&ada.token).header("cookie", cookie);
        assert_eq!(answer(request).await.header("set-cookie").starts_with("natter_token=ey"), renewed);
    }
}

#[tokio::test]
async fn without_a_token_there_is_nothing_to_renew_or_end() {
    let app = App::start().await;
    for path in ["/token", "/logout"] {
        answer(app.request(Method::POST, path)).await.problem(401, "signed_out");
    }
}

#[tokio::test]
async fn a_form_logs_out_and_leads_to_the_log_in_page() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let post = |fields: &[(&str, &str)], cookie: &str| {
        app.request(Method::POST, "/logout").form(fields).header("cookie", cookie)
    };
    let answered = answer(post(&[], &ada.cookie())).await;
    assert_eq!(answered.status, 303);
    assert_eq!(answered.header("location"), format!("{}/login?done=log-out", app.url));
    let page = app.get("/login?done=log-out").await.text;
    assert!(page.contains("<p class=\"notice\" role=\"status\">You are logged out.</p>"), "{page}");
    assert!(answered.header("set-cookie").starts_with("natter_token=; "));
    app.get_as(&ada, "/users/me").await.problem(401, "signed_out");
    let again = answer(post(&[], &ada.cookie())).await;
    assert_eq!(again.status, 303, "also when the session has ended already");
}

#[tokio::test]
async fn a_log_out_form_for_another_user_ends_no_session() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    let form = [("user", ada.id.as_str())];
    let request = app.request(Method::POST, "/logout").form(&form);
    let answered = answer(request.header("cookie", grace.cookie()).header("accept", "text/html")).await;
    assert_eq!(answered.status, 409, "{}", answered.text);
    assert!(answered.text.contains("you are now signed in as grace"), "{}", answered.text);
    assert_eq!(app.get_as(&grace, "/users/me").await.status, 200);
    let own = app.request(Method::POST, "/logout").form(&form).header("cookie", ada.cookie());
    assert_eq!(answer(own).await.status, 303);
}

#[tokio::test]
async fn a_log_out_form_may_hold_the_tabs_own_token_and_keeps_the_other_users_cookie() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    let masked = web::mask(&ada.token);
    let form = [("token", masked.as_str())];
    let request = app.request(Method::POST, "/logout").form(&form).header("cookie", grace.cookie());
    let answered = answer(request).await;
    assert_eq!((answered.status.as_u16(), answered.header("set-cookie")), (303, ""));
    app.get_as(&ada, "/users/me").await.problem(401, "signed_out");
    assert_eq!(app.get_as(&grace, "/users/me").await.status, 200);
}

/// As of another node. An ended session stays ended as long as any node's clock accepts its last token.
#[tokio::test]
async fn tokens_of_a_clock_that_differs_by_five_minutes_are_used_and_renewed_and_end() {
    let app = App::start().await;
    app.sign_up("ada").await;
    for difference in [-300, 300] {
        let session = app.log_in("ada", PASSWORD).await;
        let mut claims = session.claims();
        for time in [&mut claims.iat, &mut claims.exp, &mut claims.auth_time] {
            *time = time.checked_add_signed(difference).unwrap();
        }
        let from_there = session.with_token(&key().sign(&claims));
        assert_eq!(app.get_as(&from_there, "/users/me").await.status, 200, "{difference}");
        let renewed = app.call(&from_there, Method::POST, "/token", None).await;
        assert_eq!(renewed.status, 200, "{difference}: {}", renewed.text);
        let renewed = session.with_token(renewed.json()["token"].as_str().unwrap());
        assert_eq!(app.call(&renewed, Method::POST, "/logout", None).await.status, 204);
        for over in [&from_there, &renewed] {
            app.get_as(over, "/users/me").await.problem(401, "signed_out");
        }
        let status = app.stores.tokens.token_status(UserId(claims.sub)).await.unwrap().unwrap();
        let end = status.signed_out.iter().find(|end| end.sid == claims.sid).unwrap();
        let last_token_ends = renewed.claims().session_ends(lifetimes());
        let remembered_secs = end.until.as_millis() / 1_000 - i64::try_from(last_token_ends).unwrap();
        assert!(remembered_secs > i64::try_from(MAX_CLOCK_DIFFERENCE_SECS).unwrap(), "{remembered_secs}");
    }
}
