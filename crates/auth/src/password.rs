//! A password as somebody chose it.

use std::fmt;

/// 8 to 256 Unicode scalar values, taken whole and never cut.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// The password has fewer than 8 or more than 256 characters (NIST SP 800-63B asks for at least 8 and no cutting).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 8 to 256 characters long")]
pub struct PasswordError;

impl Password {
    /// Takes a password that somebody wants to have.
    ///
    /// # Errors
    /// [`PasswordError`] when it is too short or too long.
    pub fn parse(chosen: String) -> Result<Self, PasswordError> {
        if (8..=256).contains(&chosen.chars().count()) { Ok(Self(chosen)) } else { Err(PasswordError) }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
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
    fn debugging_does_not_show_it() {
        let password = Password::parse("correct horse".into()).unwrap();
        assert!(!format!("{password:?}").contains("horse"));
    }
}
