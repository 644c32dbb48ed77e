//! The file name under which a browser saves an export.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but letters, digits and those characters of a user name that RFC 8187 allows unencoded (`attr-char`).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'-').remove(b'.');

/// The value of `Content-Disposition` (RFC 6266): the name in ASCII, and also in UTF-8 if it is not ASCII.
pub(super) fn attachment(username: &str) -> String {
    let ascii: String = username.chars().map(|c| if is_allowed(c) { c } else { '_' }).collect();
    let attachment = format!("attachment; filename=\"natter-{ascii}.jsonl\"");
    if ascii == username {
        return attachment;
    }
    format!("{attachment}; filename*=UTF-8''natter-{}.jsonl", utf8_percent_encode(username, ENCODED))
}

fn is_allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_not_ascii_is_sent_in_ascii_and_in_utf_8() {
        assert_eq!(attachment("Ada_L-1.x"), "attachment; filename=\"natter-Ada_L-1.x.jsonl\"");
        assert_eq!(
            attachment("Zoë"),
            "attachment; filename=\"natter-Zo_.jsonl\"; filename*=UTF-8''natter-Zo%C3%AB.jsonl"
        );
        assert_eq!(
            attachment("a\"\r\n"),
            "attachment; filename=\"natter-a___.jsonl\"; filename*=UTF-8''natter-a%22%0D%0A.jsonl"
        );
    }
}
