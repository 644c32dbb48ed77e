//! A store whose accounts go away when a test says so. The chat's and the users service's tests use it too.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use store::{
    Account, ChangedTokenStatuses, Created, DisplayName, NewUser, SessionEnd, StoreError, Stores, Timestamp,
    TokenStatus, User, UserId, Username, Users,
};

/// What is away.
#[derive(Clone, Default)]
pub(crate) struct Fault {
    all: Arc<AtomicBool>,
    poll: Arc<AtomicBool>,
    silent: Arc<AtomicBool>,
    polled_since: Arc<Mutex<Vec<Timestamp>>>,
}

impl Fault {
    /// Every question fails, or none.
    pub(crate) fn everything(&self, away: bool) {
        self.all.store(away, Ordering::SeqCst);
    }

    /// Only the poll for changed token statuses fails, or nothing.
    pub(crate) fn poll(&self, away: bool) {
        self.poll.store(away, Ordering::SeqCst);
    }

    /// No question about a token status is answered any more.
    #[allow(dead_code, reason = "not each of the test programs that share this file silences it")]
    pub(crate) fn silence(&self) {
        self.silent.store(true, Ordering::SeqCst);
    }

    /// The moments since which the poll has asked for changes so far.
    #[allow(dead_code, reason = "not each of the test programs that share this file looks")]
    pub(crate) fn polled_since(&self) -> Vec<Timestamp> {
        self.polled_since.lock().expect("no test panics while it holds this").clone()
    }

    /// Puts this fault before a store's accounts.
    pub(crate) fn before(&self, stores: Stores) -> Stores {
        Stores { users: Arc::new(Faulty { fault: self.clone(), users: stores.users }), ..stores }
    }

    async fn answer(&self) {
        if self.silent.load(Ordering::SeqCst) {
            std::future::pending().await
        }
    }

    fn check(&self) -> Result<(), StoreError> {
        if self.all.load(Ordering::SeqCst) { Err(away()) } else { Ok(()) }
    }
}

fn away() -> StoreError {
    StoreError::Unavailable("a test took it away".into())
}

struct Faulty {
    fault: Fault,
    users: Arc<dyn Users>,
}

#[async_trait]
impl Users for Faulty {
    async fn create(&self, user: NewUser) -> Result<Created, StoreError> {
        self.fault.check()?;
        self.users.create(user).await
    }

    async fn by_id(&self, id: UserId) -> Result<Option<User>, StoreError> {
        self.fault.check()?;
        self.users.by_id(id).await
    }

    async fn by_username(&self, username: &Username) -> Result<Option<User>, StoreError> {
        self.fault.check()?;
        self.users.by_username(username).await
    }

    async fn page(&self, after: Option<UserId>, limit: u32) -> Result<Vec<User>, StoreError> {
        self.fault.check()?;
        self.users.page(after, limit).await
    }

    async fn account_by_username(&self, username: &Username) -> Result<Option<Account>, StoreError> {
        self.fault.check()?;
        self.users.account_by_username(username).await
    }

    async fn account_by_id(&self, id: UserId) -> Result<Option<Account>, StoreError> {
        self.fault.check()?;
        self.users.account_by_id(id).await
    }

    async fn rename(&self, id: UserId, display_name: &DisplayName) -> Result<Option<User>, StoreError> {
        self.fault.check()?;
        self.users.rename(id, display_name).await
    }

    async fn change_password(
        &self,
        id: UserId,
        old_hash: &str,
        new_hash: &str,
        display_name: Option<&DisplayName>,
    ) -> Result<Option<Account>, StoreError> {
        self.fault.check()?;
        self.users.change_password(id, old_hash, new_hash, display_name).await
    }

    async fn replace_hash(&self, id: UserId, old_hash: &str, new_hash: &str) -> Result<(), StoreError> {
        self.fault.check()?;
        self.users.replace_hash(id, old_hash, new_hash).await
    }

    async fn sign_out(&self, id: UserId, end: SessionEnd) -> Result<(), StoreError> {
        self.fault.check()?;
        self.users.sign_out(id, end).await
    }

    async fn sign_out_everywhere(&self, id: UserId) -> Result<(), StoreError> {
        self.fault.check()?;
        self.users.sign_out_everywhere(id).await
    }

    async fn token_status(&self, id: UserId) -> Result<Option<TokenStatus>, StoreError> {
        self.fault.answer().await;
        self.fault.check()?;
        self.users.token_status(id).await
    }

    async fn changed_since(&self, since: Timestamp) -> Result<ChangedTokenStatuses, StoreError> {
        self.fault.answer().await;
        self.fault.polled_since.lock().expect("no test panics while it holds this").push(since);
        self.fault.check()?;
        if self.fault.poll.load(Ordering::SeqCst) {
            return Err(away());
        }
        self.users.changed_since(since).await
    }

    async fn begin_deletion(&self, id: UserId) -> Result<bool, StoreError> {
        self.fault.check()?;
        self.users.begin_deletion(id).await
    }

    async fn finish_deletion(&self, id: UserId) -> Result<(), StoreError> {
        self.fault.check()?;
        self.users.finish_deletion(id).await
    }

    async fn unfinished_deletions(&self) -> Result<Vec<UserId>, StoreError> {
        self.fault.check()?;
        self.users.unfinished_deletions().await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.fault.check()?;
        self.users.ping().await
    }
}
