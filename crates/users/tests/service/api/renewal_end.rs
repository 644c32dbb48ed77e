//! The renewal credential ends with its session, and a new password replaces it.

use auth::Renewal;
use reqwest::Method;
use serde_json::json;

use crate::support::app::{App, PASSWORD, Person, answer, key, lifetimes};
use crate::support::cookie_jar::{CookieJar, expired, is_over};

/// `ada` with the token of a browser.
fn person(browser: &CookieJar, ada: &Person) -> Person {
    ada.with_token(&browser.cookies["natter_token"])
}

#[tokio::test]
async fn the_credential_ends_with_the_session() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let changes = json!({"password": "a better password", "current_password": PASSWORD});
    for (method, path, body) in [
        (Method::POST, "/logout", None),
        (Method::DELETE, "/users/me/tokens", None),
        (Method::PATCH, "/users/me", Some(changes)),
    ] {
        let browser = CookieJar::of(&app, "ada").await;
        let claims = browser.token();
        let ended = app.call(&person(&browser, &ada), method, path, body).await;
        assert!(ended.status.is_success(), "{}", ended.text);
        is_over(&app, &browser.without_token(), &claims, path).await;
    }
    let grace = app.sign_up("grace").await;
    let browser = CookieJar::of(&app, "grace").await;
    let claims = browser.token();
    app.call(&grace, Method::DELETE, "/users/me", None).await;
    is_over(&app, &browser.without_token(), &claims, "deletion").await;
}

#[tokio::test]
async fn a_log_out_removes_the_credential_also_with_an_expired_token() {
    let app = App::start().await;
    app.sign_up("ada").await;
    let log_out = async |browser: &mut CookieJar, token: String| {
        let masked = web::mask(&token);
        let request = app.request(Method::POST, "/logout").form(&[("token", masked.as_str())]);
        let answered = answer(browser.add_to(request)).await;
        assert_eq!(answered.status, 303);
        browser.store(&answered);
    };
    let mut browser = CookieJar::of(&app, "ada").await;
    let token = browser.cookies["natter_token"].clone();
    log_out(&mut browser, token).await;
    assert!(browser.of_sessions().is_empty(), "{:?}", browser.cookies);
    let mut browser = CookieJar::of(&app, "ada").await;
    let (claims, copied) = (browser.token(), browser.clone().without_token());
    browser.cookies.remove("natter_token");
    log_out(&mut browser, expired(&claims)).await;
    assert!(browser.of_sessions().is_empty(), "{:?}", browser.cookies);
    is_over(&app, &copied, &claims, "a log-out by an expired token").await;
}

#[tokio::test]
async fn a_new_password_sets_the_credential_of_the_new_session() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let mut browser = CookieJar::of(&app, "ada").await;
    let form =
        [("user", ada.id.as_str()), ("current_password", PASSWORD), ("new_password", "a better password")];
    let changed = answer(browser.add_to(app.request(Method::POST, "/account/password").form(&form))).await;
    assert_eq!((changed.status.as_u16(), changed.header("location")), (303, "/account?done=password"));
    browser.store(&changed);
    assert_eq!(browser.of_sessions().len(), 3, "a token, a credential, the list: {:?}", browser.cookies);
    let claims = browser.token();
    assert_eq!(browser.without_token().renew(&app, Some(&claims)).await.status, 200);
}

#[tokio::test]
async fn a_session_of_the_maximum_age_cannot_be_renewed() {
    let app = App::start().await;
    app.sign_up("ada").await;
    let mut browser = CookieJar::of(&app, "ada").await;
    let mut claims = browser.token();
    claims.auth_time -= lifetimes().session.as_secs();
    let name = browser.credential().0.clone();
    let credential = key().sign_renewal(&Renewal::of(&claims, lifetimes()));
    browser.cookies.insert(name, credential);
    is_over(&app, &browser.without_token(), &claims, "maximum age").await;
}
