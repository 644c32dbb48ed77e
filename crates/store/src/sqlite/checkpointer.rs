//! The thread that copies the write-ahead log into the file (<https://sqlite.org/wal.html#ckpt>), beside the writer: no
//! commit copies anything, and none waits for a reader that keeps a checkpoint from its end.
//!
//! A log whose every page is copied begins anew at the next commit. Under a load without a pause new pages come all the
//! time, so from a size on the writer itself copies the last of them, between two transactions.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use parking_lot::Mutex;
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::connection::BUSY_TIMEOUT;
use super::errors::{is_full, store_error};
use super::space::Space;
use crate::{Outage, StoreError};

/// New pages in the log after which it is copied; also SQLite's own number (4 MiB).
const MIN_NEW_PAGES: u32 = 1_000;
/// Pages in the log from which on the writer helps (16 MiB).
const MAX_PAGES: u32 = 4_000;
/// Time until a copy that could not be finished is tried again: a reader or new pages prevented it.
const RETRY_INTERVAL: Duration = Duration::from_secs(1);
/// The way to the checkpointing thread.
pub(super) struct Checkpointer {
    orders: mpsc::Sender<Order>,
    progress: Arc<Progress>,
    thread: JoinHandle<()>,
}

enum Order {
    Copy,
    /// Copies, and reports the end.
    CopyFor(oneshot::Sender<Result<(), StoreError>>),
}

/// Has the log copied. Clones share the thread.
#[derive(Clone)]
pub(super) struct Copier(mpsc::Sender<Order>);

/// Numbers of pages in the log.
#[derive(Default)]
struct Progress {
    /// Locked while pages are copied: SQLite refuses a second copy at the same time.
    copying: Mutex<()>,
    /// In the log at the last commit.
    written: AtomicU32,
    /// In the log at the last order to copy.
    ordered: AtomicU32,
    /// In the log when the writer last helped.
    helped: AtomicU32,
}

impl Checkpointer {
    /// Starts the thread.
    pub(super) fn start(connection: Connection, space: Arc<Space>) -> Self {
        let (orders, received) = mpsc::channel();
        let progress = Arc::<Progress>::default();
        let of_thread = Arc::clone(&progress);
        let thread = std::thread::spawn(move || run(&connection, &received, &of_thread.copying, &space));
        Self { orders, progress, thread }
    }

    /// Has the log copied as the commits of this connection make it grow. They do not copy it themselves.
    pub(super) fn follow(&self, connection: &mut Connection) -> rusqlite::Result<()> {
        let (orders, progress) = (self.orders.clone(), Arc::clone(&self.progress));
        connection.wal_hook(Some(move |_: &mut _, pages| {
            if progress.note(u32::try_from(pages).unwrap_or(0)) {
                // Without the thread the log only grows.
                let _ = orders.send(Order::Copy);
            }
            Ok(())
        }))
    }

    pub(super) fn copier(&self) -> Copier {
        Copier(self.orders.clone())
    }

    /// Copies the last pages of a log that became too long, on the writer's connection between two transactions.
    pub(super) fn help(&self, connection: &Connection) {
        // A commit does not wait for the thread.
        if self.progress.is_long()
            && let Some(_one) = self.progress.copying.try_lock()
        {
            self.progress.note_help();
            // The thread reports errors.
            let _ = checkpoint(connection, "PASSIVE");
        }
    }

    /// Ends the thread, after the orders that wait.
    pub(super) fn stop(self) {
        drop(self.orders);
        // A panic was reported where it happened.
        let _ = self.thread.join();
    }
}

impl Copier {
    /// Copies what it can of the log into the file.
    pub(super) async fn copy(&self) -> Result<(), StoreError> {
        let stopped = || StoreError::Unavailable("the checkpointing thread has stopped".to_owned());
        let (answer, answered) = oneshot::channel();
        self.0.send(Order::CopyFor(answer)).map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

impl Progress {
    /// Notes the number of pages after a commit. Returns whether the log is to be copied.
    fn note(&self, written: u32) -> bool {
        let began_anew = written < self.written.swap(written, Ordering::Relaxed);
        if began_anew {
            self.ordered.store(0, Ordering::Relaxed);
            self.helped.store(0, Ordering::Relaxed);
        }
        let is_due = written >= self.ordered.load(Ordering::Relaxed) + MIN_NEW_PAGES;
        if is_due {
            self.ordered.store(written, Ordering::Relaxed);
        }
        is_due
    }

    /// Returns whether the writer is to copy: seldom, since a long read may make it futile.
    fn is_long(&self) -> bool {
        let (written, helped) = (self.written.load(Ordering::Relaxed), self.helped.load(Ordering::Relaxed));
        written >= MAX_PAGES && written >= helped + MIN_NEW_PAGES
    }

    /// Notes that the writer copies.
    fn note_help(&self) {
        self.helped.store(self.written.load(Ordering::Relaxed), Ordering::Relaxed);
    }
}

/// Follows orders until their sender is dropped.
fn run(connection: &Connection, orders: &mpsc::Receiver<Order>, copying: &Mutex<()>, space: &Space) {
    let (mut outage, mut is_finished) = (Outage::default(), true);
    loop {
        let timeout = if is_finished { Duration::MAX } else { RETRY_INTERVAL };
        match orders.recv_timeout(timeout) {
            Ok(Order::Copy) | Err(mpsc::RecvTimeoutError::Timeout) => {
                let _one = copying.lock();
                is_finished = copy(connection, &mut outage);
            }
            Ok(Order::CopyFor(answer)) => {
                let _one = copying.lock();
                // The caller may have gone away.
                let _ = answer.send(copy_erased(connection, space));
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Copies what it can, also when the disk is full.
fn copy_erased(connection: &Connection, space: &Space) -> Result<(), StoreError> {
    loop {
        match checkpoint(connection, "PASSIVE") {
            Err(error) if is_full(&error) && space.give_up(&store_error(&error)) => {}
            copied => return copied.map(drop).map_err(|error| store_error(&error)),
        }
    }
}

/// Returns whether all pages were copied.
fn copy(connection: &Connection, outage: &mut Outage) -> bool {
    match checkpoint(connection, "PASSIVE") {
        Ok(outcome) => {
            outage.note_success();
            outcome.is_complete
        }
        Err(error) => {
            if outage.note_failure() {
                tracing::warn!(%error, "the write-ahead log is not copied, and grows");
            }
            false
        }
    }
}

/// Copies the rest of the log and empties it, on the writer's connection between two transactions. False when a reader
/// holds it, who is not waited for.
pub(super) fn empty(connection: &Connection) -> rusqlite::Result<bool> {
    connection.busy_timeout(Duration::ZERO)?;
    let emptied = checkpoint(connection, "TRUNCATE");
    connection.busy_timeout(BUSY_TIMEOUT)?;
    Ok(!emptied?.is_blocked)
}

struct Outcome {
    is_blocked: bool,
    is_complete: bool,
}

fn checkpoint(connection: &Connection, mode: &str) -> rusqlite::Result<Outcome> {
    connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| {
        let (is_blocked, written, copied): (bool, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(Outcome { is_blocked, is_complete: written == copied })
    })
}
