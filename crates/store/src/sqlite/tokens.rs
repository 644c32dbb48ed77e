//! The token statuses in SQLite: columns of `users`.

use std::collections::HashMap;

use async_trait::async_trait;
use rusqlite::types::{FromSql, FromSqlResult, ToSqlOutput, ValueRef};
use rusqlite::{OptionalExtension, Params, Row, ToSql, Transaction, params};
use uuid::Uuid;

use super::Sqlite;
use super::generations::Part;
use super::values::unreadable;
use crate::{ChangedTokenStatuses, SessionEnd, StoreError, Timestamp, TokenStatus, Tokens, UserId};

#[async_trait]
impl Tokens for Sqlite {
    async fn token_statuses(&self, ids: &[UserId]) -> Result<HashMap<UserId, TokenStatus>, StoreError> {
        let ids = ids.to_vec();
        self.read(move |tx| {
            let mut found = HashMap::with_capacity(ids.len());
            for id in ids {
                let status = one(tx, "SELECT * FROM users WHERE id = ?1", [id], token_status)?;
                found.extend(status.map(|status| (id, status)));
            }
            Ok(found)
        })
        .await
    }

    async fn changed_since(&self, since: Timestamp) -> Result<ChangedTokenStatuses, StoreError> {
        self.read(move |tx| {
            let now = clock(tx)?;
            let mut statement = tx.prepare_cached("SELECT * FROM users WHERE changed_at > ?1")?;
            let rows = statement.query_map([since], |row| Ok((row.get("id")?, token_status(row)?)))?;
            Ok(ChangedTokenStatuses { statuses: rows.collect::<Result<_, _>>()?, now })
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
}

impl Sqlite {
    async fn change_token_status(
        &self,
        id: UserId,
        change: impl Fn(TokenStatus, Timestamp) -> TokenStatus + Send + 'static,
    ) -> Result<(), StoreError> {
        self.write(Part::Accounts, move |tx| {
            let active = "SELECT * FROM users WHERE id = ?1 AND state = 'active'";
            match one(tx, active, [id], token_status)? {
                Some(before) => set_token_status(tx, id, &change(before, clock(tx)?)),
                None => Ok(()),
            }
        })
        .await
    }
}

/// The store's clock. It never returns a time before a change that it has stamped, so a poll by it misses no change.
pub(super) fn clock(tx: &Transaction<'_>) -> rusqlite::Result<Timestamp> {
    let newest: Option<Timestamp> =
        tx.prepare_cached("SELECT max(changed_at) FROM users")?.query_row([], |row| row.get(0))?;
    Ok(newest.map_or_else(Timestamp::now, |newest| newest.max(Timestamp::now())))
}

/// The first row of a query, if there is one.
pub(super) fn one<T>(
    tx: &Transaction<'_>,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Option<T>> {
    tx.prepare_cached(sql)?.query_row(params, read).optional()
}

pub(super) fn set_token_status(
    tx: &Transaction<'_>,
    id: UserId,
    token_status: &TokenStatus,
) -> rusqlite::Result<()> {
    let TokenStatus { version, signed_out, state, changes, changed_at } = token_status;
    let sql =
        "UPDATE users SET state = ?2, ver = ?3, signed_out = ?4, changes = ?5, changed_at = ?6 WHERE id = ?1";
    let signed_out = SignedOut(signed_out.clone());
    let changes = changes.cast_signed();
    tx.prepare_cached(sql)?.execute(params![id, state, version, signed_out, changes, changed_at]).map(drop)
}

pub(super) fn token_status(row: &Row<'_>) -> rusqlite::Result<TokenStatus> {
    let SignedOut(signed_out) = row.get("signed_out")?;
    Ok(TokenStatus {
        version: row.get("ver")?,
        signed_out,
        state: row.get("state")?,
        changes: row.get::<_, i64>("changes")?.cast_unsigned(),
        changed_at: row.get("changed_at")?,
    })
}

/// Ended sessions in a column: JSON, `[[sid, until], …]`.
struct SignedOut(Vec<SessionEnd>);

impl ToSql for SignedOut {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let ends: Vec<_> = self.0.iter().map(|end| (end.sid, end.until.as_millis())).collect();
        let json = serde_json::to_string(&ends);
        json.map(ToSqlOutput::from).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
    }
}

impl FromSql for SignedOut {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let ends: Vec<(Uuid, i64)> =
            serde_json::from_str(value.as_str()?).map_err(|_| unreadable("not a list of ended sessions"))?;
        let end = |(sid, until)| SessionEnd { sid, until: Timestamp::from_millis(until) };
        Ok(Self(ends.into_iter().map(end).collect()))
    }
}
