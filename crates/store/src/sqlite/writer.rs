//! The thread that writes, one transaction after the other.

use std::fs::File;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, Transaction, ffi};
use tokio::sync::{mpsc, oneshot};

use super::checkpointer::{Checkpointer, Copier, empty};
use super::connection::begin_write;
use super::errors::{is_full, store_error};
use super::generations::{Generations, Part};
use super::space::Space;
use crate::StoreError;

/// Maximum number of waiting writes. Further callers wait for a place.
const MAX_QUEUED: usize = 256;

/// Timeout for emptying the log, which needs a moment without readers.
const EMPTY_TIMEOUT: Duration = Duration::from_secs(5);
/// Time between two attempts to empty it.
const EMPTY_RETRY_DELAY: Duration = Duration::from_millis(10);

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// The way to the writing thread. Clones share it.
#[derive(Clone)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
    generations: Generations,
    copier: Copier,
    space: Arc<Space>,
}

/// Why a write was not acknowledged.
#[derive(Debug)]
pub(super) enum WriteError {
    /// Nothing of it is stored, since the disk is full.
    Full(StoreError),
    /// Nothing of it is stored.
    NotStored(StoreError),
    /// The sync failed, so it may be stored or not.
    Unknown(StoreError),
}

impl WriteError {
    pub(super) fn into_store_error(self) -> StoreError {
        match self {
            Self::Full(error) | Self::NotStored(error) | Self::Unknown(error) => error,
        }
    }
}

impl Writer {
    /// Starts the thread. When the writer and its clones are dropped, the thread finishes the waiting jobs, closes the connection, and then
    /// releases the lock.
    pub(super) fn start(
        mut connection: Connection,
        checkpointer: Checkpointer,
        lock: File,
        generations: Generations,
        space: Arc<Space>,
    ) -> Self {
        let (jobs, mut waiting) = mpsc::channel::<Job>(MAX_QUEUED);
        let copier = checkpointer.copier();
        std::thread::spawn(move || {
            while let Some(job) = waiting.blocking_recv() {
                job(&mut connection);
                checkpointer.help(&connection);
            }
            drop(connection);
            checkpointer.stop();
            drop(lock);
        });
        Self { jobs, generations, copier, space }
    }

    /// Runs a job in an immediate transaction that changes this part, and returns once it is synced to disk. If the disk is
    /// full, it runs again in the room that is kept for it.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        part: Part,
        job: impl Fn(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, WriteError> {
        let (generations, space) = (self.generations.clone(), Arc::clone(&self.space));
        self.run(move |connection| {
            let mut result = in_transaction(connection, &job);
            while let Err(WriteError::Full(error)) = &result
                && space.give_up(error)
            {
                result = in_transaction(connection, &job);
            }
            // Before the answer, and also when nobody waits for it any more.
            generations.end(part, &result);
            result
        })
        .await
    }

    /// Like [`Writer::write`], for what is refused while the disk is full.
    pub(super) async fn add<T: Send + 'static>(
        &self,
        part: Part,
        job: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, WriteError> {
        let (generations, space) = (self.generations.clone(), Arc::clone(&self.space));
        self.run(move |connection| {
            if space.is_full() {
                return Err(WriteError::Full(StoreError::Full));
            }
            let result = in_transaction(connection, job);
            if let Err(WriteError::Full(error)) = &result {
                space.note_full(error);
            }
            generations.end(part, &result);
            result
        })
        .await
    }

    /// Copies the write-ahead log into the file and empties it, so that erased data is nowhere on disk. Waits for a moment
    /// without readers, while others may write.
    pub(super) async fn checkpoint(&self) -> Result<(), StoreError> {
        let began = Instant::now();
        loop {
            // The longer part first: no commit waits for it.
            self.copier.copy().await?;
            let emptying = |connection: &mut Connection| {
                empty(connection).map_err(|error| WriteError::NotStored(store_error(&error)))
            };
            if self.run(emptying).await.map_err(WriteError::into_store_error)? {
                return Ok(());
            }
            if began.elapsed() >= EMPTY_TIMEOUT {
                return Err(StoreError::Unavailable("a reader held the write-ahead log".to_owned()));
            }
            tokio::time::sleep(EMPTY_RETRY_DELAY).await;
        }
    }

    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Connection) -> Result<T, WriteError> + Send + 'static,
    ) -> Result<T, WriteError> {
        let (answer, answered) = oneshot::channel();
        let job = Box::new(move |connection: &mut Connection| {
            // The write is kept even if the caller has stopped waiting.
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
    let not_stored = |error: rusqlite::Error| match is_full(&error) {
        true => WriteError::Full(store_error(&error)),
        false => WriteError::NotStored(store_error(&error)),
    };
    let transaction = begin_write(connection).map_err(not_stored)?;
    let value = job(&transaction).map_err(not_stored)?;
    transaction.commit().map_err(|error| match wrote_no_commit_record(&error) {
        true => not_stored(error),
        false => WriteError::Unknown(store_error(&error)),
    })?;
    Ok(value)
}

/// Whether a failed commit left no whole commit record: the disk was full, or a write failed. If the sync failed, there
/// may be one (<https://sqlite.org/rescode.html>).
fn wrote_no_commit_record(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| {
        matches!(error.code, ErrorCode::DiskFull | ErrorCode::DatabaseBusy)
            || error.extended_code == ffi::SQLITE_IOERR_WRITE
    })
}
