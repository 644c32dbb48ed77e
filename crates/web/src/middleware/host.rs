//! Serves only requests whose `Host` is a name of this system ([`crate::Hosts`]).

use axum::extract::Request;
use axum::http::header::HOST;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::Middleware;
use crate::Problem;

/// Paths that are served under any name. A health probe knows only an address that changes; the files are public, and the
/// page that explains a refusal loads some.
const ANY_HOST_PATHS: [&str; 2] = ["/health/", "/static/"];

pub(super) fn refusal(request: &Request, middleware: &Middleware) -> Option<Response> {
    problem(request, middleware).map(Problem::into_response)
}

fn problem(request: &Request, middleware: &Middleware) -> Option<Problem> {
    if ANY_HOST_PATHS.iter().any(|prefix| request.uri().path().starts_with(prefix)) {
        return None;
    }
    let mut lines = request.headers().get_all(HOST).iter();
    let (Some(host), None) = (lines.next().map(HeaderValue::to_str), lines.next()) else {
        return Some(Problem::unparsable("A request has exactly one Host."));
    };
    let authority = request.uri().authority().map(|authority| authority.as_str());
    let allowed = host.is_ok_and(|host| middleware.hosts.allow(host))
        && authority.is_none_or(|name| middleware.hosts.allow(name));
    (!allowed).then(unknown)
}

fn unknown() -> Problem {
    let detail = "Natter does not know the name in this address. Its operator must set USERS_URL and CHAT_URL to the \
                  addresses that browsers use, or list the name in ALLOWED_HOSTS. A proxy must pass the Host header on.";
    Problem::new(StatusCode::MISDIRECTED_REQUEST, "unknown_host", detail)
}
