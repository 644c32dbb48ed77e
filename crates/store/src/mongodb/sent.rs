//! All entries of one sender, room by room and in order: a cursor over the entries, sorted by the server.
//!
//! Between two reads the cursor holds no connection of the pool, even if the receiver is slow.

use std::time::Duration;

use futures_util::TryStreamExt;
use mongodb::Cursor;
use mongodb::bson::{Bson, doc};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::documents::EntryDocument;
use super::log::{by_sender, in_any_room};
use super::{Mongo, failure, limited};
use crate::{Entry, SENT_AT_ONCE, StoreError, UserId};

/// Timeout for the first entry, which the server returns after it has sorted all.
const SORT_TIMEOUT: Duration = Duration::from_secs(60);
/// Maximum number of concurrent sorts. Each keeps a connection busy, and the pool has ten by default.
pub(super) const MAX_CONCURRENT_SORTS: usize = 3;

impl Mongo {
    pub(super) async fn send_all(
        &self,
        sender: UserId,
        out: &mpsc::Sender<Vec<Entry>>,
    ) -> Result<(), StoreError> {
        let mut cursor = self.sorted(sender).await?;
        loop {
            let page = next_page(&mut cursor).await?;
            let is_last = page.len() < SENT_AT_ONCE;
            if (!page.is_empty() && out.send(page).await.is_err()) || is_last {
                return Ok(());
            }
        }
    }

    async fn sorted(&self, sender: UserId) -> Result<Cursor<EntryDocument>, StoreError> {
        let mut filter = in_any_room(sender);
        filter.insert("text", doc! {"$ne": Bson::Null});
        let _turn =
            self.sorting.acquire().await.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let finding = self
            .entries
            .find(filter)
            // The server sorts before it returns the first entry, so no newer entry is among them.
            .hint(by_sender())
            .sort(doc! {"room": 1, "seq": 1})
            .allow_disk_use(true)
            .batch_size(SENT_AT_ONCE as u32);
        match timeout(SORT_TIMEOUT, finding.into_future()).await {
            Ok(found) => found.map_err(|error| failure::store_error(&error)),
            Err(_) => Err(StoreError::Unavailable(format!("MongoDB did not sort within {SORT_TIMEOUT:?}"))),
        }
    }
}

async fn next_page(cursor: &mut Cursor<EntryDocument>) -> Result<Vec<Entry>, StoreError> {
    let mut page = Vec::new();
    while page.len() < SENT_AT_ONCE {
        let Some(document) = limited(cursor.try_next()).await? else { break };
        page.push(Entry::try_from(document)?);
    }
    Ok(page)
}
