//! The cookie with a token, for page loads without one. All tabs and ports of a host share it.

use std::time::Duration;

use axum::http::header::{COOKIE, REFERER};
use axum::http::{HeaderMap, HeaderValue};
use axum_extra::extract::cookie::{Cookie, SameSite};
use url::Url;

use crate::Origin;

/// The cookie's name.
const NAME: &str = "natter_token";

/// The token in the request's cookie. Two different ones count as an empty one: another host of the same domain may have
/// set one of them, and their order is not significant (RFC 6265, section 4.2.2).
pub(super) fn token(headers: &HeaderMap) -> Option<String> {
    named(headers, NAME)
}

/// The value of the cookie with this name, by the same rule.
pub(super) fn named(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let cookies = lines.flat_map(Cookie::split_parse).filter_map(Result::ok);
    let values = cookies.filter(|cookie| cookie.name() == name && !cookie.value().is_empty());
    only(values.map(|cookie| cookie.value().to_owned()))
}

/// The token, if all are equal; an empty one, which is invalid, if they differ.
pub(super) fn only(mut tokens: impl Iterator<Item = String>) -> Option<String> {
    let first = tokens.next()?;
    Some(if tokens.all(|token| token == first) { first } else { String::new() })
}

/// Whether a request that passed the csrf check may set a cookie.
pub(super) fn may_set(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_none_or(|site| site != "cross-site")
}

/// Whether the token of a link may be set as the cookie. A link on another site or in a message may not: otherwise its
/// author could make a reader send messages as another user (login CSRF).
///
/// It may if the browser comes from the users service, whose redirect to the chat names it in `Referer`. From another page
/// of the same site, or with a typed address, it may only if the browser has no user or the same user already
/// (`changes_user` is false), since such a page can contain a link too. It may not if the browser sends neither header, as
/// on plain http at a name of the local network: there both services share one host, and the log-in has set the cookie.
pub(super) fn may_set_by_link(headers: &HeaderMap, users_url: &Origin, changes_user: bool) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    let is_same_site_or_typed = matches!(site, Some(b"none" | b"same-site"));
    (is_same_site_or_typed && !changes_user)
        || referring_origin(headers).as_deref() == Some(users_url.as_str())
}

fn referring_origin(headers: &HeaderMap) -> Option<String> {
    let referer = headers.get(REFERER)?.to_str().ok()?;
    Some(Url::parse(referer).ok()?.origin().ascii_serialization())
}

/// The `Set-Cookie` for a token. `secure`: the service is reached by https.
pub(super) fn set(token: &str, secure: bool, max_age: Duration) -> HeaderValue {
    header(NAME, token, "/", secure, max_age)
}

/// The `Set-Cookie` that removes the cookie.
pub(super) fn clear(secure: bool) -> HeaderValue {
    header(NAME, "", "/", secure, Duration::ZERO)
}

/// A `Set-Cookie` that no script can read and that forms of other sites do not send. `Duration::ZERO` removes the cookie.
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
    fn a_request_from_another_site_sets_no_cookie() {
        let from = |site: &'static str| [("sec-fetch-site".parse().unwrap(), HeaderValue::from_static(site))];
        assert!(!may_set(&from("cross-site").into_iter().collect()));
        for ours in ["same-origin", "same-site", "none"] {
            assert!(may_set(&from(ours).into_iter().collect()), "{ours}");
        }
        assert!(may_set(&HeaderMap::new()), "a browser that does not send it");
    }

    #[test]
    fn only_a_link_from_the_users_service_or_a_typed_one_sets_the_cookie() {
        let users_url: Origin = "http://natter.test:3000".parse().unwrap();
        let allowed = |site: Option<&'static str>, referer: Option<&'static str>, changes_user| {
            let site = site.map(|site| ("sec-fetch-site".parse().unwrap(), HeaderValue::from_static(site)));
            let referer = referer.map(|referer| (REFERER, HeaderValue::from_static(referer)));
            may_set_by_link(&site.into_iter().chain(referer).collect(), &users_url, changes_user)
        };
        let may = |site, referer| allowed(site, referer, false);
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
                !allowed(Some(site), None, true),
                "{site}: pages and messages there can contain a link too"
            );
        }
        assert!(
            allowed(Some("same-site"), Some("http://natter.test:3000/"), true),
            "a log-in as another user"
        );
    }

    #[test]
    fn the_cookie_is_http_only_and_same_site() {
        let cookie = set("a.b.c", false, Duration::from_secs(60));
        assert_eq!(cookie, "natter_token=a.b.c; HttpOnly; SameSite=Lax; Path=/; Max-Age=60");
        assert!(set("a.b.c", true, Duration::from_secs(60)).to_str().unwrap().contains("; Secure"));
        assert_eq!(clear(false), "natter_token=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0");
    }
}
