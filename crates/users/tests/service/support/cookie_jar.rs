//! The cookies of a browser, as far as the renewal credential needs them.

use std::collections::BTreeMap;

use auth::Claims;
use reqwest::{Method, RequestBuilder};

use crate::support::app::{Answer, App, PASSWORD, answer, key};

/// Every cookie is sent to every path.
#[derive(Clone, Default)]
pub(crate) struct CookieJar {
    pub(crate) cookies: BTreeMap<String, String>,
}

impl CookieJar {
    /// The cookies after a log-in by the form.
    pub(crate) async fn of(app: &App, username: &str) -> Self {
        let mut browser = Self::default();
        browser.log_in(app, username).await;
        browser
    }

    pub(crate) async fn log_in(&mut self, app: &App, username: &str) {
        let form = [("username", username), ("password", PASSWORD)];
        let request = app.request(Method::POST, "/login").form(&form);
        let answered = answer(self.add_to(request)).await;
        assert_eq!(answered.status, 303, "{}", answered.text);
        self.store(&answered);
    }

    pub(crate) fn add_to(&self, request: RequestBuilder) -> RequestBuilder {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request.header("cookie", pairs.join("; "))
    }

    pub(crate) fn store(&mut self, answered: &Answer) {
        for header in answered.headers.get_all("set-cookie") {
            let (pair, attributes) = header.to_str().unwrap().split_once("; ").unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// The cookies after the token has expired: browsers drop it then.
    pub(crate) fn without_token(mut self) -> Self {
        self.cookies.remove("natter_token");
        self
    }

    /// The names of the cookies that belong to a session. The one that makes the browser known stays after a log-out.
    pub(crate) fn of_sessions(&self) -> Vec<&String> {
        self.cookies.keys().filter(|name| !name.starts_with("natter_browser_")).collect()
    }

    pub(crate) fn token(&self) -> Claims {
        key().verify(&self.cookies["natter_token"]).unwrap()
    }

    pub(crate) fn credential(&self) -> (&String, &String) {
        self.cookies.iter().find(|(name, _)| name.starts_with("natter_renewal_")).expect("there is one")
    }

    /// `POST /token`, with an expired token of these claims as Bearer, or without one.
    pub(crate) async fn renew(&self, app: &App, bearer: Option<&Claims>) -> Answer {
        let request = self.add_to(app.request(Method::POST, "/token"));
        answer(match bearer {
            Some(claims) => request.bearer_auth(expired(claims)),
            None => request,
        })
        .await
    }
}

/// A token of these claims that has expired.
pub(crate) fn expired(claims: &Claims) -> String {
    key().sign(&Claims { exp: claims.iat - 6, ..claims.clone() })
}

/// Asserts that a session cannot be renewed, and that the attempt clears the cookies.
pub(crate) async fn is_over(app: &App, browser: &CookieJar, claims: &Claims, why: &str) {
    for bearer in [Some(claims), None] {
        let refused = browser.renew(app, bearer).await;
        assert_eq!(refused.status, 401, "{why}: {}", refused.text);
        refused.problem(401, "signed_out");
        let mut after = browser.clone();
        after.store(&refused);
        let left = after.of_sessions();
        assert!(left.is_empty(), "{why}: useless cookies are cleared: {left:?}");
    }
}
