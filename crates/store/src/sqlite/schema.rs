//! The tables, created and changed by numbered migrations. `user_version` is the number of those that ran.

use rusqlite::Connection;

use super::connection::begin_write;
use super::errors::OpenError;

/// In order. A released one is never edited. Each runs in its own transaction.
const MIGRATIONS: &[&str] = &[
    "
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
",
    "
    -- The same key with the sender first, so that the index also finds the rooms that a sender wrote in.
    DROP INDEX entries_by_id;
    CREATE UNIQUE INDEX entries_by_sender ON entries (sender_id, room, id);
",
];

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

/// Runs the migrations that have not run yet.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), OpenError> {
    let done = version(connection)?;
    for (index, sql) in MIGRATIONS.iter().enumerate().skip(done) {
        if done > 0 {
            tracing::info!(
                schema = index + 1,
                "the store's file is changed for this release, which older ones cannot read"
            );
        }
        let transaction = begin_write(connection)?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", index as i64 + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EntriesBySender, Log, RoomId, UserId};

    #[test]
    fn a_file_of_a_later_release_is_left_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        migrate(&mut connection).expect("running again changes nothing");
        connection.pragma_update(None, "user_version", 999).unwrap();
        assert!(matches!(migrate(&mut connection), Err(OpenError::TooNew { found: 999, .. })));
    }

    #[tokio::test]
    async fn a_file_of_the_first_schema_keeps_its_entries_and_finds_them_by_sender() {
        let dir = tempfile::tempdir().unwrap();
        let (sender, room) = (UserId::new(), RoomId::generate());
        let first = Connection::open(dir.path().join("natter.sqlite")).unwrap();
        first.execute_batch(MIGRATIONS[0]).unwrap();
        first.pragma_update(None, "user_version", 1).unwrap();
        for (room, seq) in [("lobby", 1), ("lobby", 2), (&room.to_string(), 1)] {
            let id = format!("m{seq}");
            let sql = "INSERT INTO entries VALUES (?1, ?2, 'message', ?3, ?4, 'ada', 'Ada', 'hello', 0)";
            first.execute(sql, (room, seq, id, sender.0)).unwrap();
        }
        drop(first);
        let store = super::super::Sqlite::open(dir.path()).unwrap();
        let (out, mut pages) = tokio::sync::mpsc::channel(8);
        store.read_all(sender, out).await.unwrap();
        let mut sent = Vec::new();
        while let Some(page) = pages.recv().await {
            sent.extend(page.iter().map(|entry| (entry.room, entry.seq)));
        }
        assert_eq!(sent, [(room, 1), (RoomId::LOBBY, 1), (RoomId::LOBBY, 2)]);
        store.erase_all(sender).await.unwrap();
        for room in [room, RoomId::LOBBY] {
            let log = store.page_after(room, 0, 10).await.unwrap().messages;
            assert!(!log.is_empty() && log.iter().all(crate::Entry::is_erased));
        }
    }
}
