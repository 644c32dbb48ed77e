//! The accounts in SQLite.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::Sqlite;
use super::generations::Part;
use super::tokens::{clock, one, set_token_status, token_status};
use crate::{
    Account, Accounts, ClaimId, Created, DisplayName, NewUser, State, StoreError, Timestamp, TokenStatus,
    Tokens, User, UserId, UserPage, Username,
};

#[async_trait]
impl Accounts for Sqlite {
    async fn create(&self, new: NewUser) -> Result<Created, StoreError> {
        self.add(Part::Accounts, move |tx| create(tx, &new)).await
    }

    async fn by_id(&self, id: UserId) -> Result<Option<User>, StoreError> {
        Ok(self.known_by_ids(&[id]).await?.remove(&id))
    }

    async fn by_ids(&self, ids: &[UserId]) -> Result<HashMap<UserId, User>, StoreError> {
        self.known_by_ids(ids).await
    }

    async fn by_usernames(&self, usernames: &[Username]) -> Result<Vec<User>, StoreError> {
        let folded: Vec<_> = usernames.iter().map(|name| name.folded().to_owned()).collect();
        self.read(move |tx| {
            let sql = "SELECT * FROM users WHERE folded = ?1 AND state = 'active'";
            let found = folded.into_iter().map(|name| one(tx, sql, [name], user));
            found.filter_map(Result::transpose).collect()
        })
        .await
    }

    async fn by_username(&self, username: &Username) -> Result<Option<User>, StoreError> {
        Ok(self.account_by_username(username).await?.map(|account| account.user))
    }

    async fn page(&self, after: Option<UserId>, limit: u32) -> Result<Arc<UserPage>, StoreError> {
        self.known_page(after, limit).await
    }

    async fn account_by_username(&self, username: &Username) -> Result<Option<Account>, StoreError> {
        let folded = username.folded().to_owned();
        self.read(move |tx| {
            one(tx, "SELECT * FROM users WHERE folded = ?1 AND state = 'active'", [folded], account)
        })
        .await
    }

    async fn account_by_id(&self, id: UserId) -> Result<Option<Account>, StoreError> {
        self.read(move |tx| active_account(tx, id)).await
    }

    async fn rename(&self, id: UserId, display_name: &DisplayName) -> Result<Option<User>, StoreError> {
        let display_name = display_name.clone();
        self.add(Part::Accounts, move |tx| {
            set_display_name(tx, id, &display_name)?;
            Ok(active_account(tx, id)?.map(|account| account.user))
        })
        .await
    }

    async fn change_password(
        &self,
        id: UserId,
        old_hash: &str,
        new_hash: &str,
        display_name: Option<&DisplayName>,
    ) -> Result<Option<Account>, StoreError> {
        let (old_hash, new_hash) = (old_hash.to_owned(), new_hash.to_owned());
        let display_name = display_name.cloned();
        self.write(Part::Accounts, move |tx| {
            let Some(before) = active_account(tx, id)?.filter(|account| account.password_hash == old_hash)
            else {
                return Ok(None);
            };
            if let Some(display_name) = &display_name {
                set_display_name(tx, id, display_name)?;
            }
            let now = clock(tx)?;
            let sql = "UPDATE users SET password_hash = ?2, updated_at = ?3 WHERE id = ?1";
            tx.prepare_cached(sql)?.execute(params![id, new_hash, now])?;
            set_token_status(tx, id, &before.token_status.next_version(now))?;
            active_account(tx, id)
        })
        .await
    }

    async fn replace_hash(&self, id: UserId, old_hash: &str, new_hash: &str) -> Result<(), StoreError> {
        let (old_hash, new_hash) = (old_hash.to_owned(), new_hash.to_owned());
        self.add(Part::Accounts, move |tx| {
            let sql = "UPDATE users SET password_hash = ?3
                       WHERE id = ?1 AND password_hash = ?2 AND state = 'active'";
            tx.prepare_cached(sql)?.execute(params![id, old_hash, new_hash]).map(drop)
        })
        .await
    }

    async fn begin_deletion(&self, id: UserId) -> Result<bool, StoreError> {
        self.write(Part::Accounts, move |tx| {
            let Some(account) = active_account(tx, id)? else { return Ok(false) };
            let ended =
                TokenStatus { state: State::Deleting, ..account.token_status.next_version(clock(tx)?) };
            set_token_status(tx, id, &ended)?;
            Ok(true)
        })
        .await
    }

