//! Headers that tell browsers to allow only what the pages need (OWASP, HTTP Headers Cheat Sheet).

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;

use crate::Shell;

/// The headers of a service, made once.
#[derive(Clone)]
pub(super) struct Secure {
    headers: Arc<[(HeaderName, HeaderValue)]>,
}

impl Secure {
    pub(super) fn of(shell: &Shell) -> Self {
        let fixed = HeaderValue::from_static;
        let policy = HeaderValue::try_from(policy(shell)).expect("origins and keywords fit into a header");
        let headers = [
            (CONTENT_SECURITY_POLICY, policy),
            (REFERRER_POLICY, fixed(shell.referrer_policy)),
            (X_CONTENT_TYPE_OPTIONS, fixed("nosniff")),
            (X_FRAME_OPTIONS, fixed("DENY")),
            (HeaderName::from_static("cross-origin-opener-policy"), fixed("same-origin")),
            // Where a handler says nothing: not for shared caches, and asked for anew each time.
            (CACHE_CONTROL, fixed("private, no-cache")),
        ];
        Self { headers: headers.into() }
    }
}

/// A handler's own header stays.
pub(super) async fn add(State(secure): State<Secure>, mut response: Response) -> Response {
    for (name, value) in secure.headers.iter() {
        response.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
    response
}

/// Everything comes from the service itself and nothing is inline.
fn policy(shell: &Shell) -> String {
    let (form_action, connect_src) = (listed(&shell.form_action), listed(&shell.connect_src));
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
         manifest-src 'self'; connect-src 'self'{connect_src}; form-action 'self'{form_action}; \
         frame-ancestors 'none'; base-uri 'none'"
    )
}

fn listed(sources: &[String]) -> String {
    sources.iter().map(|source| format!(" {source}")).collect()
}
