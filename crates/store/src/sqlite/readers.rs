//! A pool of connections that read, on the blocking threads, each job in one snapshot.

use std::path::Path;
use std::sync::Arc;
use std::thread::available_parallelism;

use parking_lot::Mutex;
use rusqlite::{Connection, Transaction};
use tokio::sync::Semaphore;

use super::connection::{self, begin_read};
use super::errors::store_error;
use crate::StoreError;

/// Minimum number of connections, so that a long read does not stop the others. On more cores there is one for each.
const MIN_CONNECTIONS: usize = 4;

/// The pool. Clones share it.
#[derive(Clone)]
pub(super) struct Readers {
    idle: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn open(path: &Path) -> rusqlite::Result<Self> {
        let count = available_parallelism().map_or(MIN_CONNECTIONS, usize::from).max(MIN_CONNECTIONS);
        let idle = (0..count).map(|_| connection::reading(path)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { idle: Arc::new(Mutex::new(idle)), permits: Arc::new(Semaphore::new(count)) })
    }

    /// Runs a job in a snapshot, once a connection is free.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let closed = || StoreError::Unavailable("the reading connections are closed".to_owned());
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| closed())?;
        let idle = Arc::clone(&self.idle);
        let work = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let Some(mut connection) = idle.lock().pop() else { return Err(closed()) };
            let result = begin_read(&mut connection).and_then(|snapshot| job(&snapshot));
            idle.lock().push(connection);
            result.map_err(|error| store_error(&error))
        });
        work.await.map_err(|_| closed())?
    }
}
