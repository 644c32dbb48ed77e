//! The files that pages load.
//!
//! A page names them under a version, which changes with each of them. Browsers keep a versioned file without revalidating
//! it, so a page that is loaded again requests only itself. Browsers revalidate every other address: an address without a
//! version, and the version of a node of another release, whose pages find their files here too.

mod embedded;

use axum::Router;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::EmbeddedFile;

use crate::Refusal;

/// The prefix of the part of a path that is a version. No file's name has it.
const VERSION_PREFIX: &str = "v-";
/// The version in addresses of files that may change at any time.
const NO_VERSION: &str = "edited";

/// How long a browser keeps a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caching {
    /// A year, without revalidation (RFC 8246): the address changes with the content.
    Immutable,
    /// It revalidates each time.
    Revalidate,
}

impl Caching {
    fn cache_control(self) -> &'static str {
        match self {
            Self::Immutable => "public, max-age=31536000, immutable",
            Self::Revalidate => "no-cache",
        }
    }
}

pub(crate) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route(
            "/static/{*path}",
            get(|Path(path): Path<String>, headers: HeaderMap| async move { file(&path, &headers) }),
        )
        .route("/favicon.ico", get(|headers: HeaderMap| async move { file("icons/favicon.svg", &headers) }))
}

/// The address of a file by its path under `static/`, for a page. `build.rs` finds the calls in the templates to know which
/// files to bundle, so templates pass the path in quotes.
pub fn url(path: &str) -> String {
    format!("/static/{VERSION_PREFIX}{}/{path}", embedded::version().unwrap_or(NO_VERSION))
}

fn file(requested: &str, headers: &HeaderMap) -> Response {
    let (version, path) = split_version(requested);
    let caching = match version {
        Some(version) if embedded::version() == Some(version) => Caching::Immutable,
        _ => Caching::Revalidate,
    };
    match embedded::get(path) {
        Some(found) => serve(headers, &media_type(&found), &hash_of(&found), found.data, caching),
        None => Refusal::not_found("There is no such file.").into_response(),
    }
}

/// `v-1a2b/js/chat.js` into `1a2b` and `js/chat.js`.
fn split_version(requested: &str) -> (Option<&str>, &str) {
    match requested.strip_prefix(VERSION_PREFIX).and_then(|rest| rest.split_once('/')) {
        Some((version, path)) => (Some(version), path),
        None => (None, requested),
    }
}

/// Serves bytes as a file, with a weak `ETag` of their hash; 304 if the browser has them.
pub fn serve(
    headers: &HeaderMap,
    media_type: &str,
    hash: &str,
    bytes: impl Into<axum::body::Body>,
    caching: Caching,
) -> Response {
    // Weak, since a compressed copy goes by the same tag (RFC 9110, section 8.8.1).
    let tag = format!("W/\"{hash}\"");
    let common = [(ETAG, tag.clone()), (CACHE_CONTROL, caching.cache_control().to_owned())];
    if matches(headers, &tag) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    (common, [(CONTENT_TYPE, media_type.to_owned())], bytes.into()).into_response()
}

/// Whether `If-None-Match` lists the tag (RFC 9110, section 13.1.2). Own code, since `axum-extra`'s typed header would add a
/// dependency for these lines.
fn matches(headers: &HeaderMap, tag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let lines = headers.get_all(IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(','))
        .any(|candidate| candidate.trim() == "*" || opaque(candidate) == opaque(tag))
}

fn hash_of(file: &EmbeddedFile) -> String {
    file.metadata.sha256_hash().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// The media type of a file, by the ending of its name. Texts are UTF-8.
fn media_type(file: &EmbeddedFile) -> String {
    let media_type = file.metadata.mimetype();
    if media_type.starts_with("text/") {
        format!("{media_type}; charset=utf-8")
    } else {
        media_type.to_owned()
    }
}
