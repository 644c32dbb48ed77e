//! A user as shown, and what is kept beside it.

use uuid::Uuid;

use crate::{DisplayName, Timestamp, UserId, Username};

/// A user as everybody may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// For life.
    pub id: UserId,
    /// For life, as typed at sign-up.
    pub username: String,
    /// Changed at will.
    pub display_name: String,
    /// When the user signed up.
    pub created_at: Timestamp,
    /// When something of this was last changed.
    pub updated_at: Timestamp,
}

/// What a sign-up brings.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The name that must be free.
    pub username: Username,
    /// What others will read.
    pub display_name: DisplayName,
    /// The password's hash in PHC string form.
    pub password_hash: String,
}

/// A user with what a log-in needs.
#[derive(Clone)]
pub struct Account {
    /// The public part.
    pub user: User,
    /// The password's hash in PHC string form.
    pub password_hash: String,
    /// Which tokens are good.
    pub token_status: TokenStatus,
}

/// Where a user is in life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// May log in, read and write.
    Active,
    /// Is being deleted: nothing is accepted any more.
    Deleting,
    /// Only the id is left.
    Deleted,
}

impl State {
    /// The state of that name.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Deleting, Self::Deleted].into_iter().find(|state| state.as_str() == text)
    }

    /// The name by which it is stored.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Deleting => "deleting",
            Self::Deleted => "deleted",
        }
    }
}

/// Which tokens of a user are good: those of the present version whose session has not been ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenStatus {
    /// Tokens of another version are no longer good.
    pub ver: u32,
    /// Sessions that ended before their tokens expired; at most [`TokenStatus::MAX_SIGNED_OUT`].
    pub signed_out: Vec<SessionEnd>,
    /// Only an active user's tokens are good.
    pub state: State,
    /// When this or the display name last changed, by the store's clock.
    pub changed_at: Timestamp,
}

/// A session that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionEnd {
    /// The session, a claim of its tokens.
    pub sid: Uuid,
    /// When its last token expires, after which it need not be remembered.
    pub until: Timestamp,
}

impl TokenStatus {
    /// So many ended sessions are remembered; the next one raises the version instead, which ends them all.
    pub const MAX_SIGNED_OUT: usize = 32;

    /// Whether a token of this version and session is good.
    pub fn allows(&self, ver: u32, sid: Uuid) -> bool {
        self.state == State::Active && self.ver == ver && !self.signed_out.iter().any(|end| end.sid == sid)
    }

    /// This token status after one more session ended at `changed_at`. Sessions whose tokens have expired by `now` are
    /// forgotten; it is another clock, since the one that stamps changes never goes back and may be ahead.
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

    /// This token status with every token issued so far no longer good.
    #[must_use]
    pub fn next_version(self, now: Timestamp) -> Self {
        Self { ver: self.ver + 1, signed_out: Vec::new(), changed_at: now, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token_status() -> TokenStatus {
        TokenStatus {
            ver: 1,
            signed_out: Vec::new(),
            state: State::Active,
            changed_at: Timestamp::from_millis(0),
        }
    }

    fn end(until: i64) -> SessionEnd {
        SessionEnd { sid: Uuid::now_v7(), until: Timestamp::from_millis(until) }
    }

    #[test]
    fn only_the_session_that_ended_is_out() {
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
        assert_eq!((full.ver, full.signed_out.len()), (1, 32));
        let after = full.without_session(end(100), now, now);
        assert_eq!((after.ver, after.signed_out.len()), (2, 0));
    }
}
