//! Secrets in a page that is compressed. The length of such a page reveals whether a text that another person put into it
//! also occurs in the secret (BREACH, <https://www.breachattack.com>), so the secret is encoded differently each time.
//!
//! A masked secret is still a secret: anyone who reads the page can unmask it, as the page's own script does.

/// Marks an answer that may be compressed although it is `no-store`: its secrets are masked.
#[derive(Debug, Clone, Copy)]
pub struct Masked;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// The secret masked by fresh random bytes: these bytes, then the secret XOR them, both in lower-case hexadecimal.
pub fn mask(secret: &str) -> String {
    let mut pad = vec![0; secret.len()];
    rand::fill(pad.as_mut_slice());
    let changed = secret.bytes().zip(&pad).map(|(byte, pad)| byte ^ pad);
    let digits = pad.iter().copied().chain(changed).flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// The secret of a masked text; `None` for any other text.
pub fn unmask(masked: &str) -> Option<String> {
    let digits: Vec<u8> =
        masked.chars().map(|digit| digit.to_digit(16)?.try_into().ok()).collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    let (pad, changed) = bytes.split_at(bytes.len() / 2);
    if !digits.len().is_multiple_of(4) {
        return None;
    }
    String::from_utf8(changed.iter().zip(pad).map(|(byte, pad)| byte ^ pad).collect()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_masked_differently_each_time_and_read_back() {
        let secret = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl";
        let (one, other) = (mask(secret), mask(secret));
        assert_ne!(one, other);
        assert_eq!(one.len(), 4 * secret.len());
        for masked in [one, other] {
            assert_eq!(unmask(&masked).as_deref(), Some(secret));
        }
        assert_eq!(unmask(&mask("")).as_deref(), Some(""));
    }

    #[test]
    fn a_text_that_is_not_masked_is_rejected() {
        for text in ["a", "ab", "abc", "00ff00", "zz00", "ünïcodé!", "00ff0"] {
            assert_eq!(unmask(text), None, "{text}");
        }
        assert_eq!(unmask("00ff"), None, "no UTF-8");
    }
}
