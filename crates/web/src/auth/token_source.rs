//! Where a request may carry its token: the one list of places for each kind of request.
//!
//! The first place that holds a token decides, also when that token is empty. Two different tokens in one place count as
//! an empty one.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use url::form_urlencoded;

use super::cookie;

/// A place of a token.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// `auth.token` of a Socket.IO CONNECT.
    Connect,
    /// `Authorization: Bearer`.
    Bearer,
    /// `?jwt=`.
    Query,
    /// The cookie.
    Cookie,
}

/// Where an ordinary request may carry its token.
const REQUEST: &[Place] = &[Place::Bearer, Place::Cookie];
/// Where a request for a page that takes links with a token may carry it.
const LINK: &[Place] = &[Place::Bearer, Place::Query, Place::Cookie];
/// Where a Socket.IO CONNECT may carry its token.
const CONNECT: &[Place] = &[Place::Connect, Place::Query, Place::Cookie];

/// The token of a request.
pub(crate) fn of_request(headers: &HeaderMap) -> Option<String> {
    first(REQUEST, None, headers, None)
}

/// The token of a request for a page that takes links with a token.
pub(super) fn of_link(parts: &Parts) -> Option<String> {
    first(LINK, None, &parts.headers, parts.uri.query())
}

/// The token of a Socket.IO CONNECT: its own `auth.token`, else one of the request that opened the connection.
pub fn of_connect(auth_token: Option<String>, request: &Parts) -> Option<String> {
    first(CONNECT, auth_token, &request.headers, request.uri.query())
}

fn first(
    places: &[Place],
    connect: Option<String>,
    headers: &HeaderMap,
    query: Option<&str>,
) -> Option<String> {
    let mut connect = connect;
    places.iter().find_map(|place| match place {
        Place::Connect => connect.take(),
        Place::Bearer => bearer(headers),
        Place::Query => query.and_then(in_query),
        Place::Cookie => cookie::token(headers),
    })
}

/// The token in `Authorization: Bearer`.
pub(super) fn bearer(headers: &HeaderMap) -> Option<String> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

fn in_query(query: &str) -> Option<String> {
    let tokens = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "jwt");
    cookie::only(tokens.map(|(_, token)| token.into_owned()))
}

#[cfg(test)]
mod tests {
    use axum::extract::Request;
    use axum::http::HeaderValue;
    use axum::http::header::COOKIE;

    use super::*;

    fn request(query: &str, headers: &HeaderMap) -> Parts {
        let mut request = Request::builder().uri(format!("/?{query}")).body(()).unwrap();
        *request.headers_mut() = headers.clone();
        request.into_parts().0
    }

    #[test]
    fn the_first_token_present_decides() {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_static("other=1; natter_token=from-cookie"));
        let link = |query: &str, headers: &HeaderMap| of_link(&request(query, headers));
        assert_eq!(of_request(&headers).as_deref(), Some("from-cookie"));
        assert_eq!(link("a=b&jwt=from%2Dlink", &headers).as_deref(), Some("from-link"));
        assert_eq!(link("jwt=", &headers).as_deref(), Some(""), "empty, but present");
        headers.insert(AUTHORIZATION, HeaderValue::from_static("Basic dTpw"));
        assert_eq!(link("jwt=from-link", &headers).as_deref(), Some("from-link"), "Basic carries no token");
        headers.insert(AUTHORIZATION, HeaderValue::from_static("bearer from-header"));
        assert_eq!(of_request(&headers).as_deref(), Some("from-header"));
        for query in ["jwt=from-link", "jwt="] {
            assert_eq!(link(query, &headers).as_deref(), Some("from-header"));
        }
        assert_eq!(link("", &HeaderMap::new()), None);
    }

    #[test]
    fn a_connect_takes_its_own_token_first_and_no_bearer() {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer from-header"));
        let connect = |auth: Option<&str>, query: &str, headers: &HeaderMap| {
            of_connect(auth.map(str::to_owned), &request(query, headers))
        };
        assert_eq!(connect(None, "EIO=4", &headers), None);
        headers.insert(COOKIE, HeaderValue::from_static("natter_token=from-cookie"));
        assert_eq!(connect(None, "EIO=4", &headers).as_deref(), Some("from-cookie"));
        assert_eq!(connect(None, "EIO=4&jwt=from-link", &headers).as_deref(), Some("from-link"));
        assert_eq!(connect(Some("own"), "EIO=4&jwt=from-link", &headers).as_deref(), Some("own"));
        assert_eq!(
            connect(Some(""), "EIO=4&jwt=from-link", &headers).as_deref(),
            Some(""),
            "empty, but present"
        );
    }

    #[test]
    fn of_two_different_tokens_in_one_place_neither_counts() {
        assert_eq!(in_query("jwt=a&jwt=a").as_deref(), Some("a"));
        assert_eq!(in_query("jwt=a&jwt=b").as_deref(), Some(""));
        let cookies = |line: &'static str| [(COOKIE, HeaderValue::from_static(line))].into_iter().collect();
        let token = |line| of_request(&cookies(line));
        assert_eq!(token("natter_token=a; natter_token=a").as_deref(), Some("a"));
        assert_eq!(token("natter_token=a; natter_token=b").as_deref(), Some(""));
        assert_eq!(token("natter_token="), None, "a cookie that was ended");
    }
}