    async fn finish_deletion(&self, id: UserId) -> Result<(), StoreError> {
        self.write(Part::Accounts, move |tx| {
            tx.prepare_cached(
                "UPDATE users SET username = '', folded = NULL, display_name = '', folded_display = '', password_hash = '',
                                  updated_at = ?2
                 WHERE id = ?1 AND state = 'deleting'",
            )?
            .execute(params![id, Timestamp::now()])
        })
        .await?;
        // A reader may keep the log from being emptied. The name is free by now, and this alone is tried again: a deletion
        // whose old data may still be in the log is resumed.
        self.writer.checkpoint().await?;
        self.write(Part::Accounts, move |tx| {
            let sql = "UPDATE users SET state = 'deleted', changes = changes + 1, changed_at = ?2
                       WHERE id = ?1 AND state = 'deleting'";
            tx.prepare_cached(sql)?.execute(params![id, clock(tx)?])
        })
        .await?;
        self.claims.end(id);
        Ok(())
    }

    async fn due_deletions(&self) -> Result<Vec<UserId>, StoreError> {
        let begun: Vec<UserId> = self
            .read(|tx| {
                tx.prepare_cached("SELECT id FROM users WHERE state = 'deleting'")?
                    .query_map([], |row| row.get("id"))?
                    .collect()
            })
            .await?;
        Ok(begun.into_iter().filter(|&id| self.claims.is_free(id)).collect())
    }

    async fn claim_deletion(&self, id: UserId, claim: ClaimId) -> Result<bool, StoreError> {
        let status = self.token_status(id).await?;
        Ok(status.is_some_and(|status| status.state == State::Deleting) && self.claims.claim(id, claim))
    }

    async fn release_deletion(&self, id: UserId, claim: ClaimId) -> Result<(), StoreError> {
        self.claims.release(id, claim);
        Ok(())
    }

    async fn ping(&self) -> Result<(), StoreError> {
        let space = Arc::clone(&self.space);
        let is_full = self.read(move |tx| {
            tx.query_row("SELECT 1 FROM users LIMIT 1", [], |_| Ok(())).optional()?;
            Ok(space.is_full())
        });
        if is_full.await? { Err(StoreError::Full) } else { Ok(()) }
    }
}

fn create(tx: &Transaction<'_>, new: &NewUser) -> rusqlite::Result<Created> {
    let taken =
        tx.prepare_cached("SELECT 1 FROM users WHERE folded = ?1")?.exists([new.username.folded()])?;
    if taken {
        return Ok(Created::Taken);
    }
    let now = Timestamp::now();
    let user = User {
        id: UserId::new(),
        username: new.username.as_str().to_owned(),
        display_name: new.display_name.as_str().to_owned(),
        created_at: now,
        updated_at: now,
    };
    tx.prepare_cached(
        "INSERT INTO users (id, username, folded, display_name, password_hash, created_at, updated_at, state, ver,
                            signed_out, changed_at, folded_display)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, 'active', 1, '[]', ?7, ?8)",
    )?
    .execute(params![
        user.id,
        user.username,
        new.username.folded(),
        user.display_name,
        new.password_hash,
        now,
        clock(tx)?,
        new.display_name.folded(),
    ])?;
    Ok(Created::User(user))
}

pub(super) fn active_account(tx: &Transaction<'_>, id: UserId) -> rusqlite::Result<Option<Account>> {
    one(tx, "SELECT * FROM users WHERE id = ?1 AND state = 'active'", [id], account)
}

fn set_display_name(tx: &Transaction<'_>, id: UserId, display_name: &DisplayName) -> rusqlite::Result<()> {
    let sql =
        "UPDATE users SET display_name = ?2, folded_display = ?4, updated_at = ?3, changes = changes + 1,
                                changed_at = ?3
               WHERE id = ?1 AND state = 'active'";
    tx.prepare_cached(sql)?.execute(params![id, display_name.as_str(), clock(tx)?, display_name.folded()])?;
    Ok(())
}

pub(super) fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        id: row.get("id")?,
        username: row.get("username")?,
        display_name: row.get("display_name")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

pub(super) fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        user: user(row)?,
        password_hash: row.get("password_hash")?,
        token_status: token_status(row)?,
    })
}
