//! The keys of the documents of `entries`: those that one process inserts are a range, so that others can leave them out.
//! Nothing else reads them; an entry is found by (room, seq) or (room, sender, id).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{Binary, Document, doc};

/// Makes the keys of one process: 16 bytes, a random number of the process and a counter, so that they are inserted in
/// their order. Clones count together.
#[derive(Clone)]
pub(in crate::mongodb) struct EntryKeys {
    process: [u8; 8],
    last: Arc<AtomicU64>,
}

impl EntryKeys {
    /// Keys that no other process makes.
    pub(in crate::mongodb) fn generate() -> Self {
        let (random, _) = uuid::Uuid::new_v4().as_u64_pair();
        Self { process: random.to_be_bytes(), last: Arc::default() }
    }

    /// The next key, for the field `_id`.
    pub(in crate::mongodb) fn next(&self) -> [u8; 16] {
        self.key(self.last.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Matches a key that another process made, or an earlier release.
    pub(in crate::mongodb) fn of_others(&self) -> Document {
        let bound = |number| Binary { subtype: BinarySubtype::Generic, bytes: self.key(number).to_vec() };
        doc! {"$not": {"$gte": bound(0), "$lte": bound(u64::MAX)}}
    }

    fn key(&self, number: u64) -> [u8; 16] {
        let mut key = [0; 16];
        key[..8].copy_from_slice(&self.process);
        key[8..].copy_from_slice(&number.to_be_bytes());
        key
    }
}
