//! The renewal credential: a browser whose token has expired continues its session, and nobody else does.

use reqwest::Method;
use serde_json::json;

use crate::support::app::{Answer, App, answer, key, lifetimes};
use crate::support::cookie_jar::{CookieJar, expired, is_over};

#[tokio::test]
async fn an_expired_token_is_rejected_but_renewed_with_its_credential() {
    let app = App::start().await;
    app.sign_up("ada").await;
    let browser = CookieJar::of(&app, "ada").await;
    let claims = browser.token();
    let bare = answer(app.request(Method::POST, "/token").bearer_auth(expired(&claims))).await;
    bare.problem(401, "signed_out");
    let me = browser.add_to(app.request(Method::GET, "/users/me")).bearer_auth(expired(&claims));
    answer(me).await.problem(401, "signed_out");

    let renewed = browser.clone().without_token().renew(&app, Some(&claims)).await;
    assert_eq!((renewed.status.as_u16(), renewed.header("cache-control")), (200, "no-store"));
    let fresh = key().verify(renewed.json()["token"].as_str().unwrap()).unwrap();
    assert_eq!((fresh.sub, fresh.sid, fresh.auth_time), (claims.sub, claims.sid, claims.auth_time));
    assert_eq!(renewed.json()["expires_in"], json!(lifetimes().token.as_secs()));
    assert_eq!(renewed.header("set-cookie"), "", "a tab's renewal does not set the cookie");
}

#[tokio::test]
async fn a_credential_is_not_accepted_as_a_token_nor_a_token_as_a_credential() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let browser = CookieJar::of(&app, "ada").await;
    let (name, credential) = browser.credential();
    for path in ["/users/me", "/users", "/users/me/export"] {
        app.get_as(&ada.with_token(credential), path).await.problem(401, "signed_out");
        let cookie = format!("natter_token={credential}");
        answer(app.request(Method::GET, path).header("cookie", cookie)).await.problem(401, "signed_out");
        answer(browser.clone().without_token().add_to(app.request(Method::GET, path)))
            .await
            .problem(401, "signed_out");
    }
    app.call(&ada.with_token(credential), Method::POST, "/token", None).await.problem(401, "signed_out");
    let mut swapped = browser.clone().without_token();
    swapped.cookies.insert(name.clone(), browser.cookies["natter_token"].clone());
    is_over(&app, &swapped, &browser.token(), "a token instead of the credential").await;
}

#[tokio::test]
async fn a_browser_without_a_token_continues_as_its_last_user() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let browser = CookieJar::of(&app, "ada").await.without_token();
    let renewed = browser.renew(&app, None).await;
    assert_eq!(renewed.status, 200, "{}", renewed.text);
    assert!(renewed.header("set-cookie").starts_with("natter_token=ey"), "{}", renewed.header("set-cookie"));
    // A cookie of another Natter on this host, which cannot be read here.
    let mut shared = browser.clone();
    let foreign = auth::TokenKey::new(&[7; 32]).unwrap().sign(&ada.claims());
    shared.cookies.insert("natter_token".into(), foreign);
    assert_eq!(shared.renew(&app, None).await.status, 200);
    let form = browser.add_to(app.request(Method::POST, "/token")).form(&[("go", "on")]);
    let led = answer(form).await;
    assert_eq!((led.status.as_u16(), led.header("location")), (303, format!("{}/", app.chat_url).as_str()));
    assert!(led.header("set-cookie").starts_with("natter_token=ey"), "{}", led.header("set-cookie"));
}

#[tokio::test]
async fn two_users_of_one_browser_each_renew_their_own_session() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    let mut browser = CookieJar::of(&app, "ada").await;
    let adas = browser.token();
    browser.log_in(&app, "grace").await;
    let graces = browser.token();
    let id =
        |answered: &Answer| key().verify(answered.json()["token"].as_str().unwrap()).unwrap().sub.to_string();
    assert_eq!(id(&browser.renew(&app, Some(&adas)).await), ada.id);
    assert_eq!(id(&browser.renew(&app, Some(&graces)).await), grace.id);
    assert_eq!(id(&browser.clone().without_token().renew(&app, None).await), grace.id);
    let other = CookieJar::of(&app, "grace").await.without_token();
    other.renew(&app, Some(&adas)).await.problem(401, "signed_out");
}

#[tokio::test]
async fn another_origin_cannot_renew_with_the_browsers_cookies() {
    let app = App::start().await;
    app.sign_up("ada").await;
    let browser = CookieJar::of(&app, "ada").await.without_token();
    for (origin, site) in
        [("https://evil.example", "cross-site"), ("http://localhost:1", "same-site"), ("null", "cross-site")]
    {
        let request = browser.add_to(app.request(Method::POST, "/token"));
        let answered = answer(request.header("origin", origin).header("sec-fetch-site", site)).await;
        answered.problem(403, "cross_site");
        assert!(answered.header("access-control-allow-origin").is_empty());
    }
}

#[tokio::test]
async fn without_the_store_a_renewal_answers_503_and_not_that_the_session_has_ended() {
    let app = App::start().await;
    app.sign_up("ada").await;
    let browser = CookieJar::of(&app, "ada").await;
    let claims = browser.token();
    let browser = browser.without_token();
    app.faults.set_users_unavailable(true);
    // Until the cache is stale the session is known to be valid.
    while browser.renew(&app, Some(&claims)).await.status == 200 {
        tokio::task::yield_now().await;
    }
    browser.renew(&app, Some(&claims)).await.problem(503, "unavailable");
}
