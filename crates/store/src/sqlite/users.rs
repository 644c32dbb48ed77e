//! The accounts in SQLite.

use async_trait::async_trait;
use rusqlite::{OptionalExtension, Params, Row, ToSql, Transaction, params};
use uuid::Uuid;

use super::{Sqlite, corrupt};
use crate::{
    Account, ChangedTokenStatuses, Created, DisplayName, MAX_PAGE, NewUser, SessionEnd, State, StoreError,
    Timestamp, TokenStatus, User, UserId, Username, Users,
};

#[async_trait]
impl Users for Sqlite {
    async fn create(&self, new: NewUser) -> Result<Created, StoreError> {
        self.write(move |tx| create(tx, &new)).await
    }

    async fn by_id(&self, id: UserId) -> Result<Option<User>, StoreError> {
        Ok(self.account_by_id(id).await?.map(|account| account.user))
    }

    async fn by_username(&self, username: &Username) -> Result<Option<User>, StoreError> {
        Ok(self.account_by_username(username).await?.map(|account| account.user))
    }

    async fn page(&self, after: Option<UserId>, limit: u32) -> Result<Vec<User>, StoreError> {
        let (after, limit) = (after.map_or(Uuid::nil(), |id| id.0), limit.clamp(1, MAX_PAGE));
        self.read(move |tx| {
            let sql = "SELECT * FROM users WHERE id > ?1 AND state = 'active' ORDER BY id LIMIT ?2";
            tx.prepare_cached(sql)?.query_map(params![after, limit], user)?.collect()
        })
        .await
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
        self.write(move |tx| {
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
        self.write(move |tx| {
            let Some(before) = active_account(tx, id)?.filter(|account| account.password_hash == old_hash)
            else {
                return Ok(None);
            };
            if let Some(display_name) = display_name {
                set_display_name(tx, id, &display_name)?;
            }
            let now = clock(tx)?;
            let sql = "UPDATE users SET password_hash = ?2, updated_at = ?3 WHERE id = ?1";
            tx.prepare_cached(sql)?.execute(params![id.0, new_hash, now.as_millis()])?;
            set_token_status(tx, id, &before.token_status.next_version(now))?;
            active_account(tx, id)
        })
        .await
    }

    async fn replace_hash(&self, id: UserId, old_hash: &str, new_hash: &str) -> Result<(), StoreError> {
        let (old_hash, new_hash) = (old_hash.to_owned(), new_hash.to_owned());
        self.write(move |tx| {
            let sql = "UPDATE users SET password_hash = ?3
                       WHERE id = ?1 AND password_hash = ?2 AND state = 'active'";
            tx.prepare_cached(sql)?.execute(params![id.0, old_hash, new_hash]).map(drop)
        })
        .await
    }

    async fn sign_out(&self, id: UserId, end: SessionEnd) -> Result<(), StoreError> {
        self.change_token_status(id, move |token_status, changed_at| {
            token_status.without_session(end, Timestamp::now(), changed_at)
        })
        .await
    }

    async fn sign_out_everywhere(&self, id: UserId) -> Result<(), StoreError> {
        self.change_token_status(id, TokenStatus::next_version).await
    }

    async fn token_status(&self, id: UserId) -> Result<Option<TokenStatus>, StoreError> {
        self.read(move |tx| one(tx, "SELECT * FROM users WHERE id = ?1", [id.0], token_status)).await
    }

    async fn changed_since(&self, since: Timestamp) -> Result<ChangedTokenStatuses, StoreError> {
        self.read(move |tx| {
            let now = clock(tx)?;
            let mut statement = tx.prepare_cached("SELECT * FROM users WHERE changed_at > ?1")?;
            let rows = statement.query_map([since.as_millis()], |row| Ok((id(row)?, token_status(row)?)))?;
            Ok(ChangedTokenStatuses { statuses: rows.collect::<Result<_, _>>()?, now })
        })
        .await
    }

    async fn begin_deletion(&self, id: UserId) -> Result<bool, StoreError> {
        self.write(move |tx| {
            let Some(account) = active_account(tx, id)? else { return Ok(false) };
            let ended =
                TokenStatus { state: State::Deleting, ..account.token_status.next_version(clock(tx)?) };
            set_token_status(tx, id, &ended)?;
            Ok(true)
        })
        .await
    }

    async fn finish_deletion(&self, id: UserId) -> Result<(), StoreError> {
        self.write(move |tx| {
            tx.prepare_cached(
                "UPDATE users SET username = '', folded = NULL, display_name = '', password_hash = '',
                                  updated_at = ?2, state = 'deleted'
                 WHERE id = ?1 AND state = 'deleting'",
            )?
            .execute(params![id.0, Timestamp::now().as_millis()])
        })
        .await?;
        self.database.writer.checkpoint().await
    }

    async fn unfinished_deletions(&self) -> Result<Vec<UserId>, StoreError> {
        self.read(|tx| {
            tx.prepare_cached("SELECT id FROM users WHERE state = 'deleting'")?.query_map([], id)?.collect()
        })
        .await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.read(|tx| tx.query_row("SELECT 1 FROM users LIMIT 1", [], |_| Ok(())).optional().map(drop)).await
    }
}

impl Sqlite {
    async fn change_token_status(
        &self,
        id: UserId,
        change: impl FnOnce(TokenStatus, Timestamp) -> TokenStatus + Send + 'static,
    ) -> Result<(), StoreError> {
        self.write(move |tx| match active_account(tx, id)? {
            Some(account) => set_token_status(tx, id, &change(account.token_status, clock(tx)?)),
            None => Ok(()),
        })
        .await
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
                            signed_out, changed_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, 'active', 1, '[]', ?7)",
    )?
    .execute(params![
        user.id.0,
        user.username,
        new.username.folded(),
        user.display_name,
        new.password_hash,
        now.as_millis(),
        clock(tx)?.as_millis(),
    ])?;
    Ok(Created::User(user))
}

/// The store's clock. It never goes back behind a change that it stamped, so a poll by it misses none.
fn clock(tx: &Transaction<'_>) -> rusqlite::Result<Timestamp> {
    let newest: Option<i64> =
        tx.prepare_cached("SELECT max(changed_at) FROM users")?.query_row([], |row| row.get(0))?;
    Ok(Timestamp::now().max(Timestamp::from_millis(newest.unwrap_or(0))))
}

fn one<T>(
    tx: &Transaction<'_>,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Option<T>> {
    tx.prepare_cached(sql)?.query_row(params, read).optional()
}

fn active_account(tx: &Transaction<'_>, id: UserId) -> rusqlite::Result<Option<Account>> {
    one(tx, "SELECT * FROM users WHERE id = ?1 AND state = 'active'", [id.0], account)
}

fn set_display_name(tx: &Transaction<'_>, id: UserId, display_name: &DisplayName) -> rusqlite::Result<()> {
    let sql = "UPDATE users SET display_name = ?2, updated_at = ?3, changed_at = ?3
               WHERE id = ?1 AND state = 'active'";
    tx.prepare_cached(sql)?.execute(params![id.0, display_name.as_str(), clock(tx)?.as_millis()])?;
    Ok(())
}

fn set_token_status(tx: &Transaction<'_>, id: UserId, token_status: &TokenStatus) -> rusqlite::Result<()> {
    let signed_out: Vec<_> =
        token_status.signed_out.iter().map(|end| (end.sid, end.until.as_millis())).collect();
    let signed_out = serde_json::to_string(&signed_out)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    let values: [&dyn ToSql; 5] = [
        &id.0,
        &token_status.state.as_str(),
        &token_status.ver,
        &signed_out,
        &token_status.changed_at.as_millis(),
    ];
    let sql = "UPDATE users SET state = ?2, ver = ?3, signed_out = ?4, changed_at = ?5 WHERE id = ?1";
    tx.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

fn id(row: &Row<'_>) -> rusqlite::Result<UserId> {
    row.get("id").map(UserId)
}

fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        id: id(row)?,
        username: row.get("username")?,
        display_name: row.get("display_name")?,
        created_at: Timestamp::from_millis(row.get("created_at")?),
        updated_at: Timestamp::from_millis(row.get("updated_at")?),
    })
}

fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        user: user(row)?,
        password_hash: row.get("password_hash")?,
        token_status: token_status(row)?,
    })
}

fn token_status(row: &Row<'_>) -> rusqlite::Result<TokenStatus> {
    let state = State::parse(row.get_ref("state")?.as_str()?)
        .ok_or_else(|| corrupt(7, "a user in no known state"))?;
    let signed_out: Vec<(Uuid, i64)> = serde_json::from_str(row.get_ref("signed_out")?.as_str()?)
        .map_err(|_| corrupt(9, "ended sessions that are not in JSON"))?;
    let signed_out = signed_out
        .into_iter()
        .map(|(sid, until)| SessionEnd { sid, until: Timestamp::from_millis(until) })
        .collect();
    let changed_at = Timestamp::from_millis(row.get("changed_at")?);
    Ok(TokenStatus { ver: row.get("ver")?, signed_out, state, changed_at })
}
