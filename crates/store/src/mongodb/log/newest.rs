//! The newest messages of the rooms that are read. A page is kept, and each read asks whether it is still right.
//!
//! Entries are only appended and erased. So a page is right while the log has the same last number, and the same erased
//! messages from the page's first one on. The question looks for them where they are, so it depends on nothing that a
//! writer could forget to note. It returns a few numbers instead of fifty entries, and costs the server about as much as
//! one entry would; an aggregation that counts them costs twice as much.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::TryStreamExt;
use futures_util::future::join_all;
use moka::sync::Cache;
use mongodb::bson::{Bson, doc};
use serde::Deserialize;

use super::super::documents::corrupt;
use super::super::{Mongo, limited};
use super::bounded;
use crate::shared_reads::SharedReads;
use crate::{Entry, Log, LogPage, NEWEST_MESSAGES, RoomId, StoreError};

/// Maximum approximate bytes of the pages that are kept.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// The pages, and the reads of all that wait for one.
#[derive(Clone)]
pub(in crate::mongodb) struct NewestPages {
    kept: Cache<RoomId, Arc<LogPage>>,
    /// Each room has a result of its own: what fails for one room does not fail the others.
    reads: SharedReads<RoomId, Result<Arc<LogPage>, StoreError>>,
}

/// An entry as the question finds it.
#[derive(Deserialize, PartialEq)]
struct Mark {
    seq: i64,
    erased: bool,
}

impl Default for NewestPages {
    fn default() -> Self {
        let weigh = |_: &RoomId, page: &Arc<LogPage>| page.weight();
        let kept = Cache::builder().max_capacity(MAX_BYTES).weigher(weigh).build();
        Self { kept, reads: SharedReads::default() }
    }
}

impl Mongo {
    pub(super) async fn newest_page(&self, room: RoomId) -> Result<Arc<LogPage>, StoreError> {
        let store = self.clone();
        let read = |rooms: Vec<RoomId>| async move {
            let pages = rooms.iter().map(|&room| store.checked_or_read(room));
            let pages = join_all(pages).await;
            Ok(rooms.into_iter().zip(pages).collect::<HashMap<_, _>>())
        };
        let found = self.newest.reads.read(room, read).await?;
        found.unwrap_or_else(|| Err(corrupt("a room without a page")))
    }

    async fn checked_or_read(&self, room: RoomId) -> Result<Arc<LogPage>, StoreError> {
        if let Some(page) = self.newest.kept.get(&room)
            && self.is_right(room, &page).await?
        {
            return Ok(page);
        }
        let page = Arc::new(self.page_before(room, None, NEWEST_MESSAGES).await?);
        self.newest.kept.insert(room, Arc::clone(&page));
        Ok(page)
    }

    /// Whether a page is what the log has now: its last entry and its erased messages, and nothing else from its first
    /// message on that is newer or erased.
    async fn is_right(&self, room: RoomId, page: &LogPage) -> Result<bool, StoreError> {
        let first = page.messages.first().map_or(page.last_seq, |message| message.seq);
        let newer_or_erased = vec![
            doc! {"seq": {"$gte": bounded(page.last_seq)}},
            doc! {"text": Bson::Null, "kind": "message"},
        ];
        let filter = doc! {"room": room.to_string(), "seq": {"$gte": bounded(first)}, "$or": newer_or_erased};
        // A missing field is less than null.
        let is_erased = doc! {"$and": [{"$lte": ["$text", Bson::Null]}, {"$eq": ["$kind", "message"]}]};
        let expected = end_and_erased(page);
        let marks = self.for_clients.entries.clone_with_type::<Mark>();
        let reading = async {
            let found = marks
                .find(filter)
                .projection(doc! {"_id": 0, "seq": 1, "erased": is_erased})
                .sort(doc! {"seq": -1})
                // One more shows that the page is not right, however many there are.
                .limit(expected.len() as i64 + 1);
            found.await?.try_collect::<Vec<Mark>>().await
        };
        Ok(limited(Box::pin(reading)).await? == expected)
    }
}

/// What the question finds of a page that is right, newest first: its last entry, and its erased messages.
fn end_and_erased(page: &LogPage) -> Vec<Mark> {
    let mark = |message: &Entry| Mark { seq: bounded(message.seq), erased: message.is_erased() };
    let is_last = |message: &&Entry| message.seq == page.last_seq;
    let end = page.messages.last().filter(is_last).map(mark);
    // The last entry may be of another kind: it is not in the page, and no erased message.
    let end = end.or((page.last_seq > 0).then(|| Mark { seq: bounded(page.last_seq), erased: false }));
    let erased = page.messages.iter().rev().filter(|message| message.is_erased() && !is_last(message));
    end.into_iter().chain(erased.map(mark)).collect()
}
