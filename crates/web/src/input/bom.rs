//! The byte order mark, which some editors put before a text. A reader may ignore it (RFC 8259, section 8.1); otherwise the
//! text would begin with an invisible character.

use bytes::Bytes;

const MARK: &[u8] = b"\xef\xbb\xbf";

/// A text without the mark at its beginning.
pub fn without_bom(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Bytes of a text without the mark at their beginning.
pub(crate) fn bytes_without_bom(bytes: Bytes) -> Bytes {
    if bytes.starts_with(MARK) { bytes.slice(MARK.len()..) } else { bytes }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mark_at_the_beginning_is_dropped() {
        assert_eq!(without_bom("\u{feff}a\u{feff}"), "a\u{feff}");
        assert_eq!(without_bom("\u{feff}\u{feff}"), "\u{feff}");
        assert_eq!(without_bom(""), "");
        assert_eq!(bytes_without_bom("\u{feff}{}".into()), "{}");
        assert_eq!(bytes_without_bom("{}".into()), "{}");
    }
}
