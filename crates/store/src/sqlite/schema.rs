//! The tables, created and changed by numbered migrations. `user_version` is the number of those that ran.

mod folded_names;
mod moved_entries;
#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction};

use super::connection::begin_write;
use super::errors::OpenError;

/// How a migration runs.
enum Migration {
    /// In one transaction.
    Sql(&'static str),
    /// In many transactions, which move some rows each.
    Pieces(Pieces),
}

struct Pieces {
    /// For the log.
    what: &'static str,
    /// Returns whether there was anything left to do. A later start goes on where an earlier one was interrupted.
    piece: fn(&Transaction<'_>) -> rusqlite::Result<bool>,
    /// Runs in the last transaction.
    last: &'static str,
}

use Migration::Sql;

/// In order. A released one is never edited.
const MIGRATIONS: &[Migration] = &[
    Sql("
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
"),
    Sql("
    -- The same key with the sender first, so that the index also finds the rooms that a sender wrote in.
    DROP INDEX entries_by_id;
    CREATE UNIQUE INDEX entries_by_sender ON entries (sender_id, room, id);
"),
    Sql(moved_entries::NEW_TABLES),
    Migration::Pieces(moved_entries::MOVE),
    // Sorting the keys once takes a small part of the time of inserting them one by one.
    Sql("CREATE UNIQUE INDEX entries_by_sender ON entries (sender_id, room, id)"),
    Sql("
    -- How often state, ver, signed_out or display_name changed.
    ALTER TABLE users ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;
"),
    Sql("
    ALTER TABLE rooms RENAME TO room_numbers;

    CREATE TABLE rooms (                       -- without the lobby
        id         TEXT PRIMARY KEY,
        kind       TEXT NOT NULL CHECK (kind IN ('public', 'private', 'direct')),
        name       TEXT,                       -- NULL for a direct room
        folded     TEXT UNIQUE,                -- of a public room
        topic      TEXT NOT NULL,
        created_by BLOB,                       -- NULL once that user is deleted
        owners     BLOB NOT NULL,              -- user ids, one after the other
        people     BLOB NOT NULL,              -- the same; of a direct room
        archived   INTEGER NOT NULL,
        changes    INTEGER NOT NULL,
        changed_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX rooms_by_change ON rooms (changed_at);
    CREATE INDEX rooms_by_maker ON rooms (created_by, archived) WHERE kind <> 'direct';

    CREATE TABLE memberships (
        room       TEXT NOT NULL,
        user       BLOB NOT NULL,
        is_in      INTEGER NOT NULL,
        since      INTEGER NOT NULL,
        read_seq   INTEGER NOT NULL,
        notify     TEXT NOT NULL CHECK (notify IN ('all', 'mentions', 'none')),
        changes    INTEGER NOT NULL,
        changed_at INTEGER NOT NULL,           -- of everything but read_seq
        read_at    INTEGER NOT NULL,           -- of read_seq
        PRIMARY KEY (room, user)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX memberships_by_user ON memberships (user, is_in);
    CREATE INDEX memberships_by_change ON memberships (changed_at);
    CREATE INDEX memberships_by_read ON memberships (read_at);

    ALTER TABLE users ADD COLUMN folded_display TEXT;
"),
    Migration::Pieces(folded_names::FOLD),
    Sql("
    ALTER TABLE entries ADD COLUMN mentions TEXT;  -- JSON: [[user, username], …]; NULL for none
    -- One row for each of them.
    CREATE TABLE mentions (
        user BLOB NOT NULL,
        room INTEGER NOT NULL,
        seq  INTEGER NOT NULL,
        PRIMARY KEY (user, room, seq)
    ) STRICT, WITHOUT ROWID;
"),
];

/// Time between two reports of how far a long migration is.
const REPORT_INTERVAL: Duration = Duration::from_secs(10);

/// The number of migrations that ran.
///
/// # Errors
/// [`OpenError::TooNew`] when this program does not know all of them.
pub(super) fn version(connection: &Connection) -> Result<usize, OpenError> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = MIGRATIONS.len() as i64;
    let done = usize::try_from(found).ok().filter(|&done| done <= MIGRATIONS.len());
    done.ok_or(OpenError::TooNew { found, known })
}

/// Whether all migrations ran.
pub(super) fn is_current(connection: &Connection) -> Result<bool, OpenError> {
    Ok(version(connection)? == MIGRATIONS.len())
}

/// Runs the migrations that have not run yet.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), OpenError> {
    let done = version(connection)?;
    for (index, migration) in MIGRATIONS.iter().enumerate().skip(done) {
        let version = index as i64 + 1;
        if done > 0 {
            tracing::info!(
                schema = version,
                "the store's file is changed for this release, which older ones cannot read"
            );
        }
        match migration {
            Sql(sql) => finish(begin_write(connection)?, sql, version)?,
            Migration::Pieces(pieces) => run_pieces(connection, pieces, version)?,
        }
    }
    Ok(())
}

fn finish(transaction: Transaction<'_>, sql: &str, version: i64) -> rusqlite::Result<()> {
    transaction.execute_batch(sql)?;
    transaction.pragma_update(None, "user_version", version)?;
    transaction.commit()
}

fn run_pieces(connection: &mut Connection, pieces: &Pieces, version: i64) -> rusqlite::Result<()> {
    let (began, mut reported_at) = (Instant::now(), None::<Instant>);
    loop {
        let transaction = begin_write(connection)?;
        if !(pieces.piece)(&transaction)? {
            return finish(transaction, pieces.last, version);
        }
        transaction.commit()?;
        if reported_at.is_none_or(|at| at.elapsed() >= REPORT_INTERVAL) {
            let (what, elapsed_secs) = (pieces.what, began.elapsed().as_secs());
            tracing::info!(
                schema = version,
                what,
                elapsed_secs,
                "it may be interrupted; the next start goes on"
            );
            reported_at = Some(Instant::now());
        }
    }
}
