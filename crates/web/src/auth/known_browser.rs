//! The cookie that makes a browser known after a user has typed the right password there.

use std::time::Duration;

use auth::{KnownBrowser, TokenKey};
use axum::http::{HeaderMap, HeaderValue};
use store::UserId;

use super::cookie;

/// How long a browser is known after a log-in: as long as browsers keep a cookie (RFC 6265bis, section 5.5).
const MAX_AGE: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// The browser of a request, if it is known.
pub(super) fn of(key: &TokenKey, headers: &HeaderMap) -> Option<KnownBrowser> {
    key.verify_browser(&cookie::named(headers, &name(key))?)
}

/// The `Set-Cookie` after a user has typed the right password.
pub(super) fn set(key: &TokenKey, headers: &HeaderMap, user: UserId, secure: bool) -> HeaderValue {
    let browser = of(key, headers).unwrap_or_default().with(user.0);
    cookie::header(&name(key), &key.sign_browser(&browser, MAX_AGE), "/", secure, MAX_AGE)
}

fn name(key: &TokenKey) -> String {
    format!("natter_browser_{}", key.tag())
}
