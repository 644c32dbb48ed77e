//! Which logs go on, in SQLite. The file belongs to one process, so the writing thread notes it, and nothing is read.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use async_trait::async_trait;
use parking_lot::Mutex;

use super::super::generations::{Generations, Part};
use crate::{EndsWatch, NewEnds, RoomId, StoreError};

/// The numbers of the last entries, by room.
type Ends = HashMap<RoomId, u64>;

/// Those who watch which logs go on. Clones share them.
#[derive(Clone)]
pub(super) struct Watchers {
    generations: Generations,
    list: Arc<Mutex<Vec<Weak<Mutex<Noted>>>>>,
}

/// What a watcher has not seen yet.
#[derive(Default)]
struct Noted {
    /// By transactions that have ended.
    ended: Ends,
    /// By the last transaction, and its generation of the log. It may not have ended.
    last: Ends,
    generation: u64,
}

impl Watchers {
    pub(super) fn new(generations: Generations) -> Self {
        Self { generations, list: Arc::default() }
    }

    /// A watcher of what is noted from now on.
    pub(super) fn add(&self) -> Box<dyn EndsWatch> {
        let noted = Arc::default();
        self.list.lock().push(Arc::downgrade(&noted));
        Box::new(SqliteEndsWatch { generations: self.generations.clone(), noted })
    }

    /// Notes what a transaction of the writing thread is about to commit.
    pub(super) fn note(&self, ends: impl Iterator<Item = (RoomId, u64)> + Clone) {
        let generation = self.generations.of(Part::Log);
        self.list.lock().retain(|watcher| {
            let watcher = watcher.upgrade();
            watcher.iter().for_each(|noted| noted.lock().note(generation, ends.clone()));
            watcher.is_some()
        });
    }
}

impl Noted {
    fn note(&mut self, generation: u64, ends: impl Iterator<Item = (RoomId, u64)>) {
        self.end_before(generation);
        self.generation = generation;
        self.last.extend(ends);
    }

    /// What was noted before a generation is committed, or never will be.
    fn end_before(&mut self, generation: u64) {
        if self.generation < generation {
            self.ended.extend(self.last.drain());
        }
    }
}

/// Sees what is noted for it.
struct SqliteEndsWatch {
    generations: Generations,
    noted: Arc<Mutex<Noted>>,
}

#[async_trait]
impl EndsWatch for SqliteEndsWatch {
    async fn next(&mut self) -> Result<NewEnds, StoreError> {
        let mut noted = self.noted.lock();
        noted.end_before(self.generations.of(Part::Log));
        Ok(NewEnds::Of(std::mem::take(&mut noted.ended)))
    }
}
