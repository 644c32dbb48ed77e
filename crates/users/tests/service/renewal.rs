//! The renewal credential: a browser whose token has expired goes on with its session, and nobody else does.

use std::collections::BTreeMap;

use auth::{Claims, Renewal};
use reqwest::{Method, RequestBuilder};
use serde_json::json;

use crate::app::{Answer, App, PASSWORD, Person, answer, key, lifetimes};

/// The cookies of a browser, which sends all of them to `/token`.
#[derive(Clone, Default)]
struct Browser {
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// A browser in which somebody logged in by the form.
    async fn of(app: &App, username: &str) -> Self {
        let mut browser = Self::default();
        browser.log_in(app, username).await;
        browser
    }

    async fn log_in(&mut self, app: &App, username: &str) {
        let form = [("username", username), ("password", PASSWORD)];
        let request = app.request(Method::POST, "/login").form(&form);
        let answered = answer(self.dress(request)).await;
        assert_eq!(answered.status, 303, "{}", answered.text);
        self.takes(&answered);
    }

    fn dress(&self, request: RequestBuilder) -> RequestBuilder {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request.header("cookie", pairs.join("; "))
    }

    fn takes(&mut self, answered: &Answer) {
        for header in answered.headers.get_all("set-cookie") {
            let (pair, manners) = header.to_str().unwrap().split_once("; ").unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if manners.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// After its token has expired: browsers drop the cookie then.
    fn without_token(mut self) -> Self {
        self.cookies.remove("natter_token");
        self
    }

    fn token(&self) -> Claims {
        key().verify(&self.cookies["natter_token"]).unwrap()
    }

    fn credential(&self) -> (&String, &String) {
        self.cookies.iter().find(|(name, _)| name.starts_with("natter_renewal_")).expect("there is one")
    }

    /// `POST /token`, as the bearer of a token that has expired, or without one.
    async fn renew(&self, app: &App, expired: Option<&Claims>) -> Answer {
        let request = self.dress(app.request(Method::POST, "/token"));
        answer(match expired {
            Some(claims) => request.bearer_auth(expired_of(claims)),
            None => request,
        })
        .await
    }
}

fn expired_of(claims: &Claims) -> String {
    key().sign(&Claims { exp: claims.iat - 6, ..claims.clone() })
}

async fn is_over(app: &App, browser: &Browser, claims: &Claims, why: &str) {
    for bearer in [Some(claims), None] {
        let refused = browser.renew(app, bearer).await;
        assert_eq!(refused.status, 401, "{why}: {}", refused.text);
        refused.problem(401, "signed_out");
        let mut told = browser.clone();
        told.takes(&refused);
        assert!(told.cookies.is_empty(), "{why}: what is of no use goes: {:?}", told.cookies);
    }
}

#[tokio::test]
async fn an_expired_token_opens_nothing_and_is_renewed_beside_its_credential() {
    let app = App::start().await;
    app.sign_up("ada").await;
    let browser = Browser::of(&app, "ada").await;
    let claims = browser.token();
    let bare = answer(app.request(Method::POST, "/token").bearer_auth(expired_of(&claims))).await;
    bare.problem(401, "signed_out");
    let me = browser.dress(app.request(Method::GET, "/users/me")).bearer_auth(expired_of(&claims));
    answer(me).await.problem(401, "signed_out");

    let renewed = browser.clone().without_token().renew(&app, Some(&claims)).await;
    assert_eq!((renewed.status.as_u16(), renewed.header("cache-control")), (200, "no-store"));
    let fresh = key().verify(renewed.json()["token"].as_str().unwrap()).unwrap();
    assert_eq!((fresh.sub, fresh.sid, fresh.auth_time), (claims.sub, claims.sid, claims.auth_time));
    assert_eq!(renewed.json()["expires_in"], json!(lifetimes().token.as_secs()));
    assert_eq!(renewed.header("set-cookie"), "", "the cookie is not the tab's to set");
}

#[tokio::test]
async fn a_credential_is_nowhere_taken_for_a_token_nor_a_token_for_a_credential() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let browser = Browser::of(&app, "ada").await;
    let (name, credential) = browser.credential();
    for path in ["/users/me", "/users", "/users/me/export"] {
        app.get_as(&ada.with_token(credential), path).await.problem(401, "signed_out");
        let cookie = format!("natter_token={credential}");
        answer(app.request(Method::GET, path).header("cookie", cookie)).await.problem(401, "signed_out");
        answer(browser.clone().without_token().dress(app.request(Method::GET, path)))
            .await
            .problem(401, "signed_out");
    }
    app.call(&ada.with_token(credential), Method::POST, "/token", None).await.problem(401, "signed_out");
    let mut swapped = browser.clone().without_token();
    swapped.cookies.insert(name.clone(), browser.cookies["natter_token"].clone());
    is_over(&app, &swapped, &browser.token(), "a token in the credential's place").await;
}

#[tokio::test]
async fn a_browser_whose_token_is_gone_goes_on_as_whoever_it_was_last() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let browser = Browser::of(&app, "ada").await.without_token();
    let renewed = browser.renew(&app, None).await;
    assert_eq!(renewed.status, 200, "{}", renewed.text);
    assert!(renewed.header("set-cookie").starts_with("natter_token=ey"), "{}", renewed.header("set-cookie"));
    // Another Natter on this host has left its own cookie, which cannot be read here.
    let mut shared = browser.clone();
    let foreign = auth::TokenKey::new(&[7; 32]).unwrap().sign(&ada.claims());
    shared.cookies.insert("natter_token".into(), foreign);
    assert_eq!(shared.renew(&app, None).await.status, 200);
    let form = browser.dress(app.request(Method::POST, "/token")).form(&[("go", "on")]);
    let led = answer(form).await;
    assert_eq!((led.status.as_u16(), led.header("location")), (303, format!("{}/", app.chat_url).as_str()));
    assert!(led.header("set-cookie").starts_with("natter_token=ey"), "{}", led.header("set-cookie"));
}

