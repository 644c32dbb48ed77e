//! Requests whose sending page cannot be known. They are set aside before the csrf layer judges the others.
//!
//! A page with the policy `no-referrer`, as the chat page is, posts its forms with `Origin: null`. Where a browser also
//! says `Sec-Fetch-Site` that is enough; on plain http at a name of the local network it does not, and a foreign page
//! may look the same. What makes such a request dangerous are the cookies that the browser adds by itself. So they are
//! set aside, and the request is taken as a program's would be: for what it bears itself. Only a route that asks for
//! such a proof gets it, and every other is closed by the csrf layer.

use axum::extract::Request;
use axum::http::header::{COOKIE, ORIGIN};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::Response;

use crate::auth::LOG_OUT;

/// The request's headers as they came: its cookies may be compared with what was proven otherwise, and never believed.
#[derive(Debug, Clone)]
pub(crate) struct Unproven(pub(crate) HeaderMap);

pub(super) async fn set_aside(mut request: Request, next: Next) -> Response {
    let headers = request.headers();
    if *request.method() == Method::POST && request.uri().path() == LOG_OUT && is_untold(headers) {
        let unproven = Unproven(headers.clone());
        request.headers_mut().remove(COOKIE);
        request.headers_mut().remove(ORIGIN);
        request.extensions_mut().insert(unproven);
    }
    next.run(request).await
}

fn is_untold(headers: &HeaderMap) -> bool {
    headers.get(ORIGIN).is_some_and(|origin| origin == "null") && !headers.contains_key("sec-fetch-site")
}
