//! The token statuses with faults before them.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use async_trait::async_trait;
use store::{ChangedTokenStatuses, SessionEnd, StoreError, Timestamp, TokenStatus, Tokens, UserId};

use super::{Faults, check};

pub(super) struct FaultyTokens {
    pub(super) faults: Faults,
    pub(super) tokens: Arc<dyn Tokens>,
}

impl FaultyTokens {
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
impl Tokens for FaultyTokens {
    async fn token_statuses(&self, ids: &[UserId]) -> Result<HashMap<UserId, TokenStatus>, StoreError> {
        self.answers().await;
        self.faults.0.token_status_sizes.lock().expect("nothing panics with the lock").push(ids.len());
        self.available()?;
        self.tokens.token_statuses(ids).await
    }

    async fn changed_since(&self, since: Timestamp) -> Result<ChangedTokenStatuses, StoreError> {
        self.answers().await;
        self.faults.0.polled_since.lock().expect("nothing panics with the lock").push(since);
        self.available()?;
        check(&self.faults.0.poll_unavailable)?;
        self.tokens.changed_since(since).await
    }

    async fn sign_out(&self, id: UserId, end: SessionEnd) -> Result<(), StoreError> {
        self.available()?;
        self.tokens.sign_out(id, end).await?;
        check(&self.faults.0.loses_answers)
    }

    async fn sign_out_everywhere(&self, id: UserId) -> Result<(), StoreError> {
        self.available()?;
        self.tokens.sign_out_everywhere(id).await?;
        check(&self.faults.0.loses_answers)
    }
}
