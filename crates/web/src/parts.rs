//! Bodies put together from parts. A part that many answers share is compressed once, for all of them.
//!
//! A gzip body is one member (RFC 1952). Each part of it is a run of whole deflate blocks (RFC 1951) that refers to no
//! other part: so parts can follow each other in any order, and no length depends on what two of them have in common.

mod deflate;

use std::sync::OnceLock;

use axum::body::Body;
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use bytes::Bytes;
use deflate::{Deflated, Effort, Gzip};

use crate::input::media;

/// Smaller bodies are not worth compressing.
pub(crate) const MIN_COMPRESSED_BYTES: usize = 512;

/// A part that is the same in many answers.
pub struct SharedPart {
    plain: Bytes,
    deflated: OnceLock<Deflated>,
}

/// A part of one answer.
pub enum Part<'a> {
    /// For this answer only.
    Own(&'a str),
    /// The same in others.
    Shared(&'a SharedPart),
}

impl SharedPart {
    /// A part with this content. It is compressed when the first client takes it compressed.
    pub fn new(content: impl Into<Bytes>) -> Self {
        Self { plain: content.into(), deflated: OnceLock::new() }
    }

    /// The content.
    pub fn content(&self) -> &Bytes {
        &self.plain
    }

    fn deflated(&self) -> &Deflated {
        self.deflated.get_or_init(|| Deflated::of(&self.plain, Effort::Once))
    }
}

/// The answer with these parts as its body: gzip for a client that takes it, else as they are, for the compression
/// layer. The caller ensures that the answer may be compressed ([`crate::Masked`]).
pub fn assemble(headers: &HeaderMap, content_type: &'static str, parts: &[Part<'_>]) -> Response {
    let size: usize = parts.iter().map(|part| part.plain().len()).sum();
    let is_gzip = size >= MIN_COMPRESSED_BYTES && media::takes_gzip(headers);
    let body = if is_gzip { gzip(parts) } else { plain(parts, size) };
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    if is_gzip {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        headers.insert(VARY, ACCEPT_ENCODING.into());
    }
    response
}

impl Part<'_> {
    fn plain(&self) -> &[u8] {
        match self {
            Self::Own(content) => content.as_bytes(),
            Self::Shared(part) => &part.plain,
        }
    }
}

fn plain(parts: &[Part<'_>], size: usize) -> Bytes {
    if let [Part::Shared(part)] = parts {
        return part.plain.clone();
    }
    let mut body = Vec::with_capacity(size);
    parts.iter().for_each(|part| body.extend_from_slice(part.plain()));
    body.into()
}

fn gzip(parts: &[Part<'_>]) -> Bytes {
    let mut body = Gzip::new();
    for part in parts {
        match part {
            Part::Own(content) => body.push(&Deflated::of(content.as_bytes(), Effort::EachTime)),
            Part::Shared(part) => body.push(part.deflated()),
        }
    }
    body.finish()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn unzipped(bytes: &[u8]) -> String {
        let mut text = String::new();
        // A decoder of one member, as browsers have.
        let mut decoder = flate2::read::GzDecoder::new(bytes);
        decoder.read_to_string(&mut text).unwrap();
        let mut rest = Vec::new();
        decoder.into_inner().read_to_end(&mut rest).unwrap();
        assert!(rest.is_empty(), "nothing follows the member");
        text
    }

    #[test]
    fn parts_in_any_order_and_of_any_size_make_one_member() {
        let long = "a message, and one more; ".repeat(20_000);
        let noise: String = (0..200_000_u32)
            .map(|n| char::from(b' ' + (n.wrapping_mul(n ^ 0x9e37) >> 7) as u8 % 90))
            .collect();
        let shared = [SharedPart::new(long.clone()), SharedPart::new(noise.clone()), SharedPart::new("")];
        let parts = [
            Part::Own("<head>"),
            Part::Shared(&shared[0]),
            Part::Own(""),
            Part::Shared(&shared[1]),
            Part::Shared(&shared[2]),
            Part::Own(&noise),
            Part::Shared(&shared[0]),
            Part::Own("</html>"),
        ];
        let expected = format!("<head>{long}{noise}{noise}{long}</html>");
        for _ in 0..2 {
            let body = gzip(&parts);
            assert!(unzipped(&body) == expected);
            assert!(body.len() < expected.len() / 2 + 2 * noise.len());
        }
        assert_eq!(unzipped(&gzip(&[])), "");
        assert_eq!(plain(&parts, 0), expected);
    }

    #[tokio::test]
    async fn a_body_is_compressed_for_who_takes_gzip() {
        let shared = SharedPart::new("a message ".repeat(100));
        let parts = [Part::Own("[\"personal\"]"), Part::Shared(&shared)];
        let zipped: HeaderMap = [(ACCEPT_ENCODING, "gzip, br".parse().unwrap())].into_iter().collect();
        for (headers, parts, encoding) in [
            (&zipped, &parts[..], Some("gzip")),
            (&zipped, &parts[..1], None),
            (&HeaderMap::new(), &parts[..], None),
        ] {
            let response = assemble(headers, "text/plain", parts);
            let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap());
            assert_eq!(header(CONTENT_ENCODING), encoding);
            assert_eq!(header(VARY), encoding.map(|_| "accept-encoding"));
        }
    }
}
