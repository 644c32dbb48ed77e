//! The parts of the log that run as tasks, connected to each other.

use std::sync::Arc;

use store::{Log, Stores};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::fan_out::FanOut;
use super::feed::{Feed, MAX_BATCHES_AHEAD};
use super::follower::Follower;
use super::in_flight::InFlight;
use super::journal::{AppendResult, Journal};
use super::writer::JournalWriter;
use crate::access::Access;
use crate::hub::Hub;

/// The writer and the fan-out before they run.
pub(crate) struct LogTasks {
    log: Arc<dyn Log>,
    writer: JournalWriter,
    results: mpsc::Receiver<Vec<AppendResult>>,
    fan_out: FanOut,
    shutdown: CancellationToken,
}

impl LogTasks {
    /// The tasks, with the way into the journal and what lets rooms be followed. `journal_queue` is the maximum number of
    /// messages that wait for the writer.
    pub(crate) fn new(
        stores: &Stores,
        access: &Arc<Access>,
        hub: &Arc<Hub>,
        journal_queue: usize,
        shutdown: CancellationToken,
    ) -> (Journal, Follower, Self) {
        let (journal, waiting) = Journal::new(journal_queue, shutdown.clone());
        let (append_results, results) = mpsc::channel(MAX_BATCHES_AHEAD);
        let in_flight = Arc::new(InFlight::default());
        let writer = JournalWriter {
            waiting,
            stores: stores.clone(),
            access: Arc::clone(access),
            in_flight: Arc::clone(&in_flight),
            results: append_results,
        };
        let log = Arc::clone(&stores.log);
        let (fan_out, follower) = FanOut::new(Arc::clone(&log), in_flight, Arc::clone(hub));
        (journal, follower, Self { log, writer, results, fan_out, shutdown })
    }

    /// Starts them. The writer ends after the shutdown, when all that was accepted is stored; the fan-out after the last
    /// answer. The feed runs among `background` until `stop`.
    pub(crate) fn spawn(self, background: &TaskTracker, stop: CancellationToken) -> [JoinHandle<()>; 2] {
        let feed = Feed::open(self.log, background, stop);
        [tokio::spawn(self.writer.run(self.shutdown)), tokio::spawn(self.fan_out.run(self.results, feed))]
    }
}
