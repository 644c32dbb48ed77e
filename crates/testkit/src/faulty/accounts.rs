//! The accounts with faults before them.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use async_trait::async_trait;
use store::{
    Account, Accounts, ClaimId, Created, DisplayName, NewUser, StoreError, User, UserId, UserPage, Username,
};

use super::{Faults, check};

pub(super) struct FaultyAccounts {
    pub(super) faults: Faults,
    pub(super) accounts: Arc<dyn Accounts>,
}

impl FaultyAccounts {
    fn available(&self) -> Result<(), StoreError> {
        check(&self.faults.0.users_unavailable)
    }

    fn has_room(&self) -> Result<(), StoreError> {
        match self.faults.0.disk_full.load(Ordering::SeqCst) {
            true => Err(StoreError::Full),
            false => Ok(()),
        }
    }
}

impl Faults {
    /// How many questions for users by their names began.
    pub fn name_questions(&self) -> usize {
        self.0.name_questions.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Accounts for FaultyAccounts {
    async fn create(&self, user: NewUser) -> Result<Created, StoreError> {
        self.available()?;
        self.has_room()?;
        self.accounts.create(user).await
    }

    async fn by_id(&self, id: UserId) -> Result<Option<User>, StoreError> {
        self.available()?;
        self.accounts.by_id(id).await
    }

    async fn by_ids(&self, ids: &[UserId]) -> Result<HashMap<UserId, User>, StoreError> {
        self.available()?;
        self.accounts.by_ids(ids).await
    }

    async fn by_usernames(&self, usernames: &[Username]) -> Result<Vec<User>, StoreError> {
        self.faults.0.name_questions.fetch_add(1, Ordering::SeqCst);
        self.available()?;
        self.accounts.by_usernames(usernames).await
    }

    async fn by_username(&self, username: &Username) -> Result<Option<User>, StoreError> {
        self.available()?;
        self.accounts.by_username(username).await
    }

    async fn page(&self, after: Option<UserId>, limit: u32) -> Result<Arc<UserPage>, StoreError> {
        self.available()?;
        self.accounts.page(after, limit).await
    }

    async fn account_by_username(&self, username: &Username) -> Result<Option<Account>, StoreError> {
        self.available()?;
        self.accounts.account_by_username(username).await
    }

    async fn account_by_id(&self, id: UserId) -> Result<Option<Account>, StoreError> {
        self.available()?;
        self.accounts.account_by_id(id).await
    }

    async fn rename(&self, id: UserId, display_name: &DisplayName) -> Result<Option<User>, StoreError> {
        self.available()?;
        self.accounts.rename(id, display_name).await
    }

    async fn change_password(
        &self,
        id: UserId,
        old_hash: &str,
        new_hash: &str,
        display_name: Option<&DisplayName>,
    ) -> Result<Option<Account>, StoreError> {
        self.available()?;
        let changed = self.accounts.change_password(id, old_hash, new_hash, display_name).await;
        check(&self.faults.0.loses_answers)?;
        changed
    }

    async fn replace_hash(&self, id: UserId, old_hash: &str, new_hash: &str) -> Result<(), StoreError> {
        self.available()?;
        self.accounts.replace_hash(id, old_hash, new_hash).await
    }

    async fn begin_deletion(&self, id: UserId) -> Result<bool, StoreError> {
        self.available()?;
        let begun = self.accounts.begin_deletion(id).await;
        check(&self.faults.0.loses_answers)?;
        begun
    }

    async fn finish_deletion(&self, id: UserId) -> Result<(), StoreError> {
        self.available()?;
        self.accounts.finish_deletion(id).await
    }

    async fn due_deletions(&self) -> Result<Vec<UserId>, StoreError> {
        self.available()?;
        self.accounts.due_deletions().await
    }

    async fn claim_deletion(&self, id: UserId, claim: ClaimId) -> Result<bool, StoreError> {
        self.available()?;
        self.accounts.claim_deletion(id, claim).await
    }

    async fn release_deletion(&self, id: UserId, claim: ClaimId) -> Result<(), StoreError> {
        self.available()?;
        self.accounts.release_deletion(id, claim).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.available()?;
        self.has_room()?;
        self.accounts.ping().await
    }
}
