//! Copies the embedded store into one file, while it is in use or not.
//!
//! The copy is made from one snapshot, holds nothing of what was erased, and appears under its name only when all of
//! it is on disk. It takes no lock, changes nothing in the store and overwrites nothing.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};
use tempfile::NamedTempFile;

use super::{FILE, OpenError, connection};
use crate::Timestamp;

/// What makes a file a backup: the table that [`restore`](super::restore()) takes out again.
const STAMP: &str = "CREATE TABLE natter_backup (made_at INTEGER NOT NULL, token_key TEXT) STRICT";

/// What a copy holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// Accounts that are in use.
    pub accounts: u64,
    /// Messages, the erased ones included.
    pub messages: u64,
}

/// Why a backup or a restore was not made.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// There is nothing to back up.
    #[error("there is no embedded store in {0}")]
    NoStore(PathBuf),
    /// The backup's name is taken.
    #[error("{0} exists already; a backup overwrites nothing")]
    Exists(PathBuf),
    /// The folder to restore into is in use.
    #[error("{0} exists already; restore into a data directory that holds no store")]
    HasData(PathBuf),
    /// The file to restore is something else.
    #[error("{0} is not a backup that Natter made")]
    NotABackup(PathBuf),
    /// The file to restore was changed or cut since it was made.
    #[error("the backup {path} is damaged: {cause}")]
    Damaged {
        /// The backup.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// A file cannot be used.
    #[error("cannot use {path}: {cause}")]
    File {
        /// The file, or the folder it should stand in.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// SQLite cannot do it: the disk is full, for instance.
    #[error("cannot copy the store to {path}: {cause}")]
    Copy {
        /// What was to be made.
        path: PathBuf,
        /// What SQLite said.
        cause: rusqlite::Error,
    },
    /// The token key of the backup cannot be kept.
    #[error("{0}")]
    Key(String),
    /// The data directory cannot be used, or the backup is a later release's.
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// Copies the store in `dir` into `file`, which is made for its owner alone, together with the token key, if one is
/// kept beside the store. All that was acknowledged before is in it.
///
/// # Errors
/// [`CopyError`]; then there is no `file`.
pub fn backup(dir: &Path, file: &Path, token_key: Option<&str>) -> Result<Copied, CopyError> {
    let source = dir.join(FILE);
    if !source.is_file() {
        return Err(CopyError::NoStore(dir.to_owned()));
    }
    if file.symlink_metadata().is_ok() {
        return Err(CopyError::Exists(file.to_owned()));
    }
    let draft = tempfile::Builder::new().prefix(".natter-backup-").tempfile_in(folder_of(file));
    let draft = draft.map_err(|cause| CopyError::File { path: file.to_owned(), cause })?;
    let copied = copy(&source, draft.path(), token_key);
    let copied = copied.map_err(|cause| CopyError::Copy { path: file.to_owned(), cause })?;
    publish(draft, file)?;
    Ok(copied)
}

/// `VACUUM INTO` reads one snapshot, waits for no writer and makes no writer wait
/// (<https://sqlite.org/lang_vacuum.html>).
fn copy(source: &Path, draft: &Path, token_key: Option<&str>) -> rusqlite::Result<Copied> {
    let path = draft.to_str().ok_or_else(|| rusqlite::Error::InvalidPath(draft.to_owned()))?;
    connection::copying(source)?.execute("VACUUM INTO ?1", [path])?;
    let copy = connection::drafting(draft)?;
    copy.execute(STAMP, [])?;
    let made_at = Timestamp::now().as_millis();
    copy.execute("INSERT INTO natter_backup VALUES (?1, ?2)", params![made_at, token_key])?;
    let copied = count(&copy)?;
    copy.close().map_err(|(_, error)| error)?;
    Ok(copied)
}

/// What a store holds.
pub(super) fn count(connection: &Connection) -> rusqlite::Result<Copied> {
    let number = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0).map(i64::unsigned_abs));
    Ok(Copied {
        accounts: number("SELECT count(*) FROM users WHERE state = 'active'")?,
        messages: number("SELECT count(*) FROM entries WHERE kind = 'message'")?,
    })
}

/// Gives a draft its name once it is on disk, unless the name is taken.
pub(super) fn publish(draft: NamedTempFile, file: &Path) -> Result<(), CopyError> {
    let failed = |cause| CopyError::File { path: file.to_owned(), cause };
    draft.as_file().sync_all().map_err(failed)?;
    draft.persist_noclobber(file).map_err(|error| match error.error.kind() {
        io::ErrorKind::AlreadyExists => CopyError::Exists(file.to_owned()),
        _ => failed(error.error),
    })?;
    File::open(folder_of(file)).and_then(|folder| folder.sync_all()).map_err(failed)
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
