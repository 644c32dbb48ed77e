//! Compression of answers, except where their length could reveal a secret.

use axum::http::{Extensions, HeaderMap, StatusCode, Version};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

use crate::Masked;

/// Smaller answers are not compressed.
const MIN_BYTES: u64 = 512;

/// Marks an answer that must not be compressed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Uncompressed;

/// An answer with a secret is `no-store`. It is never compressed, since its length would depend on the secret (BREACH),
/// unless the secret is masked.
fn may_compress() -> impl Predicate {
    let is_public = |_: StatusCode, _: Version, headers: &HeaderMap, extensions: &Extensions| {
        let no_store = headers.get("cache-control").is_some_and(|value| value.as_bytes() == b"no-store");
        let secret = no_store && extensions.get::<Masked>().is_none();
        !secret && extensions.get::<Uncompressed>().is_none()
    };
    SizeAbove::new(MIN_BYTES)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::new("font/woff2"))
        .and(is_public)
}

pub(super) fn layer() -> CompressionLayer<impl Predicate> {
    CompressionLayer::new().compress_when(may_compress())
}
