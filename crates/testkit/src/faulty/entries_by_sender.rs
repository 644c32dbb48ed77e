//! The entries by sender with faults before them.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use async_trait::async_trait;
use store::{EntriesBySender, Entry, Erasing, StoreError, UserId};
use tokio::sync::{Semaphore, mpsc};

use super::{Faults, check, unavailable};

/// The faults of what one sender wrote.
impl Faults {
    /// Makes the erasing of a sender's entries fail, or not.
    pub fn set_erase_unavailable(&self, unavailable: bool) {
        self.0.erase_unavailable.store(unavailable, Ordering::SeqCst);
    }

    /// Makes the erasing of one sender's entries fail from now on.
    ///
    /// # Panics
    /// Never: nothing panics while it holds the lock.
    pub fn set_not_erased(&self, sender: UserId) {
        *self.0.not_erased.lock().expect("nothing panics with the lock") = Some(sender);
    }

    /// How many pages of a sender's entries were given.
    pub fn export_pages(&self) -> usize {
        self.0.export_pages.load(Ordering::SeqCst)
    }

    /// Makes the store fail after this many pages of a sender's entries.
    pub fn break_export_after(&self, pages: usize) {
        self.0.max_export_pages.store(pages, Ordering::SeqCst);
    }

    /// The only reader: each page of a sender's entries but the first takes its permit for a moment.
    pub fn export_reader(&self) -> Arc<Semaphore> {
        Arc::clone(&self.0.export_reader)
    }
}

pub(super) struct FaultyEntriesBySender {
    pub(super) faults: Faults,
    pub(super) entries: Arc<dyn EntriesBySender>,
}

#[async_trait]
impl EntriesBySender for FaultyEntriesBySender {
    async fn read_all(&self, sender: UserId, out: mpsc::Sender<Vec<Entry>>) -> Result<(), StoreError> {
        let state = &self.faults.0;
        let (inner, mut pages) = mpsc::channel(1);
        let passing = async move {
            while let Some(page) = pages.recv().await {
                if state.export_pages.load(Ordering::SeqCst) >= state.max_export_pages.load(Ordering::SeqCst)
                {
                    return Err(unavailable());
                }
                if state.export_pages.fetch_add(1, Ordering::SeqCst) > 0 {
                    drop(state.export_reader.acquire().await);
                }
                if out.send(page).await.is_err() {
                    break;
                }
            }
            Ok(())
        };
        tokio::try_join!(self.entries.read_all(sender, inner), passing).map(|_| ())
    }

    fn erasing(&self, sender: UserId) -> Box<dyn Erasing> {
        let (faults, erasing) = (self.faults.clone(), self.entries.erasing(sender));
        Box::new(FaultyErasing { faults, sender, erasing })
    }
}

struct FaultyErasing {
    faults: Faults,
    sender: UserId,
    erasing: Box<dyn Erasing>,
}

#[async_trait]
impl Erasing for FaultyErasing {
    async fn erase_some(&mut self) -> Result<bool, StoreError> {
        check(&self.faults.0.erase_unavailable)?;
        let state = &self.faults.0;
        if *state.not_erased.lock().expect("nothing panics with the lock") == Some(self.sender) {
            return Err(unavailable());
        }
        self.erasing.erase_some().await
    }
}
