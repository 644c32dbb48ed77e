//! Which pages may open a socket. CORS does not apply to websockets, so every request is looked at here.

use std::sync::Arc;

use axum::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, HOST, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue};
use web::{Hosts, Origin};

/// The origins whose pages may.
#[derive(Clone)]
pub(crate) struct AllowedOrigins {
    chat_url: Origin,
    listed: Arc<[Origin]>,
    hosts: Hosts,
}

/// What is to be made of a request's `Origin`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A page of this service, or no page at all: judged by its token alone.
    Own,
    /// A listed page, whose browser must be told so.
    Listed(HeaderValue),
    /// Somebody else's page.
    Foreign,
}

impl AllowedOrigins {
    pub(crate) fn new(chat_url: Origin, listed: Vec<Origin>, hosts: Hosts) -> Self {
        Self { chat_url, listed: listed.into(), hosts }
    }

    /// Looks at `Origin` and `Host`.
    pub(super) fn judge(&self, headers: &HeaderMap) -> Verdict {
        let Some(value) = headers.get(ORIGIN) else { return Verdict::Own };
        let Some(origin) = value.to_str().ok().and_then(|text| text.parse::<Origin>().ok()) else {
            return Verdict::Foreign;
        };
        if self.listed.contains(&origin) {
            Verdict::Listed(value.clone())
        } else if origin == self.chat_url || self.is_own_host(&origin, headers) {
            Verdict::Own
        } else {
            Verdict::Foreign
        }
    }

    /// Whether the page came from the very host and port that the request is for, by a name that is allowed.
    fn is_own_host(&self, origin: &Origin, headers: &HeaderMap) -> bool {
        let Some(host) = headers.get(HOST).and_then(|host| host.to_str().ok()) else { return false };
        let scheme = if origin.is_secure() { "https" } else { "http" };
        let addressed = format!("{scheme}://{host}").parse::<Origin>();
        self.hosts.allow(host) && addressed.is_ok_and(|addressed| addressed == *origin)
    }
}

/// Tells a browser that a listed page may read the answer (Fetch standard, "CORS protocol").
pub(super) fn add_cors(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("authorization, content-type"));
    headers.append(VARY, HeaderValue::from_static("origin"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(origin: &str, host: &str) -> Verdict {
        let chat_url: Origin = "https://chat.example".parse().unwrap();
        let hosts = Hosts::new([&chat_url], &[]);
        let listed = vec!["https://app.example".parse().unwrap()];
        let mut headers = HeaderMap::new();
        if !origin.is_empty() {
            headers.insert(ORIGIN, origin.parse().unwrap());
        }
        headers.insert(HOST, host.parse().unwrap());
        AllowedOrigins::new(chat_url, listed, hosts).judge(&headers)
    }

    #[test]
    fn only_own_and_listed_pages_may_open_a_socket() {
        assert_eq!(judged("https://chat.example", "chat.example"), Verdict::Own);
        assert_eq!(judged("http://127.0.0.1:3001", "127.0.0.1:3001"), Verdict::Own);
        assert_eq!(judged("", "chat.example"), Verdict::Own, "a program");
        assert!(matches!(judged("https://app.example", "chat.example"), Verdict::Listed(_)));
        for foreign in
            ["https://evil.example", "http://chat.example", "null", "http://127.0.0.1:9999", "nonsense"]
        {
            assert_eq!(judged(foreign, "127.0.0.1:3001"), Verdict::Foreign, "{foreign}");
        }
        assert_eq!(judged("https://evil.example", "evil.example"), Verdict::Foreign, "DNS rebinding");
    }
}
