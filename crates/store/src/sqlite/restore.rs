//! Makes an embedded store of a backup.
//!
//! It holds the data directory's lock, overwrites nothing, and gives the store its name last: a crash before that
//! leaves no store, never half a one.

use std::fs::File;
use std::io;
use std::path::Path;

use rusqlite::{Connection, ErrorCode};
use tempfile::NamedTempFile;

use super::backup::{Copied, CopyError, count, publish};
use super::{FILE, OpenError, connection, lock, schema};

/// What a store consists of; SQLite would apply a left-over one to the restored file.
const PARTS: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// Makes the store in `dir` of a backup, and hands the token key that came with it to `keep_key` just before.
///
/// # Errors
/// [`CopyError`]; then there is no store in `dir`.
pub fn restore(
    file: &Path,
    dir: &Path,
    keep_key: impl FnOnce(Option<&str>) -> Result<(), String>,
) -> Result<Copied, CopyError> {
    let token_key = look_at(file)?;
    let _lock = lock(dir)?;
    let target = dir.join(FILE);
    refuse_data(dir)?;
    let draft = copied(file, dir)?;
    let copied = finish(draft.path()).map_err(|error| told(file, error))?;
    keep_key(token_key.as_deref()).map_err(CopyError::Key)?;
    publish(draft, &target)?;
    Ok(copied)
}

/// The token key of a backup, once it is known to be one that this program can read.
fn look_at(file: &Path) -> Result<Option<String>, CopyError> {
    let failed = |cause| CopyError::File { path: file.to_owned(), cause };
    if !File::open(file).and_then(|file| file.metadata()).map_err(failed)?.is_file() {
        return Err(CopyError::NotABackup(file.to_owned()));
    }
    let backup = connection::looking(file).map_err(|error| told(file, error))?;
    if !backup.table_exists(None, "natter_backup").map_err(|error| told(file, error))? {
        return Err(CopyError::NotABackup(file.to_owned()));
    }
    schema::version(&backup)?;
    let key = backup.query_row("SELECT token_key FROM natter_backup", [], |row| row.get(0));
    key.map_err(|error| told(file, error))
}

fn refuse_data(dir: &Path) -> Result<(), CopyError> {
    let parts = PARTS.map(|end| dir.join(format!("{FILE}{end}")));
    match parts.into_iter().find(|part| part.symlink_metadata().is_ok()) {
        Some(part) => Err(CopyError::HasData(part)),
        None => Ok(()),
    }
}

/// The bytes of a backup in a draft within `dir`; what an earlier attempt left there is thrown away.
fn copied(file: &Path, dir: &Path) -> Result<NamedTempFile, CopyError> {
    let name = format!("{FILE}.new");
    match std::fs::remove_file(dir.join(&name)) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
            return Err(CopyError::File { path: dir.join(name), cause });
        }
        _ => {}
    }
    let copy = || {
        let mut draft = tempfile::Builder::new().prefix(&name).rand_bytes(0).tempfile_in(dir)?;
        io::copy(&mut File::open(file)?, draft.as_file_mut())?;
        Ok(draft)
    };
    copy().map_err(|cause| CopyError::File { path: dir.join(&name), cause })
}

/// Judges the whole copy and makes a plain store of it.
fn finish(draft: &Path) -> rusqlite::Result<Copied> {
    let store = connection::drafting(draft)?;
    check(&store)?;
    store.execute("DROP TABLE natter_backup", [])?;
    let copied = count(&store)?;
    store.close().map_err(|(_, error)| error)?;
    Ok(copied)
}

fn check(store: &Connection) -> rusqlite::Result<()> {
    let first: String = store.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if first == "ok" { Ok(()) } else { Err(super::corrupt(0, &first)) }
}

fn told(file: &Path, error: rusqlite::Error) -> CopyError {
    let path = file.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => CopyError::NotABackup(path),
        Some(ErrorCode::DatabaseCorrupt) => CopyError::Damaged { path, cause: error.to_string() },
        None => CopyError::Damaged { path, cause: error.to_string() },
        _ => CopyError::Open(OpenError::Database(error)),
    }
}
