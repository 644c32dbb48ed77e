//! Token statuses: which of a user's session tokens are valid, and the trait that keeps them.
//!
//! A counter orders the changes of one status. The store's clock stamps them for the poll, and orders nothing.

use async_trait::async_trait;
use uuid::Uuid;

use crate::{State, StoreError, Timestamp, UserId};

/// Which tokens of a user are valid: those of the current version whose session has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenStatus {
    /// The version. Tokens of another one are invalid.
    pub version: u32,
    /// Sessions that ended before their tokens expired; at most [`TokenStatus::MAX_SIGNED_OUT`].
    pub signed_out: Vec<SessionEnd>,
    /// Only an active account's tokens are valid.
    pub state: State,
    /// When this or the display name last changed, by the store's clock.
    pub changed_at: Timestamp,
}

/// A session that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionEnd {
    /// The session's id, a claim of its tokens.
    pub sid: Uuid,
    /// When its last token expires. It is forgotten after that.
    pub until: Timestamp,
}

impl TokenStatus {
    /// Maximum number of ended sessions that are remembered. The next one raises the version instead, which ends all.
    pub const MAX_SIGNED_OUT: usize = 32;

    /// Whether a token of this version and session is valid.
    pub fn allows(&self, version: u32, sid: Uuid) -> bool {
        self.state == State::Active
            && self.version == version
            && !self.signed_out.iter().any(|end| end.sid == sid)
    }

    /// This token status after one more session ended at `changed_at`. Sessions whose tokens have expired at `now` are
    /// forgotten. The two times come from different clocks: the one for `changed_at` never goes back, so it may be ahead.
    #[must_use]
    pub fn without_session(mut self, end: SessionEnd, now: Timestamp, changed_at: Timestamp) -> Self {
        self.signed_out.retain(|past| past.until > now && past.sid != end.sid);
        if self.signed_out.len() >= Self::MAX_SIGNED_OUT {
            return self.next_version(changed_at);
        }
        self.signed_out.push(end);
        self.changed_at = changed_at;
        self
    }

    /// This token status with every token issued before invalid.
    #[must_use]
    pub fn next_version(self, now: Timestamp) -> Self {
        Self { version: self.version + 1, signed_out: Vec::new(), changed_at: now, ..self }
    }
}

/// The token statuses that changed recently.
#[derive(Debug, Clone)]
pub struct ChangedTokenStatuses {
    /// The current token statuses of the users.
    pub statuses: Vec<(UserId, TokenStatus)>,
    /// The store's clock at the time of the query.
    pub now: Timestamp,
}

/// The token statuses of all users, deleted ones included.
#[async_trait]
pub trait Tokens: Send + Sync {
    /// A user's token status.
    async fn token_status(&self, id: UserId) -> Result<Option<TokenStatus>, StoreError>;

    /// Every token status that changed after a time of the store's clock.
    async fn changed_since(&self, since: Timestamp) -> Result<ChangedTokenStatuses, StoreError>;

    /// Ends one session of an active account ([`TokenStatus::without_session`]).
    async fn sign_out(&self, id: UserId, end: SessionEnd) -> Result<(), StoreError>;

    /// Ends every session of an active account by a new version.
    async fn sign_out_everywhere(&self, id: UserId) -> Result<(), StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token_status() -> TokenStatus {
        TokenStatus {
            version: 1,
            signed_out: Vec::new(),
            state: State::Active,
            changed_at: Timestamp::from_millis(0),
        }
    }

    fn end(until: i64) -> SessionEnd {
        SessionEnd { sid: Uuid::now_v7(), until: Timestamp::from_millis(until) }
    }

    #[test]
    fn only_the_session_that_ended_is_invalid() {
        let (ended, other) = (end(100), Uuid::now_v7());
        let after =
            token_status().without_session(ended, Timestamp::from_millis(1), Timestamp::from_millis(1));
        assert!(!after.allows(1, ended.sid));
        assert!(after.allows(1, other));
        assert!(!after.allows(2, other));
    }

    #[test]
    fn sessions_whose_tokens_expired_are_forgotten() {
        let after = token_status()
            .without_session(end(100), Timestamp::from_millis(1), Timestamp::from_millis(900))
            .without_session(end(300), Timestamp::from_millis(200), Timestamp::from_millis(900));
        assert_eq!(after.signed_out.len(), 1);
    }

    #[test]
    fn one_session_too_many_to_remember_raises_the_version() {
        let now = Timestamp::from_millis(1);
        let full =
            (0..32).fold(token_status(), |token_status, _| token_status.without_session(end(100), now, now));
        assert_eq!((full.version, full.signed_out.len()), (1, 32));
        let after = full.without_session(end(100), now, now);
        assert_eq!((after.version, after.signed_out.len()), (2, 0));
    }
}