#[tokio::test]
async fn of_two_people_in_one_browser_each_renews_the_own_session() {
    let app = App::start().await;
    let (ada, grace) = (app.sign_up("ada").await, app.sign_up("grace").await);
    let mut browser = Browser::of(&app, "ada").await;
    let adas = browser.token();
    browser.log_in(&app, "grace").await;
    let graces = browser.token();
    let id =
        |answered: &Answer| key().verify(answered.json()["token"].as_str().unwrap()).unwrap().sub.to_string();
    assert_eq!(id(&browser.renew(&app, Some(&adas)).await), ada.id);
    assert_eq!(id(&browser.renew(&app, Some(&graces)).await), grace.id);
    assert_eq!(id(&browser.clone().without_token().renew(&app, None).await), grace.id);
    let other = Browser::of(&app, "grace").await.without_token();
    other.renew(&app, Some(&adas)).await.problem(401, "signed_out");
}

/// The person of a browser's token.
fn person(browser: &Browser, ada: &Person) -> Person {
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
        let browser = Browser::of(&app, "ada").await;
        let claims = browser.token();
        let ended = app.call(&person(&browser, &ada), method, path, body).await;
        assert!(ended.status.is_success(), "{}", ended.text);
        is_over(&app, &browser.without_token(), &claims, path).await;
    }
    let grace = app.sign_up("grace").await;
    let browser = Browser::of(&app, "grace").await;
    let claims = browser.token();
    app.call(&grace, Method::DELETE, "/users/me", None).await;
    is_over(&app, &browser.without_token(), &claims, "deletion").await;
}

#[tokio::test]
async fn a_log_out_takes_the_credential_away_also_by_a_token_that_has_expired() {
    let app = App::start().await;
    app.sign_up("ada").await;
    let log_out = async |browser: &mut Browser, token: String| {
        let masked = web::mask(&token);
        let request = app.request(Method::POST, "/logout").form(&[("token", masked.as_str())]);
        let answered = answer(browser.dress(request)).await;
        assert_eq!(answered.status, 303);
        browser.takes(&answered);
    };
    let mut browser = Browser::of(&app, "ada").await;
    let token = browser.cookies["natter_token"].clone();
    log_out(&mut browser, token).await;
    assert!(browser.cookies.is_empty(), "{:?}", browser.cookies);
    let mut browser = Browser::of(&app, "ada").await;
    let (claims, copied) = (browser.token(), browser.clone().without_token());
    browser.cookies.remove("natter_token");
    log_out(&mut browser, expired_of(&claims)).await;
    assert!(browser.cookies.is_empty(), "{:?}", browser.cookies);
    is_over(&app, &copied, &claims, "a log-out by an expired token").await;
}

#[tokio::test]
async fn a_new_password_leaves_the_new_sessions_credential() {
    let app = App::start().await;
    let ada = app.sign_up("ada").await;
    let mut browser = Browser::of(&app, "ada").await;
    let form =
        [("user", ada.id.as_str()), ("current_password", PASSWORD), ("new_password", "a better password")];
    let changed = answer(browser.dress(app.request(Method::POST, "/account/password").form(&form))).await;
    assert_eq!((changed.status.as_u16(), changed.header("location")), (303, "/account?done=password"));
    browser.takes(&changed);
    assert_eq!(browser.cookies.len(), 3, "a token, a credential, the list: {:?}", browser.cookies);
    let claims = browser.token();
    assert_eq!(browser.without_token().renew(&app, Some(&claims)).await.status, 200);
}

#[tokio::test]
async fn a_session_as_old_as_it_may_get_is_renewed_by_nothing() {
    let app = App::start().await;
    app.sign_up("ada").await;
    let mut browser = Browser::of(&app, "ada").await;
    let mut claims = browser.token();
    claims.auth_time -= lifetimes().session.as_secs();
    let name = browser.credential().0.clone();
    let credential = key().sign_renewal(&Renewal::of(&claims, lifetimes()));
    browser.cookies.insert(name, credential);
    is_over(&app, &browser.without_token(), &claims, "by age").await;
}

#[tokio::test]
async fn no_other_origin_renews_anything_by_the_browsers_cookies() {
    let app = App::start().await;
    app.sign_up("ada").await;
    let browser = Browser::of(&app, "ada").await.without_token();
    for (origin, site) in
        [("https://evil.example", "cross-site"), ("http://localhost:1", "same-site"), ("null", "cross-site")]
    {
        let request = browser.dress(app.request(Method::POST, "/token"));
        let answered = answer(request.header("origin", origin).header("sec-fetch-site", site)).await;
        answered.problem(403, "cross_site");
        assert!(answered.header("access-control-allow-origin").is_empty());
    }
}

#[tokio::test]
async fn without_the_store_nobody_is_told_that_the_session_is_over() {
    let app = App::start().await;
    app.sign_up("ada").await;
    let browser = Browser::of(&app, "ada").await;
    let claims = browser.token();
    let browser = browser.without_token();
    app.faults.set_users_unavailable(true);
    // Until the cache is stale she is known to be signed in.
    while browser.renew(&app, Some(&claims)).await.status == 200 {
        tokio::task::yield_now().await;
    }
    browser.renew(&app, Some(&claims)).await.problem(503, "unavailable");
}
