//! Finds the end of an HTTP response in what arrives, without keeping its body.

use crate::Result;

/// Headers that a response may have at most.
const MAX_HEADERS: usize = 64;

/// How far a response was read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) enum Reading {
    /// The head is not there whole.
    #[default]
    Head,
    /// This many bytes of the body are missing.
    Body(usize),
    /// At the size line of a chunk.
    Chunk,
    /// This many bytes of a chunk, with its line end, are missing.
    InChunk(usize),
    /// In the empty line after the last chunk.
    LastLine(usize),
}

/// What [`Reading::advance`] found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Bytes that are done with.
    pub(crate) used: usize,
    /// Whether the response is complete.
    pub(crate) is_complete: bool,
}

impl Reading {
    /// Reads on in `bytes`. What is not `used` belongs before the next bytes.
    ///
    /// # Errors
    /// When it is no response, or its status is not `expected`.
    pub(crate) fn advance(&mut self, bytes: &[u8], expected: u16) -> Result<Progress> {
        let mut used = 0;
        loop {
            let rest = &bytes[used..];
            let step = match self {
                Self::Head => head(rest, expected)?,
                Self::Chunk => chunk_size(rest)?,
                Self::Body(missing) => Some(skip(rest, *missing, Self::Body)),
                Self::InChunk(0) => Some((0, Self::Chunk)),
                Self::InChunk(missing) => Some(skip(rest, *missing, Self::InChunk)),
                Self::LastLine(missing) => Some(skip(rest, *missing, Self::LastLine)),
            };
            let Some((count, next)) = step else { return Ok(Progress { used, is_complete: false }) };
            used += count;
            *self = next;
            if matches!(self, Self::Body(0) | Self::LastLine(0)) {
                *self = Self::Head;
                return Ok(Progress { used, is_complete: true });
            }
            if used == bytes.len() {
                return Ok(Progress { used, is_complete: false });
            }
        }
    }
}

fn skip(rest: &[u8], missing: usize, state: impl Fn(usize) -> Reading) -> (usize, Reading) {
    let count = missing.min(rest.len());
    (count, state(missing - count))
}

fn head(bytes: &[u8], expected: u16) -> Result<Option<(usize, Reading)>> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(length) = response.parse(bytes)? else { return Ok(None) };
    if response.code != Some(expected) {
        let text = String::from_utf8_lossy(&bytes[..bytes.len().min(2_000)]).into_owned();
        return Err(format!("the answer is not {expected}:\n{text}").into());
    }
    let value = |name: &str| {
        let header = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(header.value).ok()
    };
    let body = match value("content-length") {
        Some(length) => Reading::Body(length.trim().parse()?),
        None if value("transfer-encoding").is_some() => Reading::Chunk,
        None => return Err("an answer has neither a length nor chunks".into()),
    };
    Ok(Some((length, body)))
}

fn chunk_size(bytes: &[u8]) -> Result<Option<(usize, Reading)>> {
    const LINE_END: usize = 2;
    match httparse::parse_chunk_size(bytes) {
        Ok(httparse::Status::Complete((line, 0))) => Ok(Some((line, Reading::LastLine(LINE_END)))),
        Ok(httparse::Status::Complete((line, size))) => {
            Ok(Some((line, Reading::InChunk(usize::try_from(size)? + LINE_END))))
        }
        Ok(httparse::Status::Partial) => Ok(None),
        Err(_) => Err("a chunk has no size".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZED: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    const CHUNKED: &[u8] =
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nwiki\r\na\r\n0123456789\r\n0\r\n\r\n";

    /// Reads two responses that arrive in pieces of `size`.
    fn read_twice(response: &[u8], size: usize) {
        let bytes = [response, response].concat();
        let (mut reading, mut kept, mut complete) = (Reading::default(), Vec::new(), 0);
        for piece in bytes.chunks(size) {
            kept.extend_from_slice(piece);
            loop {
                let progress = reading.advance(&kept, 200).unwrap();
                kept.drain(..progress.used);
                complete += usize::from(progress.is_complete);
                if !progress.is_complete || kept.is_empty() {
                    break;
                }
            }
        }
        assert_eq!((complete, kept.len()), (2, 0), "pieces of {size}");
    }

    #[test]
    fn the_end_is_found_wherever_the_bytes_are_cut() {
        for response in [SIZED, CHUNKED] {
            (1..=2 * response.len()).for_each(|size| read_twice(response, size));
        }
    }

    #[test]
    fn another_status_is_an_error_with_the_answer() {
        let answer = b"HTTP/1.1 503 No\r\ncontent-length: 4\r\n\r\nbusy";
        let error = Reading::default().advance(answer, 200).unwrap_err().to_string();
        assert!(error.contains("busy"), "{error}");
    }

    #[test]
    fn an_empty_body_is_complete_with_its_head() {
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
        let progress = Reading::default().advance(answer, 200).unwrap();
        assert_eq!(progress, Progress { used: answer.len(), is_complete: true });
    }
}
