//! The one thread that writes.

use std::fs::File;

use rusqlite::{Connection, ErrorCode, Transaction, ffi};
use tokio::sync::{mpsc, oneshot};

use super::{begin, unavailable};
use crate::StoreError;

/// So many writes wait at most; the next one waits to be let in.
const QUEUE: usize = 256;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// Runs each job in an immediate transaction, one after the other.
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
}

/// A write that was not answered as done.
#[derive(Debug)]
pub(super) enum WriteError {
    /// Surely nothing of it is stored.
    NotStored(StoreError),
    /// The sync failed: after a crash it may turn out to be stored.
    Unknown(StoreError),
}

impl WriteError {
    pub(super) fn into_store_error(self) -> StoreError {
        match self {
            Self::NotStored(error) | Self::Unknown(error) => error,
        }
    }
}

impl Writer {
    /// Starts the thread. When the writer is dropped it does what waits, closes the connection and only then lets go
    /// of the lock.
    pub(super) fn start(mut connection: Connection, lock: File) -> Self {
        let (jobs, mut waiting) = mpsc::channel::<Job>(QUEUE);
        std::thread::spawn(move || {
            while let Some(job) = waiting.blocking_recv() {
                job(&mut connection);
            }
            drop(connection);
            drop(lock);
        });
        Self { jobs }
    }

    /// Runs a job in a transaction and answers once that is synced to disk.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, WriteError> {
        self.run(|connection| in_transaction(connection, job)).await
    }

    /// Writes the log back into the file and empties it, so that what was erased is nowhere on disk.
    pub(super) async fn checkpoint(&self) -> Result<(), StoreError> {
        let checkpoint = |connection: &mut Connection| {
            let blocked =
                connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
            match blocked {
                Ok(false) => Ok(()),
                Ok(true) => Err(StoreError::Unavailable("a reader held the write-ahead log".to_owned())),
                Err(error) => Err(unavailable(&error)),
            }
            .map_err(WriteError::NotStored)
        };
        self.run(checkpoint).await.map_err(WriteError::into_store_error)
    }

    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Connection) -> Result<T, WriteError> + Send + 'static,
    ) -> Result<T, WriteError> {
        let (answer, answered) = oneshot::channel();
        let job = Box::new(move |connection: &mut Connection| {
            // A caller that went away does not undo the write.
            let _ = answer.send(job(connection));
        });
        let stopped = || StoreError::Unavailable("the writing thread has stopped".to_owned());
        self.jobs.send(job).await.map_err(|_| WriteError::NotStored(stopped()))?;
        answered.await.map_err(|_| WriteError::Unknown(stopped()))?
    }
}

fn in_transaction<T>(
    connection: &mut Connection,
    job: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
) -> Result<T, WriteError> {
    let not_stored = |error| WriteError::NotStored(unavailable(&error));
    let transaction = begin(connection, true).map_err(not_stored)?;
    let value = job(&transaction).map_err(not_stored)?;
    transaction.commit().map_err(|error| match wrote_no_commit_record(&error) {
        true => not_stored(error),
        false => WriteError::Unknown(unavailable(&error)),
    })?;
    Ok(value)
}

/// A commit that failed for want of room, or while writing, left no whole commit record behind; one that failed while
/// syncing may have (<https://sqlite.org/rescode.html>).
fn wrote_no_commit_record(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| {
        matches!(error.code, ErrorCode::DiskFull | ErrorCode::DatabaseBusy)
            || error.extended_code == ffi::SQLITE_IOERR_WRITE
    })
}
