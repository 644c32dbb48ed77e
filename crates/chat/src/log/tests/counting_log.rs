//! A log that counts what it is asked.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use parking_lot::Mutex;
use store::{AppendOutcome, Entry, Log, LogPage, NewEntry, RoomId, StoreError};
use tokio::sync::mpsc;

pub(super) struct CountingLog {
    log: Arc<dyn Log>,
    /// The number of messages of each append.
    pub(super) appends: Mutex<Vec<usize>>,
    /// The number of rooms of each question for the ends of logs.
    pub(super) questions: Mutex<Vec<usize>>,
    pub(super) pages: AtomicUsize,
}

impl CountingLog {
    pub(super) fn new(log: Arc<dyn Log>) -> Arc<Self> {
        let (appends, questions, pages) = Default::default();
        Arc::new(Self { log, appends, questions, pages })
    }
}

#[async_trait]
impl Log for CountingLog {
    async fn append(&self, batch: &[NewEntry]) -> Vec<AppendOutcome> {
        self.appends.lock().push(batch.len());
        self.log.append(batch).await
    }

    async fn page_after(&self, room: RoomId, after: u64, limit: u32) -> Result<LogPage, StoreError> {
        self.pages.fetch_add(1, Ordering::SeqCst);
        self.log.page_after(room, after, limit).await
    }

    async fn page_before(
        &self,
        room: RoomId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<LogPage, StoreError> {
        self.log.page_before(room, before, limit).await
    }

    async fn last_seqs(&self, rooms: &[RoomId]) -> Result<HashMap<RoomId, u64>, StoreError> {
        self.questions.lock().push(rooms.len());
        self.log.last_seqs(rooms).await
    }

    async fn follow(&self, arrived: mpsc::Sender<Vec<Entry>>) {
        self.log.follow(arrived).await;
    }
}
