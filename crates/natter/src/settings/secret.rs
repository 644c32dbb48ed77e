//! The key that signs tokens, as a value that is long enough and never shown.

use std::fmt;

/// The key that signs tokens; it is not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    /// Minimum length of a key in bytes (RFC 7518, section 3.2: as long as the hash).
    pub(crate) const MIN_BYTES: usize = 32;

    /// Parses a key that is long enough.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        (text.len() >= Self::MIN_BYTES).then(|| Self(text.to_owned()))
    }

    /// The key as text, for a private file only.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(not shown)")
    }
}
