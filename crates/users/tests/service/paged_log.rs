//! A log that counts the pages that it gives of what somebody sent, and breaks or waits when a test says so; and that
//! does not blank words while a test forbids it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use store::{AppendOutcome, Entry, Log, LogPage, NewEntry, RoomId, StoreError, Stores, UserId};
use tokio::sync::{Semaphore, mpsc};

/// What a test sees of the pages, and says.
#[derive(Clone)]
pub(crate) struct Pages {
    given: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
    /// A reader of the store, which each page but the first takes for a moment.
    reader: Arc<Semaphore>,
    keeps_words: Arc<AtomicBool>,
}

impl Default for Pages {
    fn default() -> Self {
        Self {
            given: Arc::default(),
            most: Arc::new(AtomicUsize::new(usize::MAX)),
            reader: Arc::new(Semaphore::new(1)),
            keeps_words: Arc::default(),
        }
    }
}

impl Pages {
    /// How many were given so far.
    pub(crate) fn given(&self) -> usize {
        self.given.load(Ordering::SeqCst)
    }

    /// The store is away after so many.
    pub(crate) fn break_after(&self, pages: usize) {
        self.most.store(pages, Ordering::SeqCst);
    }

    /// The only reader, without which no second page is given.
    pub(crate) fn reader(&self) -> Arc<Semaphore> {
        Arc::clone(&self.reader)
    }

    /// The store is away for whoever blanks words, or is not.
    pub(crate) fn keep_words(&self, keep: bool) {
        self.keeps_words.store(keep, Ordering::SeqCst);
    }

    pub(crate) fn before(&self, stores: Stores) -> Stores {
        let log = Arc::new(PagedLog { pages: self.clone(), log: stores.log });
        Stores { log, ..stores }
    }
}

struct PagedLog {
    pages: Pages,
    log: Arc<dyn Log>,
}

#[async_trait]
impl Log for PagedLog {
    async fn append(&self, room: RoomId, batch: &[NewEntry]) -> Vec<AppendOutcome> {
        self.log.append(room, batch).await
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
        self.log.page_before(room, before, limit).await
    }

    async fn sent_by(&self, sender: UserId, out: mpsc::Sender<Vec<Entry>>) -> Result<(), StoreError> {
        let (inner, mut pages) = mpsc::channel(1);
        let passing = async move {
            while let Some(page) = pages.recv().await {
                if self.pages.given() >= self.pages.most.load(Ordering::SeqCst) {
                    return Err(StoreError::Unavailable("a test took it away".into()));
                }
                if self.pages.given.fetch_add(1, Ordering::SeqCst) > 0 {
                    drop(self.pages.reader.acquire().await);
                }
                if out.send(page).await.is_err() {
                    break;
                }
            }
            Ok(())
        };
        tokio::try_join!(self.log.sent_by(sender, inner), passing).map(|_| ())
    }

    async fn erase_sender(&self, sender: UserId) -> Result<(), StoreError> {
        if self.pages.keeps_words.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable("a test took it away".into()));
        }
        self.log.erase_sender(sender).await
    }
}
