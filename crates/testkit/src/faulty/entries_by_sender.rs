//! The entries by sender with faults before them.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use async_trait::async_trait;
use store::{EntriesBySender, Entry, StoreError, UserId};
use tokio::sync::mpsc;

use super::{Faults, check, unavailable};

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

    async fn erase_all(&self, sender: UserId) -> Result<(), StoreError> {
        check(&self.faults.0.erase_unavailable)?;
        self.entries.erase_all(sender).await
    }
}
