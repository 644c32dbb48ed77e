//! The entries of one sender in MongoDB: a cursor over them, sorted by the server.
//!
//! Between two reads the cursor holds no connection of the pool, even if the receiver is slow.

mod erasing;

use std::time::Duration;

use async_trait::async_trait;
use futures_util::TryStreamExt;
use mongodb::Cursor;
use mongodb::bson::{Bson, Document, doc};
use mongodb::options::Hint;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::documents::{ENTRIES_BY_ID, EntryDocument, key};
use super::{Mongo, errors, limited};
use crate::{EntriesBySender, Entry, Erasing, MAX_SENT_PAGE, StoreError, UserId};
use erasing::MongoErasing;

/// Timeout for the first entry, which the server returns after it has sorted all.
const SORT_TIMEOUT: Duration = Duration::from_secs(60);
/// Maximum number of concurrent sorts. Each keeps a connection busy that other readers need.
pub(super) const MAX_CONCURRENT_SORTS: usize = 3;

#[async_trait]
impl EntriesBySender for Mongo {
    async fn read_all(&self, sender: UserId, out: mpsc::Sender<Vec<Entry>>) -> Result<(), StoreError> {
        self.read_pages(sender, &out).await
    }

    fn erasing(&self, sender: UserId) -> Box<dyn Erasing> {
        Box::new(MongoErasing::new(self.clone(), sender))
    }
}

impl Mongo {
    pub(super) async fn read_pages(
        &self,
        sender: UserId,
        out: &mpsc::Sender<Vec<Entry>>,
    ) -> Result<(), StoreError> {
        let mut cursor = self.sorted(sender).await?;
        loop {
            let page = next_page(&mut cursor).await?;
            let is_last = page.len() < MAX_SENT_PAGE;
            if (!page.is_empty() && out.send(page).await.is_err()) || is_last {
                return Ok(());
            }
        }
    }

    async fn sorted(&self, sender: UserId) -> Result<Cursor<EntryDocument>, StoreError> {
        let mut filter = in_any_room(sender);
        filter.insert("text", doc! {"$ne": Bson::Null});
        let _permit =
            self.sorting.acquire().await.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let finding = self
            .for_clients
            .entries
            .find(filter)
            // The server sorts before it returns the first entry, so no newer entry is among them.
            .hint(by_sender())
            .sort(doc! {"room": 1, "seq": 1})
            .allow_disk_use(true)
            .batch_size(MAX_SENT_PAGE as u32);
        match timeout(SORT_TIMEOUT, finding.into_future()).await {
            Ok(found) => found.map_err(|error| errors::store_error(&error)),
            Err(_) => Err(StoreError::Unavailable(format!("MongoDB did not sort within {SORT_TIMEOUT:?}"))),
        }
    }
}

async fn next_page(cursor: &mut Cursor<EntryDocument>) -> Result<Vec<Entry>, StoreError> {
    let mut page = Vec::new();
    while page.len() < MAX_SENT_PAGE {
        let Some(document) = limited(cursor.try_next()).await? else { break };
        page.push(Entry::try_from(document)?);
    }
    Ok(page)
}

/// A sender's entries in every room. With the range of rooms and the hint, the server skips from room to room instead of
/// reading all entries. No index begins with the sender: a unique index must begin with the room, the shard key of a
/// cluster, and another index would slow down every append.
fn in_any_room(sender: UserId) -> Document {
    doc! {"room": {"$gte": ""}, "sender_id": key(sender)}
}

/// The hint for [`in_any_room`].
fn by_sender() -> Hint {
    Hint::Name(ENTRIES_BY_ID.to_owned())
}
