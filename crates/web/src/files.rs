//! The files that pages load.
//!
//! A page names them under a version, which changes with any of them: what is asked for under it is kept for good, so a
//! page that comes again asks for nothing but itself. Any other address is asked anew each time: a plain one, and the
//! version of a node of another release, whose page finds its files here too.

mod embedded;

use axum::Router;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::EmbeddedFile;

use crate::Problem;

/// Begins the part of a path that is a version, which no file's name does.
const VERSION_MARK: &str = "v-";
/// The version of files that may change at any time.
const NO_VERSION: &str = "edited";

/// How long a browser keeps what it got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeping {
    /// A year, without asking (RFC 8246): the address changes with the content.
    ForGood,
    /// It asks each time whether it changed.
    UntilAsked,
}

impl Keeping {
    fn cache_control(self) -> &'static str {
        match self {
            Self::ForGood => "public, max-age=31536000, immutable",
            Self::UntilAsked => "no-cache",
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

/// The address of a file by its path under `static/`, for a page. Where templates call this, `build.rs` reads what to
/// make one file of, so the path stands there in quotes.
pub fn url(path: &str) -> String {
    format!("/static/{VERSION_MARK}{}/{path}", embedded::version().unwrap_or(NO_VERSION))
}

fn file(asked: &str, headers: &HeaderMap) -> Response {
    let (version, path) = split_version(asked);
    let keeping = match version {
        Some(version) if embedded::version() == Some(version) => Keeping::ForGood,
        _ => Keeping::UntilAsked,
    };
    match embedded::get(path) {
        Some(found) => serve(headers, media_type(path), &hash_of(&found), found.data, keeping),
        None => Problem::not_found("There is no such file.").into_response(),
    }
}

/// `v-1a2b/js/chat.js` into `1a2b` and `js/chat.js`.
fn split_version(asked: &str) -> (Option<&str>, &str) {
    match asked.strip_prefix(VERSION_MARK).and_then(|rest| rest.split_once('/')) {
        Some((version, path)) => (Some(version), path),
        None => (None, asked),
    }
}

/// Any bytes as a file: a weak `ETag` of their hash, 304 to whoever has them.
pub fn serve(
    headers: &HeaderMap,
    media_type: &'static str,
    hash: &str,
    bytes: impl Into<axum::body::Body>,
    keeping: Keeping,
) -> Response {
    // Weak, since a compressed copy goes by the same tag (RFC 9110, section 8.8.1).
    let tag = format!("W/\"{hash}\"");
    let common = [(ETAG, tag.clone()), (CACHE_CONTROL, keeping.cache_control().to_owned())];
    if has(headers, &tag) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    (common, [(CONTENT_TYPE, media_type)], bytes.into()).into_response()
}

fn has(headers: &HeaderMap, tag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let lines = headers.get_all(IF_NONE_MATCH).iter().filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(','))
        .any(|candidate| candidate.trim() == "*" || opaque(candidate) == opaque(tag))
}

fn hash_of(file: &EmbeddedFile) -> String {
    file.metadata.sha256_hash().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("webmanifest") => "application/manifest+json",
        Some("json" | "map") => "application/json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
