//! Which pages may open a socket. CORS does not apply to websockets, so every request is checked here.

use std::sync::Arc;

use axum::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, HOST, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue};
use web::{Hosts, Origin};

/// The origins whose pages may open a socket.
#[derive(Clone)]
pub(crate) struct AllowedOrigins {
    chat_url: Origin,
    listed: Arc<[Origin]>,
    hosts: Hosts,
}

/// What a request's `Origin` is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum OriginKind {
    /// A page of this service, or no page at all: its token alone decides.
    Own,
    /// A listed page, whose browser needs CORS headers.
    Listed(HeaderValue),
    /// Another page.
    Foreign,
}

impl AllowedOrigins {
    pub(crate) fn new(chat_url: Origin, listed: Vec<Origin>, hosts: Hosts) -> Self {
        Self { chat_url, listed: listed.into(), hosts }
    }

    /// Classifies a request by its `Origin` and `Host`.
    pub(super) fn classify(&self, headers: &HeaderMap) -> OriginKind {
        let Some(value) = headers.get(ORIGIN) else { return OriginKind::Own };
        let Some(origin) = value.to_str().ok().and_then(|text| text.parse::<Origin>().ok()) else {
            return OriginKind::Foreign;
        };
        if self.listed.contains(&origin) {
            OriginKind::Listed(value.clone())
        } else if origin == self.chat_url || self.is_own_host(&origin, headers) {
            OriginKind::Own
        } else {
            OriginKind::Foreign
        }
    }

    /// Whether the page came from the host and port that the request is for, by an allowed name.
    fn is_own_host(&self, origin: &Origin, headers: &HeaderMap) -> bool {
        let Some(host) = headers.get(HOST).and_then(|host| host.to_str().ok()) else { return false };
        let scheme = if origin.is_secure() { "https" } else { "http" };
        let addressed = format!("{scheme}://{host}").parse::<Origin>();
        self.hosts.allow(host) && addressed.is_ok_and(|addressed| addressed == *origin)
    }
}

/// Adds the headers with which a browser lets a listed page read the answer (Fetch standard, "CORS protocol").
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

    fn classified(origin: &str, host: &str) -> OriginKind {
        let chat_url: Origin = "https://chat.example".parse().unwrap();
        let hosts = Hosts::new([&chat_url], &[]);
        let listed = vec!["https://app.example".parse().unwrap()];
        let mut headers = HeaderMap::new();
        if !origin.is_empty() {
            headers.insert(ORIGIN, origin.parse().unwrap());
        }
        headers.insert(HOST, host.parse().unwrap());
        AllowedOrigins::new(chat_url, listed, hosts).classify(&headers)
    }

    #[test]
    fn only_own_and_listed_pages_may_open_a_socket() {
        assert_eq!(classified("https://chat.example", "chat.example"), OriginKind::Own);
        assert_eq!(classified("http://127.0.0.1:3001", "127.0.0.1:3001"), OriginKind::Own);
        assert_eq!(classified("", "chat.example"), OriginKind::Own, "a program");
        assert!(matches!(classified("https://app.example", "chat.example"), OriginKind::Listed(_)));
        for foreign in
            ["https://evil.example", "http://chat.example", "null", "http://127.0.0.1:9999", "nonsense"]
        {
            assert_eq!(classified(foreign, "127.0.0.1:3001"), OriginKind::Foreign, "{foreign}");
        }
        assert_eq!(classified("https://evil.example", "evil.example"), OriginKind::Foreign, "DNS rebinding");
    }
}
