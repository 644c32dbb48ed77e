//! Copies the embedded store into one file, even while the store is in use.
//!
//! The copy is made from one snapshot and contains no erased data. It gets its name only when all of it is on disk. It
//! takes no lock, does not change the store and overwrites no file.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};
use tempfile::NamedTempFile;

use super::data_dir::{folder_of, sync_folder};
use super::errors::OpenError;
use super::{FILE, connection};
use crate::Timestamp;

/// The table that makes a file a backup. [`restore`](super::restore()) drops it.
const CREATE_STAMP: &str = "CREATE TABLE natter_backup (made_at INTEGER NOT NULL, token_key TEXT) STRICT";

/// What a copy contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// Number of active accounts.
    pub accounts: u64,
    /// Number of messages, erased ones included.
    pub messages: u64,
}

/// Why a backup or a restore failed.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// There is no store to back up.
    #[error("there is no embedded store in {0}")]
    NoStore(PathBuf),
    /// There is a file with the backup's name.
    #[error("{0} exists already; a backup overwrites nothing")]
    Exists(PathBuf),
    /// The directory to restore into has a store.
    #[error("{0} exists already; restore into a data directory that holds no store")]
    HasData(PathBuf),
    /// The file to restore is not a backup.
    #[error("{0} is not a backup that Natter made")]
    NotABackup(PathBuf),
    /// The file to restore is damaged.
    #[error("the backup {path} is damaged: {cause}")]
    Damaged {
        /// The backup.
        path: PathBuf,
        /// The damage.
        cause: String,
    },
    /// A file cannot be used.
    #[error("cannot use {path}: {cause}")]
    File {
        /// The file, or its directory.
        path: PathBuf,
        /// The system's error.
        cause: io::Error,
    },
    /// SQLite failed, for example because the disk is full.
    #[error("cannot copy the store to {path}: {cause}")]
    Copy {
        /// The file to write.
        path: PathBuf,
        /// SQLite's error.
        cause: rusqlite::Error,
    },
    /// The token key of the backup cannot be stored.
    #[error("{0}")]
    Key(String),
    /// The data directory cannot be used, or a later release wrote the backup.
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// Copies the store in `dir` to `file`, with the token key if there is one. Only the file's owner can read it. Everything
/// that was acknowledged before the call is in it.
///
/// # Errors
/// [`CopyError`]. There is no `file` then.
pub fn backup(dir: &Path, file: &Path, token_key: Option<&str>) -> Result<Copied, CopyError> {
    let source = dir.join(FILE);
    if !source.is_file() {
        return Err(CopyError::NoStore(dir.to_owned()));
    }
    if file.symlink_metadata().is_ok() {
        return Err(CopyError::Exists(file.to_owned()));
    }
    let temporary = tempfile::Builder::new().prefix(".natter-backup-").tempfile_in(folder_of(file));
    let temporary = temporary.map_err(|cause| CopyError::File { path: file.to_owned(), cause })?;
    let copied = copy(&source, temporary.path(), token_key);
    let copied = copied.map_err(|cause| CopyError::Copy { path: file.to_owned(), cause })?;
    publish(temporary, file)?;
    Ok(copied)
}

/// `VACUUM INTO` reads one snapshot. It does not wait for a writer, and no writer waits for it
/// (<https://sqlite.org/lang_vacuum.html>).
fn copy(source: &Path, temporary: &Path, token_key: Option<&str>) -> rusqlite::Result<Copied> {
    let path = temporary.to_str().ok_or_else(|| rusqlite::Error::InvalidPath(temporary.to_owned()))?;
    connection::existing(source)?.execute("VACUUM INTO ?1", [path])?;
    let copy = connection::unpublished(temporary)?;
    copy.execute(CREATE_STAMP, [])?;
    let made_at = Timestamp::now().as_millis();
    copy.execute("INSERT INTO natter_backup VALUES (?1, ?2)", params![made_at, token_key])?;
    let copied = count(&copy)?;
    copy.close().map_err(|(_, error)| error)?;
    Ok(copied)
}

/// Counts what a store contains, also while its entries are being moved to another table.
pub(super) fn count(connection: &Connection) -> rusqlite::Result<Copied> {
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0).map(i64::unsigned_abs));
    let messages = |table| match connection.table_exists(None, table)? {
        true => number(&format!("SELECT count(*) FROM {table} WHERE kind = 'message'")),
        false => Ok(0),
    };
    Ok(Copied {
        accounts: number("SELECT count(*) FROM users WHERE state = 'active'")?,
        messages: messages("entries")? + messages("entries_without_rowid")?,
    })
}

/// Gives an unpublished copy its name once it is on disk, unless a file has that name.
pub(super) fn publish(temporary: NamedTempFile, file: &Path) -> Result<(), CopyError> {
    let failed = |cause| CopyError::File { path: file.to_owned(), cause };
    temporary.as_file().sync_all().map_err(failed)?;
    temporary.persist_noclobber(file).map_err(|error| match error.error.kind() {
        io::ErrorKind::AlreadyExists => CopyError::Exists(file.to_owned()),
        _ => failed(error.error),
    })?;
    sync_folder(folder_of(file)).map_err(failed)
}
