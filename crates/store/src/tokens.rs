//! Token statuses: which of a user's session tokens are valid, and the trait that keeps them.
//!
//! A counter orders the changes of one status. A clock stamps them for the poll, and orders nothing: the clocks of two
//! servers of one store may differ.

use std::collections::HashMap;

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
    /// How often this or the display name has changed: of two statuses of a user the one with more changes is the later
    /// one. The store counts in the write that makes the change.
    pub changes: u64,
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
        Self { changes: self.changes + 1, changed_at, ..self }
    }

    /// This token status with every token issued before invalid.
    #[must_use]
    pub fn next_version(self, now: Timestamp) -> Self {
        let (version, changes) = (self.version + 1, self.changes + 1);
        Self { version, signed_out: Vec::new(), changes, changed_at: now, ..self }
    }

    /// Whether it is a later status of the same user than another one. The version counts first: an earlier release, which
    /// may still run beside this one, raises it and counts no changes.
    pub fn is_later_than(&self, other: &Self) -> bool {
        (self.version, self.changes) > (other.version, other.changes)
    }
}

/// The token statuses that changed recently.
#[derive(Debug, Clone)]
pub struct ChangedTokenStatuses {
    /// The current token statuses of the users.
    pub statuses: Vec<(UserId, TokenStatus)>,
    /// The store's clock as of this answer: a change that the answer lacks has a later time, less what may pass between
    /// the time of a change and its commit (a few seconds). It may go back.
    pub now: Timestamp,
}

/// The token statuses of all users, deleted ones included.
#[async_trait]
pub trait Tokens: Send + Sync {
    /// A user's token status.
    async fn token_status(&self, id: UserId) -> Result<Option<TokenStatus>, StoreError> {
        Ok(self.token_statuses(&[id]).await?.remove(&id))
    }

    /// The token statuses of any number of users, by one question. Users who never were are missing.
    async fn token_statuses(&self, ids: &[UserId]) -> Result<HashMap<UserId, TokenStatus>, StoreError>;

    /// Every token status that changed after a time of the store's clock.
    async fn changed_since(&self, since: Timestamp) -> Result<ChangedTokenStatuses, StoreError>;

    /// The store's clock, perhaps some seconds late.
    async fn clock(&self) -> Result<Timestamp, StoreError> {
        let end_of_time = Timestamp::from_millis(i64::MAX);
        Ok(self.changed_since(end_of_time).await?.now)
    }

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
            changes: 7,
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
        assert_eq!((full.version, full.signed_out.len(), full.changes), (1, 32, 39));
        let after = full.without_session(end(100), now, now);
        assert_eq!((after.version, after.signed_out.len(), after.changes), (2, 0, 40));
    }

    #[test]
    fn changes_order_two_statuses_whatever_the_clock_says() {
        let first = token_status().next_version(Timestamp::from_millis(30_000));
        let second =
            first.clone().without_session(end(100), Timestamp::from_millis(1), Timestamp::from_millis(1));
        assert!(second.is_later_than(&first) && !first.is_later_than(&second));
        assert!(!first.is_later_than(&first.clone()));
        let uncounted = TokenStatus { version: first.version + 1, changes: 0, ..first.clone() };
        assert!(uncounted.is_later_than(&first), "an earlier release raised the version");
    }
}
