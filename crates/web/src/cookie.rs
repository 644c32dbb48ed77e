//! The cookie that carries a token for loads without one. All tabs and ports of a host share it.

use std::time::Duration;

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum_extra::extract::cookie::{Cookie, SameSite};

/// The cookie's name.
pub const NAME: &str = "natter_token";

/// The token in the request's cookie. Two different ones are as an empty one: one of them another host of the same
/// domain may have set, and their order tells nothing (RFC 6265, section 4.2.2).
pub fn token(headers: &HeaderMap) -> Option<String> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let cookies = lines.flat_map(Cookie::split_parse).filter_map(Result::ok);
    let tokens = cookies.filter(|cookie| cookie.name() == NAME && !cookie.value().is_empty());
    only(tokens.map(|cookie| cookie.value().to_owned()))
}

/// The one token of some; the empty one, which is no good, where they differ.
pub(crate) fn only(mut tokens: impl Iterator<Item = String>) -> Option<String> {
    let first = tokens.next()?;
    Some(if tokens.all(|token| token == first) { first } else { String::new() })
}

/// Whether a request may leave a cookie behind: not when a foreign site sent the browser here, or any page could
/// make somebody another person's guest.
pub fn may_set(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_none_or(|site| site != "cross-site")
}

/// The `Set-Cookie` for a token. `secure`: the service is reached by https.
pub fn set(token: &str, secure: bool, max_age: Duration) -> HeaderValue {
    header(token, secure, max_age)
}

/// The `Set-Cookie` that ends it.
pub fn clear(secure: bool) -> HeaderValue {
    header("", secure, Duration::ZERO)
}

fn header(value: &str, secure: bool, max_age: Duration) -> HeaderValue {
    let max_age = time::Duration::try_from(max_age).unwrap_or(time::Duration::MAX);
    let cookie = Cookie::build((NAME, value)).path("/").http_only(true).same_site(SameSite::Lax);
    let cookie = cookie.secure(secure).max_age(max_age).build().to_string();
    HeaderValue::try_from(cookie).expect("a token is of base64url and dots, which a header can hold")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_site_leaves_no_cookie_behind() {
        let from = |site: &'static str| [("sec-fetch-site".parse().unwrap(), HeaderValue::from_static(site))];
        assert!(!may_set(&from("cross-site").into_iter().collect()));
        for ours in ["same-origin", "same-site", "none"] {
            assert!(may_set(&from(ours).into_iter().collect()), "{ours}");
        }
        assert!(may_set(&HeaderMap::new()), "a browser that does not tell");
    }

    #[test]
    fn the_cookie_is_for_http_alone_and_of_this_site() {
        let cookie = set("a.b.c", false, Duration::from_secs(60));
        assert_eq!(cookie, "natter_token=a.b.c; HttpOnly; SameSite=Lax; Path=/; Max-Age=60");
        assert!(set("a.b.c", true, Duration::from_secs(60)).to_str().unwrap().contains("; Secure"));
        assert_eq!(clear(false), "natter_token=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0");
    }
}
