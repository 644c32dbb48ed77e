//! The users whose subscriptions are to be compared with their memberships. Each is noted once.

use std::collections::HashSet;
use std::mem;

use parking_lot::Mutex;
use store::UserId;
use tokio::sync::Notify;

/// Those users.
#[derive(Default)]
pub(crate) struct Unverified {
    users: Mutex<HashSet<UserId>>,
    added: Notify,
}

impl Unverified {
    /// Notes a user.
    pub(crate) fn add(&self, user: UserId) {
        self.users.lock().insert(user);
        self.added.notify_one();
    }

    /// Waits for users, and takes them.
    pub(crate) async fn next(&self) -> HashSet<UserId> {
        loop {
            let users = mem::take(&mut *self.users.lock());
            if !users.is_empty() {
                return users;
            }
            self.added.notified().await;
        }
    }
}
