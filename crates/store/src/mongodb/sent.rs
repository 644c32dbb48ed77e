//! What one sender wrote, in order, from MongoDB: a cursor over the sender's entries, which the server sorts.
//!
//! Between two questions the cursor holds none of the pool's connections, however long its pages wait to be taken.

use std::time::Duration;

use futures_util::TryStreamExt;
use mongodb::Cursor;
use mongodb::bson::{Bson, doc};
use mongodb::options::Hint;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::documents::{EntryDocument, key};
use super::{Mongo, failure, indexes, limited};
use crate::{Entry, RoomId, SENT_AT_ONCE, StoreError, UserId};

/// How long the server may sort before the first entry comes.
const SORTING: Duration = Duration::from_secs(60);
/// How many may sort at once: each keeps a connection busy meanwhile, and by default the pool has ten for everything.
pub(super) const SORTING_AT_ONCE: usize = 3;

impl Mongo {
    pub(super) async fn send_all(
        &self,
        room: RoomId,
        sender: UserId,
        out: &mpsc::Sender<Vec<Entry>>,
    ) -> Result<(), StoreError> {
        let mut cursor = self.sorted(room, sender).await?;
        loop {
            let page = next_page(&mut cursor).await?;
            let is_last = page.len() < SENT_AT_ONCE;
            if (!page.is_empty() && out.send(page).await.is_err()) || is_last {
                return Ok(());
            }
        }
    }

    async fn sorted(&self, room: RoomId, sender: UserId) -> Result<Cursor<EntryDocument>, StoreError> {
        let theirs = doc! {"room": room.to_string(), "sender_id": key(sender), "text": {"$ne": Bson::Null}};
        let _turn =
            self.sorting.acquire().await.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let finding = self
            .entries
            .find(theirs)
            // By the index of the numbers it would read everybody's entries for the sake of one's. By this one it sorts
            // before the first comes, so nothing newer is among it.
            .hint(Hint::Name(indexes::BY_ID.to_owned()))
            .sort(doc! {"seq": 1})
            .allow_disk_use(true)
            .batch_size(SENT_AT_ONCE as u32);
        match timeout(SORTING, finding.into_future()).await {
            Ok(found) => found.map_err(|error| failure::store_error(&error)),
            Err(_) => Err(StoreError::Unavailable(format!("MongoDB did not sort within {SORTING:?}"))),
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
