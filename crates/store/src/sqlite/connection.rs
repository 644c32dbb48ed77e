//! Opening connections with the settings that the store's promises need.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

/// Number of prepared statements that a connection keeps. All statements of this store fit.
const MAX_CACHED_STATEMENTS: usize = 128;
/// Size to which the write-ahead log shrinks after a long read, which made it grow: 16 MiB.
pub(super) const MAX_KEPT_LOG_BYTES: i64 = 16 * 1_024 * 1_024;
/// Maximum size of the pages that the writer keeps: 32 MiB. Where messages go to hundreds of rooms in turn, each goes to other
/// pages of the indexes, and what is not kept is read again.
const MAX_WRITER_CACHE_KIB: i64 = 32 * 1_024;
/// Timeout for a lock that another connection holds.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The writer's connection. `secure_delete` overwrites erased data.
pub(super) fn writing(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "secure_delete", "ON")?;
    connection.pragma_update(None, "journal_size_limit", MAX_KEPT_LOG_BYTES)?;
    // A negative number is one of KiB (<https://sqlite.org/pragma.html#pragma_cache_size>).
    connection.pragma_update(None, "cache_size", -MAX_WRITER_CACHE_KIB)?;
    prepared(connection)
}

/// The checkpointer's connection. It never waits for a lock while it holds another one.
pub(super) fn checkpointing(path: &Path) -> rusqlite::Result<Connection> {
    let connection = existing(path)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.busy_timeout(Duration::ZERO)?;
    Ok(connection)
}

/// A reader's connection. It sees a snapshot and cannot write.
pub(super) fn reading(path: &Path) -> rusqlite::Result<Connection> {
    let connection = existing(path)?;
    connection.pragma_update(None, "query_only", "ON")?;
    Ok(connection)
}

/// A connection for copying a file that others may be using. It does not create the file.
pub(super) fn existing(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    prepared(Connection::open_with_flags(path, flags)?)
}

/// A connection to an unpublished copy. A crash may damage the copy: it is thrown away then.
pub(super) fn unpublished(path: &Path) -> rusqlite::Result<Connection> {
    let connection = existing(path)?;
    connection.pragma_update(None, "journal_mode", "MEMORY")?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    connection.pragma_update(None, "secure_delete", "ON")?;
    Ok(connection)
}

/// A connection that writes nothing, neither into the file nor beside it.
pub(super) fn read_only(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags)
}

/// Begins a transaction that holds a snapshot.
pub(super) fn begin_read(connection: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    connection.transaction_with_behavior(TransactionBehavior::Deferred)
}

/// Begins a transaction that holds the write lock.
pub(super) fn begin_write(connection: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate)
}

fn prepared(connection: Connection) -> rusqlite::Result<Connection> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(MAX_CACHED_STATEMENTS);
    // Otherwise SQLite compiles some kept statements anew for each value, such as `max(…)` of a part of a table, and every one
    // with a limit (<https://sqlite.org/c3ref/c_dbconfig_defensive.html#sqlitedbconfigenableqpsg>).
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    #[test]
    fn connections_are_as_durable_as_promised() {
        let dir = tempfile::tempdir().unwrap();
        let connection = writing(&dir.path().join("natter.sqlite")).unwrap();
        let setting = |name: &str| -> String {
            let read = |row: &rusqlite::Row<'_>| row.get::<_, rusqlite::types::Value>(0);
            match connection.pragma_query_value(None, name, read).unwrap() {
                rusqlite::types::Value::Text(text) => text,
                rusqlite::types::Value::Integer(number) => number.to_string(),
                other => panic!("{name}: {other:?}"),
            }
        };
        let full = "2";
        assert_eq!((setting("journal_mode").as_str(), setting("synchronous").as_str()), ("wal", full));
        assert_eq!(setting("secure_delete"), "1");
        assert_eq!(setting("journal_size_limit"), MAX_KEPT_LOG_BYTES.to_string());
    }

    #[test]
    fn a_statement_is_compiled_once_for_all_values() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("natter.sqlite");
        let writer = writing(&path).unwrap();
        writer.execute_batch("CREATE TABLE t (a TEXT, b INTEGER, PRIMARY KEY (a, b)) WITHOUT ROWID").unwrap();
        for connection in [&writer, &reading(&path).unwrap()] {
            for sql in ["SELECT max(b) FROM t WHERE a = ?1", "SELECT b FROM t WHERE a = 'x' LIMIT ?1"] {
                for value in ["2", "3", "4"] {
                    connection.prepare_cached(sql).unwrap().exists([value]).unwrap();
                }
                let statement = connection.prepare_cached(sql).unwrap();
                assert_eq!(statement.get_status(StatementStatus::RePrepare), 0, "{sql}");
            }
        }
    }
}
