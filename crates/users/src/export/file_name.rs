//! What an export is called when it is saved.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but letters, digits and what else RFC 8187 lets stand (`attr-char`) and a user name may hold.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'-').remove(b'.');

/// The value of `Content-Disposition` (RFC 6266): the name in ASCII, and as it is where that differs.
pub(super) fn attachment(username: &str) -> String {
    let plain: String = username.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    let attachment = format!("attachment; filename=\"natter-{plain}.jsonl\"");
    if plain == username {
        return attachment;
    }
    format!("{attachment}; filename*=UTF-8''natter-{}.jsonl", utf8_percent_encode(username, ENCODED))
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_not_ascii_is_given_twice() {
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
