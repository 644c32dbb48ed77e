//! The keys of the documents of `entries`: those that one process inserts are a range, so that others can leave them out.
//! [`super::super::log`]
//! finds what is new by them; else an entry is found by (room, seq) or (room, sender, id).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{Binary, Document, doc};

/// What the keys of one process begin with.
pub(in crate::mongodb) type ProcessKey = [u8; 8];

/// Makes the keys of one process: 16 bytes, a random number of the process and a counter, so that they are inserted in
/// their order. Clones count together.
#[derive(Clone)]
pub(in crate::mongodb) struct EntryKeys {
    process: ProcessKey,
    last: Arc<AtomicU64>,
}

impl EntryKeys {
    /// Keys that no other process makes.
    pub(in crate::mongodb) fn generate() -> Self {
        let (random, _) = uuid::Uuid::new_v4().as_u64_pair();
        Self { process: random.to_be_bytes(), last: Arc::default() }
    }

    /// What the keys of this process begin with.
    pub(in crate::mongodb) fn process(&self) -> ProcessKey {
        self.process
    }

    /// Matches the keys of a process with numbers after one and up to another.
    pub(in crate::mongodb) fn range(process: ProcessKey, after: u64, last: u64) -> Document {
        let bound = |number| Binary { subtype: BinarySubtype::Generic, bytes: key(process, number).to_vec() };
        doc! {"$gt": bound(after), "$lte": bound(last)}
    }

    /// The process and the number of a key. `None` for one of an earlier release.
    pub(in crate::mongodb) fn read(key: &[u8]) -> Option<(ProcessKey, u64)> {
        let (process, number) = key.split_first_chunk::<8>()?;
        Some((*process, u64::from_be_bytes(number.try_into().ok()?)))
    }

    /// The next key, for the field `_id`.
    pub(in crate::mongodb) fn next(&self) -> [u8; 16] {
        key(self.process, self.last.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Matches a key that another process made, or an earlier release.
    pub(in crate::mongodb) fn of_others(&self) -> Document {
        let bound =
            |number| Binary { subtype: BinarySubtype::Generic, bytes: key(self.process, number).to_vec() };
        doc! {"$not": {"$gte": bound(0), "$lte": bound(u64::MAX)}}
    }
}

fn key(process: ProcessKey, number: u64) -> [u8; 16] {
    let mut key = [0; 16];
    key[..8].copy_from_slice(&process);
    key[8..].copy_from_slice(&number.to_be_bytes());
    key
}
