//! The newest messages of the rooms that are read. A page is kept, and each read asks whether it is still right.
//!
//! Entries are only appended and erased. So a page is right while the log has the same last number, and as many erased
//! messages from the page's first one on. The question counts them where they are, so it depends on nothing that a writer
//! could forget to note. It returns two numbers instead of fifty entries.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::TryStreamExt;
use futures_util::future::try_join_all;
use moka::sync::Cache;
use mongodb::bson::{Bson, Document, doc};

use super::super::documents::corrupt;
use super::super::{Mongo, limited};
use super::bounded;
use crate::shared_reads::SharedReads;
use crate::{Log, LogPage, NEWEST_MESSAGES, RoomId, StoreError};

/// Maximum approximate bytes of the pages that are kept.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// The pages, and the reads of all that wait for one.
#[derive(Clone)]
pub(in crate::mongodb) struct NewestPages {
    kept: Cache<RoomId, Arc<LogPage>>,
    reads: SharedReads<RoomId, Arc<LogPage>>,
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
            let pages = rooms.into_iter().map(|room| store.checked_or_read(room));
            Ok(try_join_all(pages).await?.into_iter().collect::<HashMap<_, _>>())
        };
        let found = self.newest.reads.read(room, read).await?;
        found.ok_or_else(|| corrupt("a room without a page"))
    }

    async fn checked_or_read(&self, room: RoomId) -> Result<(RoomId, Arc<LogPage>), StoreError> {
        if let Some(page) = self.newest.kept.get(&room)
            && self.is_right(room, &page).await?
        {
            return Ok((room, page));
        }
        let page = Arc::new(self.page_before(room, None, NEWEST_MESSAGES).await?);
        self.newest.kept.insert(room, Arc::clone(&page));
        Ok((room, page))
    }

    /// Whether a page is what the log has now.
    async fn is_right(&self, room: RoomId, page: &LogPage) -> Result<bool, StoreError> {
        let first = page.messages.first().map_or(page.last_seq, |message| message.seq);
        let erased = page.messages.iter().filter(|message| message.is_erased()).count();
        let erased_kinds = doc! {"$and": [{"$eq": ["$text", Bson::Null]}, {"$eq": ["$kind", "message"]}]};
        let pipeline = [
            doc! {"$match": {"room": room.to_string(), "seq": {"$gte": bounded(first)}}},
            // Any newer message makes the last number differ, however many there are.
            doc! {"$sort": {"seq": -1}},
            doc! {"$limit": bounded(page.last_seq - first + 2)},
            doc! {"$group": {
                "_id": Bson::Null,
                "last": {"$max": "$seq"},
                "erased": {"$sum": {"$cond": [erased_kinds, 1_i64, 0_i64]}},
            }},
        ];
        let reading = async { self.entries.aggregate(pipeline).await?.try_next().await };
        let found: Option<Document> = limited(Box::pin(reading)).await?;
        let number = |name| found.as_ref().map_or(Ok(0), |found| found.get_i64(name));
        let (last, now_erased) = (number("last"), number("erased"));
        let unreadable = |_| corrupt("a log's end without numbers");
        Ok(last.map_err(unreadable)?.cast_unsigned() == page.last_seq
            && now_erased.map_err(unreadable)? == erased as i64)
    }
}
