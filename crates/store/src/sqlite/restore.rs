//! Creates an embedded store from a backup.
//!
//! It holds the data directory's lock, overwrites no file, and gives the store its name last, so a crash before that leaves
//! no store.

use std::fs::File;
use std::io;
use std::path::Path;

use rusqlite::types::Type;
use rusqlite::{Connection, ErrorCode};
use tempfile::NamedTempFile;

use super::backup::{Copied, CopyError, count, publish};
use super::data_dir::lock;
use super::errors::OpenError;
use super::{FILE, connection, schema};

/// The ends of the names of a store's files. SQLite would apply an old one to the restored file.
const FILE_ENDS: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// Creates the store in `dir` from a backup. Just before, it passes the backup's token key to `keep_key`.
///
/// # Errors
/// [`CopyError`]. There is no store in `dir` then.
pub fn restore(
    file: &Path,
    dir: &Path,
    keep_key: impl FnOnce(Option<&str>) -> Result<(), String>,
) -> Result<Copied, CopyError> {
    let token_key = read_token_key(file)?;
    let _lock = lock(dir)?;
    let target = dir.join(FILE);
    require_no_store(dir)?;
    let temporary = copied(file, dir)?;
    let copied = finish(temporary.path()).map_err(|error| copy_error(file, error))?;
    keep_key(token_key.as_deref()).map_err(CopyError::Key)?;
    publish(temporary, &target)?;
    Ok(copied)
}

/// The token key of a backup, if this program can read the backup.
fn read_token_key(file: &Path) -> Result<Option<String>, CopyError> {
    let failed = |cause| CopyError::File { path: file.to_owned(), cause };
    if !File::open(file).and_then(|file| file.metadata()).map_err(failed)?.is_file() {
        return Err(CopyError::NotABackup(file.to_owned()));
    }
    let backup = connection::read_only(file).map_err(|error| copy_error(file, error))?;
    if !backup.table_exists(None, "natter_backup").map_err(|error| copy_error(file, error))? {
        return Err(CopyError::NotABackup(file.to_owned()));
    }
    schema::version(&backup)?;
    let key = backup.query_row("SELECT token_key FROM natter_backup", [], |row| row.get(0));
    key.map_err(|error| copy_error(file, error))
}

fn require_no_store(dir: &Path) -> Result<(), CopyError> {
    let parts = FILE_ENDS.map(|end| dir.join(format!("{FILE}{end}")));
    match parts.into_iter().find(|part| part.symlink_metadata().is_ok()) {
        Some(part) => Err(CopyError::HasData(part)),
        None => Ok(()),
    }
}

/// Copies a backup to a temporary file in `dir`. It deletes the one that an interrupted restore left there.
fn copied(file: &Path, dir: &Path) -> Result<NamedTempFile, CopyError> {
    let name = format!("{FILE}.new");
    match std::fs::remove_file(dir.join(&name)) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
            return Err(CopyError::File { path: dir.join(name), cause });
        }
        _ => {}
    }
    let copy = || {
        let mut temporary = tempfile::Builder::new().prefix(&name).rand_bytes(0).tempfile_in(dir)?;
        io::copy(&mut File::open(file)?, temporary.as_file_mut())?;
        Ok(temporary)
    };
    copy().map_err(|cause| CopyError::File { path: dir.join(&name), cause })
}

/// Checks the whole copy and drops what only a backup has.
fn finish(temporary: &Path) -> rusqlite::Result<Copied> {
    let store = connection::unpublished(temporary)?;
    check_integrity(&store)?;
    store.execute("DROP TABLE natter_backup", [])?;
    let copied = count(&store)?;
    store.close().map_err(|(_, error)| error)?;
    Ok(copied)
}

fn check_integrity(store: &Connection) -> rusqlite::Result<()> {
    let first: String = store.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    match first.as_str() {
        "ok" => Ok(()),
        damage => Err(rusqlite::Error::FromSqlConversionFailure(0, Type::Text, damage.into())),
    }
}

fn copy_error(file: &Path, error: rusqlite::Error) -> CopyError {
    let path = file.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => CopyError::NotABackup(path),
        Some(ErrorCode::DatabaseCorrupt) => CopyError::Damaged { path, cause: error.to_string() },
        None => CopyError::Damaged { path, cause: error.to_string() },
        _ => CopyError::Open(OpenError::Database(error)),
    }
}
