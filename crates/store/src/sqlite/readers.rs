//! Connections that read, on the blocking pool, each job in one snapshot.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::available_parallelism;

use rusqlite::{Connection, Transaction};
use tokio::sync::Semaphore;

use super::{begin, connection, unavailable};
use crate::StoreError;

/// As many connections as there are cores, but at least this many, so that one long read does not stop the others.
const LEAST: usize = 4;

/// A pool of reading connections.
pub(super) struct Readers {
    idle: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn open(path: &Path) -> rusqlite::Result<Self> {
        let count = available_parallelism().map_or(LEAST, usize::from).max(LEAST);
        let idle = (0..count).map(|_| connection::reading(path)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { idle: Arc::new(Mutex::new(idle)), permits: Arc::new(Semaphore::new(count)) })
    }

    pub(super) async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let stopped = || StoreError::Unavailable("the reading connections are closed".to_owned());
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| stopped())?;
        let idle = Arc::clone(&self.idle);
        let work = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let taken = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(mut connection) = taken else { return Err(stopped()) };
            let result = begin(&mut connection, false).and_then(|snapshot| job(&snapshot));
            idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            result.map_err(|error| unavailable(&error))
        });
        work.await.map_err(|_| stopped())?
    }
}
