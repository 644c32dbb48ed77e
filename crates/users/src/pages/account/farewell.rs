//! The mark that a browser bears from the deletion of an account to the page that tells of it, so that nobody else is
//! told the like.

use axum::http::{HeaderMap, HeaderValue};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};

use crate::accounts::Deletion;

/// The page that tells of it; the mark is sent to no other.
pub(super) const PATH: &str = "/account/deleted";

const NAME: &str = "natter_deleted";
const DONE: &str = "done";
const BEGUN: &str = "begun";
/// As long as a redirect may take.
const LIFETIME: time::Duration = time::Duration::seconds(60);

/// How far the deletion of which a browser comes had come.
pub(super) fn read(headers: &HeaderMap) -> Option<Deletion> {
    match CookieJar::from_headers(headers).get(NAME)?.value() {
        DONE => Some(Deletion::Done),
        BEGUN => Some(Deletion::Begun),
        _ => None,
    }
}

/// The `Set-Cookie` of the mark. `secure`: the service is reached by https.
pub(super) fn cookie(deletion: Deletion, secure: bool) -> HeaderValue {
    let value = match deletion {
        Deletion::Done => DONE,
        Deletion::Begun => BEGUN,
    };
    header(value, secure, LIFETIME)
}

/// The `Set-Cookie` that ends it.
pub(super) fn clear(secure: bool) -> HeaderValue {
    header("", secure, time::Duration::ZERO)
}

fn header(value: &'static str, secure: bool, max_age: time::Duration) -> HeaderValue {
    let cookie = Cookie::build((NAME, value)).path(PATH).http_only(true).same_site(SameSite::Lax);
    let cookie = cookie.secure(secure).max_age(max_age).build().to_string();
    HeaderValue::try_from(cookie).expect("it is of words that a header can hold")
}
