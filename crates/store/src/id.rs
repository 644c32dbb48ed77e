//! Ids of users and of messages.

use std::fmt;

use uuid::{Builder, Uuid};

use crate::Timestamp;

/// A user's id, which never changes: a UUIDv7 (RFC 9562), so that ids sort by the time of the sign-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(pub Uuid);

impl UserId {
    /// A new id.
    #[expect(clippy::new_without_default, reason = "a default that differs each time would mislead")]
    pub fn new() -> Self {
        Self(Uuid::now_v7())
    }

    /// Reads the hyphenated form, which has 36 characters. A user name has at most 32, so it is never an id.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != uuid::fmt::Hyphenated::LENGTH {
            return None;
        }
        Uuid::try_parse(text).ok().map(Self)
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The id of a message, unique for its sender in a room: 1 to 64 characters of `A-Za-z0-9_-`. The client makes it, so that
/// it can send the message again without storing it twice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId(String);

/// The error for a text that is not a message id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -")]
pub struct ClientIdError;

impl ClientId {
    /// Reads a client's id.
    ///
    /// # Errors
    /// [`ClientIdError`] unless it is 1 to 64 characters of `A-Za-z0-9_-`.
    pub fn parse(text: impl Into<String>) -> Result<Self, ClientIdError> {
        let text = text.into();
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if (1..=64).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text))
        } else {
            Err(ClientIdError)
        }
    }

    /// An id for a message that came without one: a UUIDv7. Its random part comes from this thread's generator, without a
    /// call of the system.
    pub fn generate() -> Self {
        let now = Timestamp::now().as_millis().unsigned_abs();
        Self(Builder::from_unix_timestamp_millis(now, &rand::random()).into_uuid().to_string())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<ClientId> for String {
    fn from(id: ClientId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_id_has_1_to_64_plain_characters() {
        assert!(ClientId::parse("a").is_ok());
        assert!(ClientId::parse("aZ09_-".repeat(10) + "abcd").is_ok());
        assert_eq!(ClientId::parse(""), Err(ClientIdError));
        assert_eq!(ClientId::parse("x".repeat(65)), Err(ClientIdError));
        assert_eq!(ClientId::parse("a b"), Err(ClientIdError));
        assert_eq!(ClientId::parse("é"), Err(ClientIdError));
        assert!(ClientId::parse(ClientId::generate().as_str()).is_ok());
        assert_ne!(ClientId::generate(), ClientId::generate());
    }

    #[test]
    fn only_the_hyphenated_form_is_a_user_id() {
        let id = UserId::new();
        assert_eq!(UserId::parse(&id.to_string()), Some(id));
        assert_eq!(UserId::parse(&id.0.simple().to_string()), None, "32 characters may be a user name");
    }
}
