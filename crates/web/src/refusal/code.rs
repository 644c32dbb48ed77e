//! The codes for programs.

/// Why an operation is not done, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// An argument or field is wrong.
    Invalid,
    /// A text has too many characters.
    TooLong,
    /// The client's own id names another message.
    IdReused,
    /// There is no such room, or none that the principal may see.
    UnknownRoom,
    /// The room is archived: nothing is added to it.
    Archived,
    /// The session is over.
    SignedOut,
    /// The user name or the password is wrong.
    BadCredentials,
    /// The principal may not do this.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// Another user has the user name.
    UsernameTaken,
    /// Another request was faster.
    ChangedConcurrently,
    /// Exports of the same user are under way.
    TooManyExports,
    /// It was done too often.
    RateLimited,
    /// Too much is waiting.
    Overloaded,
    /// The store is not available, or the server stops.
    Unavailable,
    /// The server does not know whether it was done.
    UnknownOutcome,
    /// A fault of the server.
    Internal,
}

impl Code {
    /// The code as it is sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::TooLong => "too_long",
            Self::IdReused => "id_reused",
            Self::UnknownRoom => "unknown_room",
            Self::Archived => "archived",
            Self::SignedOut => "signed_out",
            Self::BadCredentials => "bad_credentials",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::UsernameTaken => "username_taken",
            Self::ChangedConcurrently => "changed_meanwhile",
            Self::TooManyExports => "too_many_exports",
            Self::RateLimited => "rate_limited",
            Self::Overloaded => "overloaded",
            Self::Unavailable => "unavailable",
            Self::UnknownOutcome => "unknown_outcome",
            Self::Internal => "internal",
        }
    }
}
