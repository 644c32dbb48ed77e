//! The newest messages of the rooms that are read, kept while the log does not change.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::Transaction;

use super::super::Sqlite;
use super::super::generations::{Kept, Part};
use super::page_before;
use crate::shared_reads::SharedReads;
use crate::{LogPage, NEWEST_MESSAGES, RoomId, StoreError};

/// Maximum approximate bytes of the pages that are kept.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// The pages, and the reads of those that changed.
pub(in crate::sqlite) struct NewestPages {
    kept: Kept<RoomId, Arc<LogPage>>,
    reads: SharedReads<RoomId, Arc<LogPage>>,
}

impl Default for NewestPages {
    fn default() -> Self {
        let weigh = |page: &Arc<LogPage>| page.weight();
        Self { kept: Kept::new(MAX_BYTES, weigh), reads: SharedReads::default() }
    }
}

impl Sqlite {
    pub(super) async fn newest_page(&self, room: RoomId) -> Result<Arc<LogPage>, StoreError> {
        if let Some(page) = self.newest.kept.get(&room, self.generations.of(Part::Log)) {
            return Ok(page);
        }
        let (readers, generations) = (self.client_readers.clone(), self.generations.clone());
        let kept = self.newest.kept.clone();
        let read = |rooms: Vec<RoomId>| async move {
            let generation = generations.of(Part::Log);
            let pages = readers.read(move |tx| newest_of(tx, &rooms)).await?;
            let keep = |(room, page)| {
                let page = unless_equal(kept.last(&room), page);
                kept.keep(room, generation, Arc::clone(&page));
                (room, page)
            };
            Ok(pages.into_iter().map(keep).collect::<HashMap<_, _>>())
        };
        let found = self.newest.reads.read(room, read).await?;
        found.ok_or_else(|| StoreError::Corrupt("a room without a page".to_owned()))
    }
}

fn newest_of(tx: &Transaction<'_>, rooms: &[RoomId]) -> rusqlite::Result<Vec<(RoomId, LogPage)>> {
    rooms.iter().map(|&room| Ok((room, page_before(tx, room, None, NEWEST_MESSAGES)?))).collect()
}

/// The page of before, if nothing of it changed: the write was to another room.
fn unless_equal(before: Option<Arc<LogPage>>, page: LogPage) -> Arc<LogPage> {
    before.filter(|before| **before == page).unwrap_or_else(|| Arc::new(page))
}
