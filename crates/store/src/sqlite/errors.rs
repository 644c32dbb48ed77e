//! What SQLite's errors mean for the caller.

use std::path::PathBuf;

use rusqlite::{ErrorCode, ffi};

use crate::StoreError;

/// Why the embedded store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory or its lock cannot be created.
    #[error("cannot use the data directory {path}: {cause}")]
    Directory {
        /// The directory.
        path: PathBuf,
        /// The system's error.
        cause: std::io::Error,
    },
    /// Another process has it open.
    #[error(
        "another Natter process is using the data directory {0}; stop it first, or choose another DATA_DIR"
    )]
    InUse(PathBuf),
    /// A later release wrote it.
    #[error(
        "the data directory was written by a later release (schema {found}; this one knows up to {known})"
    )]
    TooNew {
        /// The schema of the file.
        found: i64,
        /// The newest schema that this program knows.
        known: i64,
    },
    /// There is no store to move.
    #[error("there is no embedded store in {0}")]
    NoStore(PathBuf),
    /// The store to move was written by an earlier release, and this one has not opened it yet.
    #[error(
        "the data directory was written by an earlier release; start this one on it once without MONGODB_URI, stop it, and \
         move then"
    )]
    NotMigrated,
    /// The file or the disk is damaged.
    #[error("cannot open the store: {0}")]
    Database(#[from] rusqlite::Error),
}

/// Whether there was no room for a write. The index of the write-ahead log has an error of its own for it.
pub(super) fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| {
        error.code == ErrorCode::DiskFull || error.extended_code == ffi::SQLITE_IOERR_SHMSIZE
    })
}

/// The error of a read or write as the traits return it.
pub(super) fn store_error(error: &rusqlite::Error) -> StoreError {
    match error {
        rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::IntegralValueOutOfRange(..) => StoreError::Corrupt(error.to_string()),
        error if is_full(error) => StoreError::Full,
        _ => StoreError::Unavailable(error.to_string()),
    }
}
