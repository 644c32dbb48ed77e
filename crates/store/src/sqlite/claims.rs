//! The claims to deletions, in memory: the file belongs to one process, and no claim outlives it.

use std::collections::HashMap;
use std::time::Instant;

use parking_lot::Mutex;

use crate::{ClaimId, DELETION_CLAIM_TIMEOUT, UserId};

/// The present claims.
#[derive(Default)]
pub(super) struct Claims {
    by_user: Mutex<HashMap<UserId, (ClaimId, Instant)>>,
}

impl Claims {
    pub(super) fn is_free(&self, user: UserId) -> bool {
        self.by_user.lock().get(&user).is_none_or(|(_, at)| at.elapsed() >= DELETION_CLAIM_TIMEOUT)
    }

    /// Claims a user, or renews the claim. False when somebody else has a claim.
    pub(super) fn claim(&self, user: UserId, claim: ClaimId) -> bool {
        let mut by_user = self.by_user.lock();
        let is_free =
            by_user.get(&user).is_none_or(|(by, at)| *by == claim || at.elapsed() >= DELETION_CLAIM_TIMEOUT);
        if is_free {
            by_user.insert(user, (claim, Instant::now()));
        }
        is_free
    }

    /// Ends a claim, if it is the present one.
    pub(super) fn release(&self, user: UserId, claim: ClaimId) {
        let mut by_user = self.by_user.lock();
        if by_user.get(&user).is_some_and(|(by, _)| *by == claim) {
            by_user.remove(&user);
        }
    }

    /// Ends any claim to a user.
    pub(super) fn end(&self, user: UserId) {
        self.by_user.lock().remove(&user);
    }
}
