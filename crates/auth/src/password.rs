//! A password that a user has chosen.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

/// 8 to 256 Unicode scalar values in the form NFKC, never cut. The length is counted in that form, so
/// a password is long enough on one keyboard if it is on the other.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// The password has fewer than 8 or more than 256 characters (NIST SP 800-63B asks for at least 8 and no cutting, and
/// that each code point is one character).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 8 to 256 characters long")]
pub struct PasswordError;

impl Password {
    /// Parses a password that a user has chosen.
    ///
    /// # Errors
    /// [`PasswordError`] when it is too short or too long.
    pub fn parse(chosen: String) -> Result<Self, PasswordError> {
        let chosen = normalised(&chosen);
        if (8..=256).contains(&chosen.chars().count()) { Ok(Self(chosen)) } else { Err(PasswordError) }
    }

    /// The password in the form in which it is hashed, to compare it with a hash.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The form in which a password is hashed: keyboards write one letter in several ways, composed, decomposed or full
/// width (NIST SP 800-63B, section 3.1.1.2).
pub(crate) fn normalised(typed: &str) -> String {
    typed.nfkc().collect()
}

/// Never shows the password.
impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_counted_in_characters() {
        assert!(Password::parse("é".repeat(8)).is_ok());
        assert!(Password::parse("🙂".repeat(256)).is_ok());
        assert_eq!(Password::parse("1234567".into()), Err(PasswordError));
        assert_eq!(Password::parse("x".repeat(257)), Err(PasswordError));
    }

    #[test]
    fn length_is_counted_in_the_form_that_is_hashed() {
        assert_eq!(Password::parse("e\u{301}".repeat(7)), Err(PasswordError), "seven letters");
        assert!(Password::parse("e\u{301}".repeat(256)).is_ok());
        assert!(Password::parse("e\u{301}".repeat(8)) == Password::parse("é".repeat(8)));
        assert_eq!(Password::parse("\u{fdfa}".repeat(256)), Err(PasswordError), "eighteen letters each");
    }

    #[test]
    fn debugging_does_not_show_it() {
        let password = Password::parse("correct horse".into()).unwrap();
        assert!(!format!("{password:?}").contains("horse"));
    }
}
