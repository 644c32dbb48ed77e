//! A flash cookie, set by the deletion of an account and read once by the confirmation page.

use axum::http::{HeaderMap, HeaderValue};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};

use crate::ops::Deletion;

/// The path of the confirmation page, to which alone the cookie is sent.
pub(super) const PATH: &str = "/account/deleted";

const NAME: &str = "natter_deleted";
const DONE: &str = "done";
const BEGUN: &str = "begun";
/// How long a browser keeps the cookie: enough for a slow redirect.
const COOKIE_TIMEOUT: time::Duration = time::Duration::seconds(60);

/// The state of the deletion, read from the cookie.
pub(super) fn read(headers: &HeaderMap) -> Option<Deletion> {
    match CookieJar::from_headers(headers).get(NAME)?.value() {
        DONE => Some(Deletion::Done),
        BEGUN => Some(Deletion::Begun),
        _ => None,
    }
}

/// The `Set-Cookie` that sets it. `is_https`: whether browsers reach this service over https.
pub(super) fn set(deletion: Deletion, is_https: bool) -> HeaderValue {
    let value = match deletion {
        Deletion::Done => DONE,
        Deletion::Begun => BEGUN,
    };
    header(value, is_https, COOKIE_TIMEOUT)
}

/// The `Set-Cookie` that clears it.
pub(super) fn clear(is_https: bool) -> HeaderValue {
    header("", is_https, time::Duration::ZERO)
}

fn header(value: &'static str, is_https: bool, max_age: time::Duration) -> HeaderValue {
    let cookie = Cookie::build((NAME, value)).path(PATH).http_only(true).same_site(SameSite::Lax);
    let cookie = cookie.secure(is_https).max_age(max_age).build().to_string();
    HeaderValue::try_from(cookie).expect("the name and the values are ASCII words")
}
