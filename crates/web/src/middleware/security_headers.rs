//! Headers that tell browsers to allow only what the pages need (OWASP, HTTP Headers Cheat Sheet).

use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::origin::is_loopback_host;
use crate::{Middleware, Origin};

/// Browsers accept it from trustworthy origins only (HTML standard, "Cross-origin opener policies"); elsewhere it is an
/// error in the console.
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// The headers of a service, made once.
pub(super) struct Headers {
    headers: [(HeaderName, HeaderValue); 5],
    /// Whether it is reached by https.
    is_https: bool,
}

impl Headers {
    pub(super) fn of(middleware: &Middleware) -> Self {
        let fixed = HeaderValue::from_static;
        let policy =
            HeaderValue::try_from(policy(middleware)).expect("origins and keywords fit into a header");
        let headers = [
            (CONTENT_SECURITY_POLICY, policy),
            (REFERRER_POLICY, fixed(middleware.referrer_policy)),
            (X_CONTENT_TYPE_OPTIONS, fixed("nosniff")),
            (X_FRAME_OPTIONS, fixed("DENY")),
            // Unless a handler sets another one: no shared cache keeps it, and browsers revalidate it each time.
            (CACHE_CONTROL, fixed("private, no-cache")),
        ];
        Self { headers, is_https: middleware.trusted.iter().any(Origin::is_secure) }
    }

    /// Whether the origin is trustworthy to the browser that sent this.
    pub(super) fn is_trustworthy(&self, request: &Request) -> bool {
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
        self.is_https || host.is_some_and(is_loopback_host)
    }

    /// Adds the headers that a handler has not set itself.
    pub(super) fn add(&self, headers: &mut HeaderMap, is_trustworthy: bool) {
        for (name, value) in &self.headers {
            headers.entry(name).or_insert_with(|| value.clone());
        }
        if is_trustworthy {
            headers.insert(OPENER_POLICY, HeaderValue::from_static("same-origin"));
        }
    }
}

/// Everything is loaded from the service itself, and nothing is inline.
fn policy(middleware: &Middleware) -> String {
    let (form_action, connect_src) = (listed(&middleware.form_action), listed(&middleware.connect_src));
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
         connect-src 'self'{connect_src}; form-action 'self'{form_action}; \
         frame-ancestors 'none'; base-uri 'none'"
    )
}

fn listed(sources: &[String]) -> String {
    sources.iter().map(|source| format!(" {source}")).collect()
}
