//! Serves only requests that are addressed to this system by a name of its own ([`crate::Hosts`]).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::HOST;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::Problem;
use crate::shell::Shell;

/// What is served by any name. A probe knows only an address that changes, and learns whether this process lives. The
/// files are public, and the page that explains a refusal loads its own.
const FOR_ANYBODY: [&str; 2] = ["/health/", "/static/"];

pub(super) async fn check(State(shell): State<Arc<Shell>>, request: Request, next: Next) -> Response {
    match judge(&shell, &request) {
        Some(problem) => problem.into_response(),
        None => next.run(request).await,
    }
}

fn judge(shell: &Shell, request: &Request) -> Option<Problem> {
    if FOR_ANYBODY.iter().any(|prefix| request.uri().path().starts_with(prefix)) {
        return None;
    }
    let mut lines = request.headers().get_all(HOST).iter();
    let (Some(host), None) = (lines.next().map(HeaderValue::to_str), lines.next()) else {
        return Some(Problem::unparsable("A request bears exactly one Host."));
    };
    let authority = request.uri().authority().map(|authority| authority.as_str());
    let allowed = host.is_ok_and(|host| shell.hosts.allow(host))
        && authority.is_none_or(|name| shell.hosts.allow(name));
    (!allowed).then(unknown)
}

fn unknown() -> Problem {
    let detail = "Natter does not know the name in this address. Whoever runs it sets USERS_URL and CHAT_URL to the \
                  addresses that browsers use, or lists the name in ALLOWED_HOSTS. A proxy must pass the Host header on.";
    Problem::new(StatusCode::MISDIRECTED_REQUEST, "unknown_host", detail)
}
