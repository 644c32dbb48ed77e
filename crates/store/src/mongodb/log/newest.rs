//! The newest messages of the rooms that are read. A page is kept, and each read asks whether it is still right.
//!
//! Entries are only appended, erased, and dropped from the beginning of the log. So a page is right while the log still has
//! its first entry, the same last number, and in between the same erased messages and the same number of mentions in each
//! message (a deleted user vanishes from them). The question looks for them where they
//! are, so it depends on nothing that a writer could forget to note. It returns a few numbers instead of fifty entries, and
//! costs the server about as much as one entry would; an aggregation that counts them costs twice as much.

use std::collections::{BTreeMap, HashMap};
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
use crate::{Log, LogPage, NEWEST_MESSAGES, RoomId, StoreError};

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
    /// The number of users that it mentions.
    mentions: i32,
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

    /// Whether a page is what the log has now: its first and its last entry and its erased messages, and nothing else from
    /// its first entry on that is newer or erased.
    async fn is_right(&self, room: RoomId, page: &LogPage) -> Result<bool, StoreError> {
        let [first, last] = [first(page), page.last_seq].map(bounded);
        let sought = vec![
            doc! {"seq": {"$gte": last}},
            doc! {"seq": first},
            doc! {"text": Bson::Null, "kind": "message"},
            doc! {"mentions.0": {"$exists": true}},
        ];
        let filter = doc! {"room": room.to_string(), "seq": {"$gte": first}, "$or": sought};
        // A missing field is less than null.
        let is_erased = doc! {"$and": [{"$lte": ["$text", Bson::Null]}, {"$eq": ["$kind", "message"]}]};
        let mentions = doc! {"$size": {"$ifNull": ["$mentions", []]}};
        let expected = expected_marks(page);
        let marks = self.for_clients.entries.clone_with_type::<Mark>();
        let reading = async {
            let found = marks
                .find(filter)
                .projection(doc! {"_id": 0, "seq": 1, "erased": is_erased, "mentions": mentions})
                .sort(doc! {"seq": -1})
                // One more shows that the page is not right, however many there are.
                .limit(expected.len() as i64 + 1);
            found.await?.try_collect::<Vec<Mark>>().await
        };
        Ok(limited(Box::pin(reading)).await? == expected)
    }
}

/// The number of the first entry that a page depends on: its first message, and where what it covers begins.
fn first(page: &LogPage) -> u64 {
    page.messages.first().map_or(page.covered_to, |message| message.seq.min(page.covered_to))
}

/// What the question finds of a page that is right, newest first: its first and its last entry, its erased messages, and
/// those that mention somebody.
fn expected_marks(page: &LogPage) -> Vec<Mark> {
    let mark = |seq| Mark { seq: bounded(seq), erased: false, mentions: 0 };
    // An end of another kind is not in the page, and neither erased nor mentions anybody.
    let ends = [first(page), page.last_seq].into_iter().filter(|seq| (1..=page.last_seq).contains(seq));
    let mut marks: BTreeMap<u64, Mark> = ends.map(|seq| (seq, mark(seq))).collect();
    for message in page.messages.iter().filter(|message| message.is_erased() || !message.mentions.is_empty())
    {
        let (erased, mentions) =
            (message.is_erased(), i32::try_from(message.mentions.len()).unwrap_or(i32::MAX));
        marks.insert(message.seq, Mark { erased, mentions, ..mark(message.seq) });
    }
    marks.into_values().rev().collect()
}
