//! Refuses a request that repeats a header on which access or parsing depends: a proxy may have used the other value. A
//! header with a single value may not be repeated anyway (RFC 9110, section 5.3).

use axum::Extension;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, ORIGIN};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::{Problem, Reason};

/// The headers that decide who sends a request, from where, and how its body is read.
static SINGLE_HEADERS: [HeaderName; 5] =
    [HOST, ORIGIN, HeaderName::from_static("sec-fetch-site"), AUTHORIZATION, CONTENT_TYPE];

pub(super) fn refusal(headers: &HeaderMap) -> Option<Response> {
    let name = repeated(headers)?;
    let reason = Reason(format!("{name} is repeated").into());
    Some((Extension(reason), problem(name)).into_response())
}

fn repeated(headers: &HeaderMap) -> Option<&'static HeaderName> {
    SINGLE_HEADERS.iter().find(|name| headers.get_all(*name).iter().nth(1).is_some())
}

fn problem(name: &HeaderName) -> Problem {
    let detail =
        format!("The header {name} is repeated in this request; which value counts cannot be known.");
    match *name {
        ORIGIN => Problem::new(StatusCode::FORBIDDEN, "cross_site", detail),
        _ => Problem::unparsable(detail),
    }
}
