//! The media types of a request's body and of the answer that it prefers.

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_TYPE};

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
    let html = quality(headers, &["text/html"]);
    html > 0 && html >= quality(headers, &["application/json", "application/problem+json"])
}

fn content_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    value.split(';').next().map(|essence| essence.trim().to_ascii_lowercase())
}

/// The highest quality, in thousandths, of some types that `Accept` names (RFC 9110, section 12.5.1).
fn quality(headers: &HeaderMap, types: &[&str]) -> u16 {
    let lines = headers.get_all(ACCEPT).iter().filter_map(|line| line.to_str().ok());
    let ranges = lines.flat_map(|line| line.split(','));
    let qualities = ranges.filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| types.iter().any(|t| name.eq_ignore_ascii_case(t)));
        named.then(|| parts.find_map(|part| part.strip_prefix("q=")).map_or(1000, thousandths))
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
}
