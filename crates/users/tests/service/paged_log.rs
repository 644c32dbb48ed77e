//! A log that counts the pages that it gives of what somebody sent, and breaks when a test says so.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use store::{Entry, Log, NewEntry, Outcome, Page, RoomName, StoreError, Stores, UserId};
use tokio::sync::mpsc;

/// What a test sees of the pages, and says.
#[derive(Clone)]
pub(crate) struct Pages {
    given: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl Default for Pages {
    fn default() -> Self {
        Self { given: Arc::default(), most: Arc::new(AtomicUsize::new(usize::MAX)) }
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
    async fn append(&self, room: RoomName, batch: &[NewEntry]) -> Vec<Outcome> {
        self.log.append(room, batch).await
    }

    async fn page_after(&self, room: RoomName, after: u64, limit: u32) -> Result<Page, StoreError> {
        self.log.page_after(room, after, limit).await
    }

    async fn page_before(&self, room: RoomName, before: Option<u64>, limit: u32) -> Result<Page, StoreError> {
        self.log.page_before(room, before, limit).await
    }

    async fn sent_by(&self, sender: UserId, out: mpsc::Sender<Vec<Entry>>) -> Result<(), StoreError> {
        let (inner, mut pages) = mpsc::channel(1);
        let passing = async move {
            while let Some(page) = pages.recv().await {
                if self.pages.given() >= self.pages.most.load(Ordering::SeqCst) {
                    return Err(StoreError::Unavailable("a test took it away".into()));
                }
                self.pages.given.fetch_add(1, Ordering::SeqCst);
                if out.send(page).await.is_err() {
                    break;
                }
            }
            Ok(())
        };
        tokio::try_join!(self.log.sent_by(sender, inner), passing).map(|_| ())
    }

    async fn erase_sender(&self, sender: UserId) -> Result<(), StoreError> {
        self.log.erase_sender(sender).await
    }
}
