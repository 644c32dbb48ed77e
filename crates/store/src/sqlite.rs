//! The embedded store: one SQLite file in the data directory, owned by one process.
//!
//! One thread writes, in immediate transactions that are synced before they are answered (WAL with
//! `synchronous=FULL`, <https://sqlite.org/pragma.html#pragma_synchronous>); readers have connections of their own
//! and never wait for the writer.

mod connection;
mod log;
mod readers;
mod schema;
mod users;
mod writer;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use readers::Readers;
use rusqlite::{Connection, Transaction};
use writer::{WriteError, Writer};

use crate::{StoreError, Stores};

/// Why the embedded store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory or its lock cannot be made.
    #[error("cannot use the data directory {path}: {cause}")]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// Another process has it.
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
    /// The file is damaged, or the disk is.
    #[error("cannot open the store: {0}")]
    Database(#[from] rusqlite::Error),
}

/// Opens the store in a directory, which is made when it is missing, and brings its schema up to date.
///
/// # Errors
/// [`OpenError`] says what stands in the way.
pub fn open(dir: &Path) -> Result<Stores, OpenError> {
    let lock = lock(dir)?;
    let path = dir.join("natter.sqlite");
    let mut connection = connection::writing(&path)?;
    schema::migrate(&mut connection)?;
    let database =
        Database { writer: Writer::start(connection), readers: Readers::open(&path)?, _lock: lock };
    let store = Arc::new(Sqlite { database });
    Ok(Stores { users: Arc::clone(&store) as _, log: store })
}

/// Both traits' implementation; its halves are in `users.rs` and `log.rs`.
struct Sqlite {
    database: Database,
}

/// The file's connections. Fields drop in this order: the lock last.
struct Database {
    writer: Writer,
    readers: Readers,
    _lock: File,
}

impl Sqlite {
    async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.database.readers.read(job).await
    }

    async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.database.writer.write(job).await.map_err(WriteError::into_store_error)
    }
}

/// Held as long as the store is open, so that a second process stops instead of sharing the file.
fn lock(dir: &Path) -> Result<File, OpenError> {
    let failed = |cause| OpenError::Directory { path: dir.to_owned(), cause };
    std::fs::create_dir_all(dir).map_err(failed)?;
    let file =
        File::options().create(true).truncate(false).write(true).open(dir.join("lock")).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(dir.to_owned())),
        Err(TryLockError::Error(cause)) => Err(failed(cause)),
    }
}

fn unavailable(error: &rusqlite::Error) -> StoreError {
    match error {
        rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::IntegralValueOutOfRange(..) => StoreError::Corrupt(error.to_string()),
        _ => StoreError::Unavailable(error.to_string()),
    }
}

/// What a value that this program never writes becomes on reading.
fn corrupt(column: usize, what: &str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, what.to_owned().into())
}

fn begin(connection: &mut Connection, writing: bool) -> rusqlite::Result<Transaction<'_>> {
    use rusqlite::TransactionBehavior::{Deferred, Immediate};
    connection.transaction_with_behavior(if writing { Immediate } else { Deferred })
}
