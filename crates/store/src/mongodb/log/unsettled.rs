//! The rooms in which this process has an insert that was not answered: it may still be stored.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::RoomId;

/// Time after which an insert that was not answered is surely over: twice the time limit of an operation.
const INSERT_GRACE: Duration = Duration::from_secs(10);

/// The rooms. Clones share them.
#[derive(Clone, Default)]
pub(in crate::mongodb) struct Unsettled {
    until: Arc<Mutex<HashMap<RoomId, Instant>>>,
}

impl Unsettled {
    /// Notes an insert that was not answered.
    pub(super) fn note(&self, room: RoomId) {
        self.until.lock().insert(room, Instant::now() + INSERT_GRACE);
    }

    /// The text forms of the rooms whose inserts may not be over.
    pub(super) fn rooms(&self, now: Instant) -> Vec<String> {
        let mut until = self.until.lock();
        let rooms = until.keys().map(RoomId::to_string).collect();
        // Those that are over are looked at for the last time.
        until.retain(|_, until| *until > now);
        rooms
    }
}
