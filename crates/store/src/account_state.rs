//! The state of an account.

/// The state of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// May log in, read and write.
    Active,
    /// Its deletion has begun. Nothing is accepted from it.
    Deleting,
    /// Only the id and the token status are left.
    Deleted,
}

impl State {
    /// The state with this name.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Deleting, Self::Deleted].into_iter().find(|state| state.as_str() == text)
    }

    /// The name, as it is stored.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Deleting => "deleting",
            Self::Deleted => "deleted",
        }
    }
}
