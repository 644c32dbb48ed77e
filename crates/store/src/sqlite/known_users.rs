//! Users and parts of the list of users, kept while no account changes.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{Transaction, params};
use uuid::Uuid;

use super::Sqlite;
use super::accounts::{active_account, user};
use super::generations::{Kept, Part};
use crate::{Account, MAX_PAGE, StoreError, User, UserId, UserPage};

/// Maximum number of users that are kept by id.
const MAX_USERS: u64 = 10_000;
/// Maximum number of users in the parts of the list that are kept.
const MAX_LISTED_USERS: u64 = 10_000;

/// What is kept of the accounts. Never a password's hash or a token status.
pub(super) struct KnownUsers {
    by_id: Kept<UserId, Arc<User>>,
    /// By what was asked for.
    pages: Kept<(Option<UserId>, u32), Arc<UserPage>>,
}

impl Default for KnownUsers {
    fn default() -> Self {
        let listed = |page: &Arc<UserPage>| page.users.len().try_into().unwrap_or(u32::MAX).max(1);
        Self { by_id: Kept::new(MAX_USERS, |_| 1), pages: Kept::new(MAX_LISTED_USERS, listed) }
    }
}

impl Sqlite {
    pub(super) async fn known_by_ids(&self, ids: &[UserId]) -> Result<HashMap<UserId, User>, StoreError> {
        let generation = self.generations.of(Part::Accounts);
        let (mut users, mut unknown) = (HashMap::with_capacity(ids.len()), Vec::new());
        for &id in ids {
            match self.users.by_id.get(&id, generation) {
                Some(user) => drop(users.insert(id, User::clone(&user))),
                None => unknown.push(id),
            }
        }
        if unknown.is_empty() {
            return Ok(users);
        }
        let read = move |tx: &Transaction<'_>| {
            let found = unknown.into_iter().map(|id| active_account(tx, id));
            found.filter_map(Result::transpose).collect::<Result<Vec<_>, _>>()
        };
        for Account { user, .. } in self.read(read).await? {
            self.users.by_id.keep(user.id, generation, Arc::new(user.clone()));
            users.insert(user.id, user);
        }
        Ok(users)
    }

    pub(super) async fn known_page(
        &self,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Arc<UserPage>, StoreError> {
        let limit = limit.clamp(1, MAX_PAGE);
        let (key, generation) = ((after, limit), self.generations.of(Part::Accounts));
        if let Some(page) = self.users.pages.get(&key, generation) {
            return Ok(page);
        }
        let users = self.read_for_client(move |tx| users_after(tx, after, limit + 1)).await?;
        let page = Arc::new(UserPage::of(users, limit));
        self.users.pages.keep(key, generation, Arc::clone(&page));
        Ok(page)
    }
}

fn users_after(tx: &Transaction<'_>, after: Option<UserId>, count: u32) -> rusqlite::Result<Vec<User>> {
    let sql = "SELECT * FROM users WHERE id > ?1 AND state = 'active' ORDER BY id LIMIT ?2";
    tx.prepare_cached(sql)?.query_map(params![after.unwrap_or(UserId(Uuid::nil())), count], user)?.collect()
}
