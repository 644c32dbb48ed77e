//! The trait that keeps the accounts.

use async_trait::async_trait;

use crate::{
    Account, DisplayName, NewUser, SessionEnd, StoreError, Timestamp, TokenStatus, User, UserId, Username,
};

/// What became of a sign-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Created {
    /// The account is there, with version 1 of its token status.
    User(User),
    /// Somebody has the name, perhaps in other letter case.
    Taken,
}

/// The token statuses that changed lately.
#[derive(Debug, Clone)]
pub struct ChangedTokenStatuses {
    /// Each changed user's token status as it is now.
    pub statuses: Vec<(UserId, TokenStatus)>,
    /// The store's clock when it looked.
    pub now: Timestamp,
}

/// The accounts. Absence is `Ok(None)`, never an error; a user who is being deleted, or gone, is absent from all but
/// the token statuses.
#[async_trait]
pub trait Users: Send + Sync {
    /// Creates an account unless the name is taken. Of two racing for one name exactly one succeeds.
    async fn create(&self, user: NewUser) -> Result<Created, StoreError>;

    /// The user of that id.
    async fn by_id(&self, id: UserId) -> Result<Option<User>, StoreError>;

    /// The user of that name, in whatever letter case.
    async fn by_username(&self, username: &Username) -> Result<Option<User>, StoreError>;

    /// Users by id, after one, at most `limit` (1 to [`crate::MAX_PAGE`]).
    async fn page(&self, after: Option<UserId>, limit: u32) -> Result<Vec<User>, StoreError>;

    /// The account of that name with what a log-in needs.
    async fn account_by_username(&self, username: &Username) -> Result<Option<Account>, StoreError>;

    /// The account of that id with what a log-in needs.
    async fn account_by_id(&self, id: UserId) -> Result<Option<Account>, StoreError>;

    /// Gives a user another display name. The poll sees the token status as changed, so that live sockets can follow.
    async fn rename(&self, id: UserId, display_name: &DisplayName) -> Result<Option<User>, StoreError>;

    /// Sets a new password if the present one's hash is still `old_hash`, and ends every session by a new version,
    /// together with a new display name if one is given. `None` when the user is absent or the hash is another.
    /// `updated_at` is then equal to the token status's `changed_at`; no other way of ending every session makes them equal.
    async fn change_password(
        &self,
        id: UserId,
        old_hash: &str,
        new_hash: &str,
        display_name: Option<&DisplayName>,
    ) -> Result<Option<Account>, StoreError>;

    /// Keeps another hash of the same password, if the present one is still `old_hash`. No session ends.
    async fn replace_hash(&self, id: UserId, old_hash: &str, new_hash: &str) -> Result<(), StoreError>;

    /// Ends one session ([`TokenStatus::without_session`]).
    async fn sign_out(&self, id: UserId, end: SessionEnd) -> Result<(), StoreError>;

    /// Ends every session by a new version.
    async fn sign_out_everywhere(&self, id: UserId) -> Result<(), StoreError>;

    /// A user's token status, also when being deleted or gone.
    async fn token_status(&self, id: UserId) -> Result<Option<TokenStatus>, StoreError>;

    /// Every token status that changed after a moment of the store's clock.
    async fn changed_since(&self, since: Timestamp) -> Result<ChangedTokenStatuses, StoreError>;

    /// First step of a deletion: nothing of the user is accepted any more and every session ends. False when there
    /// is no such user, or the deletion began already.
    async fn begin_deletion(&self, id: UserId) -> Result<bool, StoreError>;

    /// Third and fourth step: drops what is personal, marks the user deleted and frees the name.
    async fn finish_deletion(&self, id: UserId) -> Result<(), StoreError>;

    /// The users whose deletion began and did not finish.
    async fn unfinished_deletions(&self) -> Result<Vec<UserId>, StoreError>;

    /// Answers when the store can be used.
    async fn ping(&self) -> Result<(), StoreError>;
}
