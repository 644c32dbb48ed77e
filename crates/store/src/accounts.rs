//! Accounts: users with their names and passwords, and the trait that keeps them.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;

use crate::{ClaimId, DisplayName, StoreError, Timestamp, TokenStatus, UserId, Username};

/// A user as everybody may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Never changes.
    pub id: UserId,
    /// As typed at sign-up. Never changes.
    pub username: String,
    /// The name that others see.
    pub display_name: String,
    /// When the user signed up.
    pub created_at: Timestamp,
    /// When the user or the password last changed.
    pub updated_at: Timestamp,
}

/// An account to create.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The user name. It must be free.
    pub username: Username,
    /// The name that others see.
    pub display_name: DisplayName,
    /// The password's hash in PHC string form.
    pub password_hash: String,
}

/// A user with the data for a log-in.
#[derive(Clone)]
pub struct Account {
    /// The public part.
    pub user: User,
    /// The password's hash in PHC string form.
    pub password_hash: String,
    /// Which tokens are valid.
    pub token_status: TokenStatus,
}

/// A part of the list of users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserPage {
    /// The users, in the order of their ids.
    pub users: Vec<User>,
    /// Whether there are users after the last one.
    pub has_more: bool,
}

impl UserPage {
    /// The page of users that were read with one more than `limit`, to see whether there are more.
    pub(crate) fn of(mut users: Vec<User>, limit: u32) -> Self {
        let has_more = users.len() > limit as usize;
        users.truncate(limit as usize);
        Self { users, has_more }
    }
}

/// The result of a sign-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Created {
    /// The account exists now, with version 1 of its token status.
    User(User),
    /// The name is taken, perhaps in other letter case.
    Taken,
}

/// The accounts. An absent account is `Ok(None)`, never an error. Accounts whose deletion has begun are absent.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Creates an account unless the name is taken. If two race for one name, exactly one gets it.
    async fn create(&self, user: NewUser) -> Result<Created, StoreError>;

    /// The user with this id.
    async fn by_id(&self, id: UserId) -> Result<Option<User>, StoreError>;

    /// Any number of users, by one question. Those who are not there are missing.
    async fn by_ids(&self, ids: &[UserId]) -> Result<HashMap<UserId, User>, StoreError>;

    /// The users who have one of these names, in any letter case, by one question and in any order.
    async fn by_usernames(&self, usernames: &[Username]) -> Result<Vec<User>, StoreError>;

    /// The user with this name, in any letter case.
    async fn by_username(&self, username: &Username) -> Result<Option<User>, StoreError>;

    /// The users after an id, in the order of their ids, at most `limit` (1 to [`crate::MAX_PAGE`]).
    ///
    /// The same [`Arc`] as before means that nothing of the page has changed.
    async fn page(&self, after: Option<UserId>, limit: u32) -> Result<Arc<UserPage>, StoreError>;

    /// The account with this name, in any letter case.
    async fn account_by_username(&self, username: &Username) -> Result<Option<Account>, StoreError>;

    /// The account with this id.
    async fn account_by_id(&self, id: UserId) -> Result<Option<Account>, StoreError>;

    /// Changes the display name. The poll reports the token status as changed, so that live sockets get the new name.
    async fn rename(&self, id: UserId, display_name: &DisplayName) -> Result<Option<User>, StoreError>;

    /// Sets a new password if the stored hash is still `old_hash`, ends every session by a new version of the token status,
    /// and sets a new display name if one is given. `None` when the account is absent or has another hash.
    /// `updated_at` then equals the token status's `changed_at`; nothing else that ends every session makes them equal.
    async fn change_password(
        &self,
        id: UserId,
        old_hash: &str,
        new_hash: &str,
        display_name: Option<&DisplayName>,
    ) -> Result<Option<Account>, StoreError>;

    /// Stores another hash of the same password, if the stored one is still `old_hash`. No session ends.
    async fn replace_hash(&self, id: UserId, old_hash: &str, new_hash: &str) -> Result<(), StoreError>;

    /// First step of a deletion: every session ends, and nothing more is accepted from the user. False when there is no
    /// such user, or the deletion has begun before.
    async fn begin_deletion(&self, id: UserId) -> Result<bool, StoreError>;

    /// Last step of a deletion: removes the personal data, marks the account deleted, frees the name, and ends the claim.
    async fn finish_deletion(&self, id: UserId) -> Result<(), StoreError>;

    /// Users whose deletion has a step due that nobody has claimed: it has begun and is not finished, or is to be gone through
    /// a second time. The cost does not depend on the number of other users.
    async fn due_deletions(&self) -> Result<Vec<UserId>, StoreError>;

    /// Claims a due deletion for a time ([`crate::DELETION_CLAIM_TIMEOUT`]), or renews the claim. False when somebody else has claimed
    /// it, or nothing is due.
    async fn claim_deletion(&self, id: UserId, claim: ClaimId) -> Result<bool, StoreError>;

    /// Ends a claim, if it is the present one.
    async fn release_deletion(&self, id: UserId, claim: ClaimId) -> Result<(), StoreError>;

    /// Returns when the store can be used.
    async fn ping(&self) -> Result<(), StoreError>;
}
