//! The authenticator's part of the poll that keeps token statuses fresh.

use std::sync::Arc;

use store::{StoreError, Timestamp, TokenStatus, UserId};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Authenticator;
use crate::{Polled, poll};

impl Authenticator {
    /// Keeps the cache fresh until the shutdown: one task of each process and service.
    pub async fn poll(self, shutdown: CancellationToken) {
        poll(self, shutdown).await;
    }
}

impl Polled for Authenticator {
    const WHAT: &'static str = "token statuses";
    type Changes = Vec<(UserId, TokenStatus)>;

    async fn changed_since(&self, since: Timestamp) -> Result<(Self::Changes, Timestamp), StoreError> {
        let changed = self.shared.tokens.changed_since(since).await?;
        Ok((changed.statuses, changed.now))
    }

    fn absorb(&self, changed: Self::Changes) {
        for (user, token_status) in &changed {
            self.shared.cache.learn(*user, token_status.clone());
        }
        if !changed.is_empty() {
            // Nobody may be listening.
            let _ = self.shared.changes.send(Arc::new(changed));
        }
    }

    fn note_poll(&self, began: Instant) {
        self.shared.cache.note_poll(began);
    }
}
