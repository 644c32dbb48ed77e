//! The address of a MongoDB, as a value that is never shown: it may contain a password.

use std::fmt;

/// The address of a MongoDB; it is not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct MongoDbUri(String);

impl MongoDbUri {
    /// Parses a text that begins like such an address. The driver checks the rest.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let known = ["mongodb://", "mongodb+srv://"].iter().any(|scheme| text.starts_with(scheme));
        known.then(|| Self(text.to_owned()))
    }

    /// Whether the part behind the hosts may belong to a password that was not percent-encoded. The driver would quote it
    /// in its error.
    pub(crate) fn may_quote_password(&self) -> bool {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        rest.split_once(['/', '?', '#']).is_some_and(|(_, behind)| behind.contains('@'))
    }

    /// The whole text, for the driver only.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for MongoDbUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MongoDbUri(not shown)")
    }
}
