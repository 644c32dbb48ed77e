//! Where the rooms' logs end, kept by the writing thread, which alone appends. Nothing is kept of a transaction that failed.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use rusqlite::Transaction;

use super::super::generations::{Generations, Part};
use super::super::room_numbers::RoomNumber;
use super::super::rows::last_seq;
use crate::RoomId;

/// Maximum number of rooms that are kept.
const MAX_KEPT: usize = 10_000;

/// The end of a room's log.
#[derive(Debug, Clone, Copy)]
pub(super) struct RoomEnd {
    pub(super) number: RoomNumber,
    pub(super) last_seq: u64,
}

/// The ends of logs. Clones share them.
#[derive(Clone)]
pub(super) struct RoomEnds {
    generations: Generations,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    by_room: HashMap<RoomId, RoomEnd>,
    /// The number of transactions that had failed when these were kept.
    failures: u64,
}

impl RoomEnds {
    pub(super) fn new(generations: Generations) -> Self {
        Self { generations, kept: Arc::default() }
    }

    /// The end of a room's log, for a transaction of the writing thread. The room gets a number if it has none.
    pub(super) fn find_or_add(&self, tx: &Transaction<'_>, room: RoomId) -> rusqlite::Result<RoomEnd> {
        let kept = self.kept.lock();
        let known = kept.by_room.get(&room).filter(|_| kept.failures == self.failures());
        if let Some(known) = known {
            return Ok(*known);
        }
        let number = RoomNumber::find_or_add(tx, room)?;
        Ok(RoomEnd { number, last_seq: last_seq(tx, number)? })
    }

    /// Keeps ends for the next transaction, unless this one fails.
    pub(super) fn keep(&self, ends: &HashMap<RoomId, RoomEnd>) {
        let (mut kept, failures) = (self.kept.lock(), self.failures());
        if kept.failures != failures || kept.by_room.len() > MAX_KEPT {
            *kept = Kept { failures, ..Kept::default() };
        }
        kept.by_room.extend(ends);
    }

    fn failures(&self) -> u64 {
        self.generations.failures(Part::Log)
    }
}
