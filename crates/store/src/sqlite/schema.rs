//! The tables, made and changed by numbered migrations; `user_version` counts those that ran.

use rusqlite::Connection;

use super::OpenError;

/// In order, never edited once released; each runs in a transaction of its own.
const MIGRATIONS: &[&str] = &["
    CREATE TABLE users (
        id            BLOB PRIMARY KEY,       -- UUIDv7
        username      TEXT NOT NULL,          -- as typed; empty once deleted
        folded        TEXT UNIQUE,            -- NULL once deleted: the name is free again
        display_name  TEXT NOT NULL,
        password_hash TEXT NOT NULL,
        created_at    INTEGER NOT NULL,       -- times are milliseconds since the epoch
        updated_at    INTEGER NOT NULL,
        state         TEXT NOT NULL CHECK (state IN ('active', 'deleting', 'deleted')),
        ver           INTEGER NOT NULL,
        signed_out    TEXT NOT NULL,          -- JSON: [[sid, until], …]
        changed_at    INTEGER NOT NULL        -- of state, ver, signed_out and display_name; never goes back
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX users_by_change ON users (changed_at);
    CREATE INDEX users_being_deleted ON users (id) WHERE state = 'deleting';

    CREATE TABLE entries (
        room                TEXT NOT NULL,
        seq                 INTEGER NOT NULL,
        kind                TEXT NOT NULL,
        id                  TEXT NOT NULL,
        sender_id           BLOB NOT NULL,    -- kept by erasing, served to nobody
        sender_username     TEXT,             -- these three are NULL once erased
        sender_display_name TEXT,
        text                TEXT,
        sent_at             INTEGER NOT NULL,
        PRIMARY KEY (room, seq)
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX entries_by_id ON entries (room, sender_id, id);
"];

/// How many migrations ran.
///
/// # Errors
/// [`OpenError::TooNew`] when there are some that this program does not know.
pub(super) fn version(connection: &Connection) -> Result<usize, OpenError> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = MIGRATIONS.len() as i64;
    let done = usize::try_from(found).ok().filter(|&done| done <= MIGRATIONS.len());
    done.ok_or(OpenError::TooNew { found, known })
}

/// Runs what has not run yet.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), OpenError> {
    let done = version(connection)?;
    for (index, sql) in MIGRATIONS.iter().enumerate().skip(done) {
        let transaction = super::begin(connection, true)?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", index as i64 + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_a_later_release_is_left_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        migrate(&mut connection).expect("running again changes nothing");
        connection.pragma_update(None, "user_version", 999).unwrap();
        assert!(matches!(migrate(&mut connection), Err(OpenError::TooNew { found: 999, .. })));
    }
}
