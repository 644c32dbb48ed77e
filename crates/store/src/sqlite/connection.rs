//! Opening connections with the settings that the promises stand on.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

/// How many prepared statements a connection keeps; every statement of this store fits.
const STATEMENTS: usize = 64;

/// The writer's connection. `secure_delete` overwrites what is erased.
pub(super) fn writing(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "secure_delete", "ON")?;
    prepared(connection)
}

/// A reader's connection. It sees a snapshot and cannot write.
pub(super) fn reading(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.pragma_update(None, "query_only", "ON")?;
    prepared(connection)
}

/// A connection for copying the file while others use it; it never makes one that is missing.
pub(super) fn copying(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    prepared(Connection::open_with_flags(path, flags)?)
}

/// A connection to a draft that nobody else knows yet. It needs no protection against a crash: then the draft is
/// thrown away.
pub(super) fn drafting(path: &Path) -> rusqlite::Result<Connection> {
    let connection = copying(path)?;
    connection.pragma_update(None, "journal_mode", "MEMORY")?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    connection.pragma_update(None, "secure_delete", "ON")?;
    Ok(connection)
}

/// A connection that writes nothing, neither into the file nor beside it.
pub(super) fn looking(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags)
}

fn prepared(connection: Connection) -> rusqlite::Result<Connection> {
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}
