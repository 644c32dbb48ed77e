//! A log that does what a test says.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use store::{AppendOutcome, Entry, Log, LogPage, NewEntry, RoomId, StoreError, Stores, UserId};
use tokio::sync::{Semaphore, mpsc};

/// Appends, or reads, that may pass at once while nobody holds them.
const GATE: u32 = 1_000;

/// How the log answers an append.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// As it should.
    Well,
    /// It stores nothing and says so.
    Full,
    /// It stores, and does not know that it did.
    Forgetful,
}

/// The strings by which a test moves the log.
#[derive(Clone)]
pub(crate) struct Strings {
    mood: Arc<Mutex<Mood>>,
    authenticator: Arc<Semaphore>,
    reading: Arc<Semaphore>,
    appends: Arc<AtomicUsize>,
}

impl Strings {
    pub(crate) fn new(mood: Mood) -> Self {
        let (authenticator, reading) =
            (Arc::new(Semaphore::new(GATE as usize)), Arc::new(Semaphore::new(GATE as usize)));
        Self { mood: Arc::new(Mutex::new(mood)), authenticator, reading, appends: Arc::default() }
    }

    pub(crate) fn set(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// Holds every append from now on, until what is given back is dropped.
    pub(crate) async fn hold(&self) -> impl Drop + use<> {
        self.authenticator.clone().acquire_many_owned(GATE).await.unwrap()
    }

    /// Holds every backward read from now on, until what is given back is dropped.
    pub(crate) async fn hold_reads(&self) -> impl Drop + use<> {
        self.reading.clone().acquire_many_owned(GATE).await.unwrap()
    }

    /// Appends that began.
    pub(crate) fn appends(&self) -> usize {
        self.appends.load(Ordering::SeqCst)
    }

    pub(crate) fn before(&self, stores: Stores) -> Stores {
        let log = Arc::new(MovedLog { strings: self.clone(), log: stores.log });
        Stores { log, ..stores }
    }
}

struct MovedLog {
    strings: Strings,
    log: Arc<dyn Log>,
}

#[async_trait]
impl Log for MovedLog {
    async fn append(&self, room: RoomId, batch: &[NewEntry]) -> Vec<AppendOutcome> {
        self.strings.appends.fetch_add(1, Ordering::SeqCst);
        let _open = self.strings.authenticator.acquire().await.unwrap();
        let mood = *self.strings.mood.lock().unwrap();
        match mood {
            Mood::Well => self.log.append(room, batch).await,
            Mood::Full => vec![AppendOutcome::NotStored; batch.len()],
            Mood::Forgetful => {
                self.log.append(room, batch).await;
                vec![AppendOutcome::Unknown; batch.len()]
            }
        }
    }

    async fn page_after(&self, room: RoomId, after: u64, limit: u32) -> Result<LogPage, StoreError> {
        self.log.page_after(room, after, limit).await
    }

    async fn page_before(
        &self,
        room: RoomId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<LogPage, StoreError> {
        let _open = self.strings.reading.acquire().await.unwrap();
        self.log.page_before(room, before, limit).await
    }

    async fn sent_by(&self, sender: UserId, out: mpsc::Sender<Vec<Entry>>) -> Result<(), StoreError> {
        self.log.sent_by(sender, out).await
    }

    async fn erase_sender(&self, sender: UserId) -> Result<(), StoreError> {
        self.log.erase_sender(sender).await
    }
}
