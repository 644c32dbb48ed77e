//! Requests whose sending page is unknown lose their cookies before the csrf layer checks the others.
//!
//! A page with the policy `no-referrer`, such as the chat page, posts its forms with `Origin: null`. If the browser also
//! sends `Sec-Fetch-Site` that is enough. On plain http at a name of the local network it does not, and a page of another
//! site sends the same. The danger of such a request are the cookies that the browser adds by itself. So the cookies are
//! removed, and the request counts as a program's: only the token that it carries itself is used. This holds for the one
//! route whose forms carry a token; the csrf layer refuses such requests to all others.

use axum::extract::Request;
use axum::http::header::{COOKIE, ORIGIN};
use axum::http::{HeaderMap, Method};

/// The path of the route whose forms carry a token: the one at which sessions end.
pub(super) const LOG_OUT: &str = "/logout";

/// The headers of such a request as they came. Its cookies may be cleared, and never authenticate.
#[derive(Debug, Clone)]
pub(super) struct UnknownSender(pub(super) HeaderMap);

pub(crate) fn remove_cookies_of_unknown_sender(request: &mut Request) {
    let headers = request.headers();
    if *request.method() == Method::POST && request.uri().path() == LOG_OUT && is_unknown(headers) {
        let unknown_sender = UnknownSender(headers.clone());
        request.headers_mut().remove(COOKIE);
        request.headers_mut().remove(ORIGIN);
        request.extensions_mut().insert(unknown_sender);
    }
}

fn is_unknown(headers: &HeaderMap) -> bool {
    headers.get(ORIGIN).is_some_and(|origin| origin == "null") && !headers.contains_key("sec-fetch-site")
}
