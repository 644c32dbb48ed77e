//! The media types of a request's body and of the answer that it prefers.

use axum::http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName};

/// Whether the body is JSON, or of a type built on it (RFC 6839).
pub fn is_json(headers: &HeaderMap) -> bool {
    content_type(headers)
        .is_some_and(|t| t == "application/json" || (t.starts_with("application/") && t.ends_with("+json")))
}

/// Whether the body is an urlencoded form.
pub fn is_form(headers: &HeaderMap) -> bool {
    content_type(headers).as_deref() == Some("application/x-www-form-urlencoded")
}

/// Whether the client prefers a page to JSON: `Accept` names `text/html`, with no lower quality than JSON.
pub fn wants_html(headers: &HeaderMap) -> bool {
    let html = quality(headers, &ACCEPT, &["text/html"]);
    html > 0 && html >= quality(headers, &ACCEPT, &["application/json", "application/problem+json"])
}

/// Whether the client takes gzip, and prefers no other form of the body: `Accept-Encoding` names it, with the highest
/// quality that it names.
pub(crate) fn takes_gzip(headers: &HeaderMap) -> bool {
    let gzip = quality(headers, &ACCEPT_ENCODING, &["gzip"]);
    gzip > 0 && gzip >= quality(headers, &ACCEPT_ENCODING, &["br", "zstd", "deflate", "identity"])
}

fn content_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    value.split(';').next().map(|essence| essence.trim().to_ascii_lowercase())
}

/// The highest quality, in thousandths, of some values that a header names (RFC 9110, section 12.4.2).
fn quality(headers: &HeaderMap, header: &HeaderName, named: &[&str]) -> u16 {
    let lines = headers.get_all(header).iter().filter_map(|line| line.to_str().ok());
    let ranges = lines.flat_map(|line| line.split(','));
    let qualities = ranges.filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let is_named = parts.next().is_some_and(|name| named.iter().any(|t| name.eq_ignore_ascii_case(t)));
        let weight = |(name, value): (&str, &str)| name.eq_ignore_ascii_case("q").then(|| thousandths(value));
        is_named.then(|| parts.filter_map(|part| part.split_once('=')).find_map(weight).unwrap_or(1000))
    });
    qualities.max().unwrap_or(0)
}

fn thousandths(quality: &str) -> u16 {
    let quality: f32 = quality.parse().unwrap_or(0.0);
    (quality.clamp(0.0, 1.0) * 1000.0) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepting(accept: &str) -> HeaderMap {
        [(ACCEPT, accept.parse().unwrap())].into_iter().collect()
    }

    #[test]
    fn only_a_client_that_names_html_gets_a_page() {
        assert!(wants_html(&accepting("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")));
        assert!(!wants_html(&accepting("*/*")));
        assert!(!wants_html(&accepting("application/json, text/html;q=0.5")));
        assert!(!wants_html(&accepting("text/html;q=0")));
        assert!(!wants_html(&HeaderMap::new()));
    }

    #[test]
    fn gzip_is_for_who_names_it_and_prefers_nothing_else() {
        let takes = |line: &'static str| {
            takes_gzip(&[(ACCEPT_ENCODING, line.parse().unwrap())].into_iter().collect())
        };
        for line in ["gzip", "gzip, deflate, br, zstd", "br;q=0.5, GZIP;q=0.5", "identity;q=0, gzip"] {
            assert!(takes(line), "{line}");
        }
        for line in ["", "*", "br", "gzip;q=0", "gzip;Q=0", "gzip;q=0.9, br", "gzip;q=0.1, identity"] {
            assert!(!takes(line), "{line}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
