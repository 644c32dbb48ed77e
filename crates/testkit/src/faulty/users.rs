//! The accounts with faults before them.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use async_trait::async_trait;
use store::{
    Account, ChangedTokenStatuses, Created, DisplayName, NewUser, SessionEnd, StoreError, Timestamp,
    TokenStatus, User, UserId, Username, Users,
};

use super::{Faults, check};

pub(super) struct FaultyUsers {
    pub(super) faults: Faults,
    pub(super) users: Arc<dyn Users>,
}

impl FaultyUsers {
    fn available(&self) -> Result<(), StoreError> {
        check(&self.faults.0.users_unavailable)
    }

    /// Never returns while questions about token statuses are left without an answer.
    async fn answers(&self) {
        if self.faults.0.token_status_hangs.load(Ordering::SeqCst) {
            std::future::pending().await
        }
    }
}

#[async_trait]
impl Users for FaultyUsers {
    async fn create(&self, user: NewUser) -> Result<Created, StoreError> {
        self.available()?;
        self.users.create(user).await
    }

    async fn by_id(&self, id: UserId) -> Result<Option<User>, StoreError> {
        self.available()?;
        self.users.by_id(id).await
    }

    async fn by_username(&self, username: &Username) -> Result<Option<User>, StoreError> {
        self.available()?;
        self.users.by_username(username).await
    }

    async fn page(&self, after: Option<UserId>, limit: u32) -> Result<Vec<User>, StoreError> {
        self.available()?;
        self.users.page(after, limit).await
    }

    async fn account_by_username(&self, username: &Username) -> Result<Option<Account>, StoreError> {
        self.available()?;
        self.users.account_by_username(username).await
    }

    async fn account_by_id(&self, id: UserId) -> Result<Option<Account>, StoreError> {
        self.available()?;
        self.users.account_by_id(id).await
    }

    async fn rename(&self, id: UserId, display_name: &DisplayName) -> Result<Option<User>, StoreError> {
        self.available()?;
        self.users.rename(id, display_name).await
    }

    async fn change_password(
        &self,
        id: UserId,
        old_hash: &str,
        new_hash: &str,
        display_name: Option<&DisplayName>,
    ) -> Result<Option<Account>, StoreError> {
        self.available()?;
        self.users.change_password(id, old_hash, new_hash, display_name).await
    }

    async fn replace_hash(&self, id: UserId, old_hash: &str, new_hash: &str) -> Result<(), StoreError> {
        self.available()?;
        self.users.replace_hash(id, old_hash, new_hash).await
    }

    async fn sign_out(&self, id: UserId, end: SessionEnd) -> Result<(), StoreError> {
        self.available()?;
        self.users.sign_out(id, end).await
    }

    async fn sign_out_everywhere(&self, id: UserId) -> Result<(), StoreError> {
        self.available()?;
        self.users.sign_out_everywhere(id).await
    }

    async fn token_status(&self, id: UserId) -> Result<Option<TokenStatus>, StoreError> {
        self.answers().await;
        self.available()?;
        self.users.token_status(id).await
    }

    async fn changed_since(&self, since: Timestamp) -> Result<ChangedTokenStatuses, StoreError> {
        self.answers().await;
        self.faults.0.polled_since.lock().expect("nothing panics with the lock").push(since);
        self.available()?;
        check(&self.faults.0.poll_unavailable)?;
        self.users.changed_since(since).await
    }

    async fn begin_deletion(&self, id: UserId) -> Result<bool, StoreError> {
        self.available()?;
        self.users.begin_deletion(id).await
    }

    async fn finish_deletion(&self, id: UserId) -> Result<(), StoreError> {
        self.available()?;
        self.users.finish_deletion(id).await
    }

    async fn unfinished_deletions(&self) -> Result<Vec<UserId>, StoreError> {
        self.available()?;
        self.users.unfinished_deletions().await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.available()?;
        self.users.ping().await
    }
}
