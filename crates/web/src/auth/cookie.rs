//! The cookie that carries a token for loads without one. All tabs and ports of a host share it.

use std::time::Duration;

use axum::http::header::{COOKIE, REFERER};
use axum::http::{HeaderMap, HeaderValue};
use axum_extra::extract::cookie::{Cookie, SameSite};
use url::Url;

use crate::Origin;

/// The cookie's name.
const NAME: &str = "natter_token";

/// The token in the request's cookie. Two different ones are as an empty one: one of them another host of the same
/// domain may have set, and their order tells nothing (RFC 6265, section 4.2.2).
pub(super) fn token(headers: &HeaderMap) -> Option<String> {
    named(headers, NAME)
}

/// The value of the cookie of this name, by the same rule.
pub(super) fn named(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let cookies = lines.flat_map(Cookie::split_parse).filter_map(Result::ok);
    let values = cookies.filter(|cookie| cookie.name() == name && !cookie.value().is_empty());
    only(values.map(|cookie| cookie.value().to_owned()))
}

/// The one token of some; the empty one, which is no good, where they differ.
pub(super) fn only(mut tokens: impl Iterator<Item = String>) -> Option<String> {
    let first = tokens.next()?;
    Some(if tokens.all(|token| token == first) { first } else { String::new() })
}

/// Whether a request that changes something, and that passed the check for other sites, may leave a cookie behind.
pub(super) fn may_set(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_none_or(|site| site != "cross-site")
}

/// Whether a link that bears a token may leave it behind as the cookie: not one that a foreign site put there, nor one
/// in a message, or anybody could make somebody else speak as another user (login CSRF).
///
/// It may when the browser comes from the users service, whose redirect to the chat names it in `Referer`. From another
/// page of the same site, or where the address was typed, it may only in a browser that is nobody or the same user
/// already (`makes_somebody_else` is false): a link can stand there too. A browser that tells nothing of it, as on plain
/// http at a name of the local network, could come from anywhere. Nothing is lost by it: there both services share one
/// host, and the log-in itself has left the cookie.
pub(super) fn may_set_by_link(headers: &HeaderMap, users_url: &Origin, makes_somebody_else: bool) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    let is_near = matches!(site, Some(b"none" | b"same-site"));
    (is_near && !makes_somebody_else) || referring_origin(headers).as_deref() == Some(users_url.as_str())
}

fn referring_origin(headers: &HeaderMap) -> Option<String> {
    let referer = headers.get(REFERER)?.to_str().ok()?;
    Some(Url::parse(referer).ok()?.origin().ascii_serialization())
}

/// The `Set-Cookie` for a token. `secure`: the service is reached by https.
pub(super) fn set(token: &str, secure: bool, max_age: Duration) -> HeaderValue {
    header(NAME, token, "/", secure, max_age)
}

/// The `Set-Cookie` that ends it.
pub(super) fn clear(secure: bool) -> HeaderValue {
    header(NAME, "", "/", secure, Duration::ZERO)
}

/// A `Set-Cookie` that no script can read and no foreign site's form sends. `Duration::ZERO` ends the cookie.
pub(super) fn header(name: &str, value: &str, path: &str, secure: bool, max_age: Duration) -> HeaderValue {
    let max_age = time::Duration::try_from(max_age).unwrap_or(time::Duration::MAX);
    let cookie = Cookie::build((name, value)).path(path).http_only(true).same_site(SameSite::Lax);
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
    fn only_a_link_from_the_users_service_or_one_that_was_typed_leaves_its_token_behind() {
        let users_url: Origin = "http://natter.test:3000".parse().unwrap();
        let judged = |site: Option<&'static str>, referer: Option<&'static str>, makes_somebody_else| {
            let site = site.map(|site| ("sec-fetch-site".parse().unwrap(), HeaderValue::from_static(site)));
            let referer = referer.map(|referer| (REFERER, HeaderValue::from_static(referer)));
            may_set_by_link(&site.into_iter().chain(referer).collect(), &users_url, makes_somebody_else)
        };
        let may = |site, referer| judged(site, referer, false);
        for (site, referer) in [
            (None, Some("http://natter.test:3000/")),
            (None, Some("http://natter.test:3000")),
            (Some("cross-site"), Some("http://natter.test:3000/")),
            (Some("same-site"), None),
            (Some("none"), None),
        ] {
            assert!(may(site, referer), "{site:?} {referer:?}");
        }
        for (site, referer) in [
            (None, None),
            (None, Some("http://evil.example/")),
            (None, Some("http://natter.test:3001/")),
            (None, Some("http://natter.test:3000@evil.example/")),
            (None, Some("http://natter.test:3000.evil.example/")),
            (None, Some("nonsense")),
            (Some("cross-site"), None),
            (Some("cross-site"), Some("https://natter.test:3000/")),
            (Some("same-origin"), None),
        ] {
            assert!(!may(site, referer), "{site:?} {referer:?}");
        }
        for site in ["same-site", "none"] {
            assert!(
                !judged(Some(site), None, true),
                "{site}: a link can stand in a page and a message there too"
            );
        }
        assert!(
            judged(Some("same-site"), Some("http://natter.test:3000/"), true),
            "somebody who logs in as another"
        );
    }

    #[test]
    fn the_cookie_is_for_http_alone_and_of_this_site() {
        let cookie = set("a.b.c", false, Duration::from_secs(60));
        assert_eq!(cookie, "natter_token=a.b.c; HttpOnly; SameSite=Lax; Path=/; Max-Age=60");
        assert!(set("a.b.c", true, Duration::from_secs(60)).to_str().unwrap().contains("; Secure"));
        assert_eq!(clear(false), "natter_token=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0");
    }
}
