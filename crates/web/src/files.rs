//! The files under `static/`, in the binary (in a debug build: from the disk, so that an edit shows at once).
//!
//! Browsers keep them and ask each time whether they changed: no version in a name, nothing stale after an update.

use axum::Router;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::Problem;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../static"]
struct Static;

pub(crate) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route(
            "/static/{*path}",
            get(|Path(path): Path<String>, headers: HeaderMap| async move { file(&path, &headers) }),
        )
        .route("/favicon.ico", get(|headers: HeaderMap| async move { file("icons/favicon.svg", &headers) }))
}

/// A file of `static/` by its path there, or 304 when the client has it already.
pub fn file(path: &str, headers: &HeaderMap) -> Response {
    match Static::get(path) {
        Some(found) => serve(headers, media_type(path), &hash_of(&found), found.data),
        None => Problem::not_found("There is no such file.").into_response(),
    }
}

/// Any bytes with the same manners as a file: a weak `ETag` of their hash, `no-cache`, 304.
pub fn serve(
    headers: &HeaderMap,
    media_type: &'static str,
    hash: &str,
    bytes: impl Into<axum::body::Body>,
) -> Response {
    // Weak, since a compressed copy goes by the same tag (RFC 9110, section 8.8.1).
    let tag = format!("W/\"{hash}\"");
    let manners = [(ETAG, tag.clone()), (CACHE_CONTROL, "no-cache".to_owned())];
    if has(headers, &tag) {
        return (StatusCode::NOT_MODIFIED, manners).into_response();
    }
    (manners, [(CONTENT_TYPE, media_type)], bytes.into()).into_response()
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
