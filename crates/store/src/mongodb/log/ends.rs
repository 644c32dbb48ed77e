//! The last number of each room's log, as far as this process knows it. It never holds more than a fixed number of rooms.

use std::sync::Arc;

use moka::sync::Cache;
use tokio::sync::Mutex;

use crate::RoomId;

/// Maximum number of rooms whose last number is kept. A room beyond it costs one more read at its next append.
const MAX_KNOWN_ROOMS: u64 = 10_000;

/// The last number of a log; `None` if it must be read. Locked during an append, so that appends of this process to one
/// room do not compete for the same numbers.
type LogEnd = Arc<Mutex<Option<u64>>>;

/// The logs' known ends. Clones share them.
#[derive(Clone)]
pub(in crate::mongodb) struct LogEnds {
    rooms: Cache<RoomId, LogEnd>,
}

impl Default for LogEnds {
    fn default() -> Self {
        Self { rooms: Cache::new(MAX_KNOWN_ROOMS) }
    }
}

impl LogEnds {
    /// The end of a room's log. Two callers may get different locks if the room was dropped in between; then the unique
    /// (room, seq) decides, as it does between processes.
    pub(super) fn of(&self, room: RoomId) -> LogEnd {
        self.rooms.get_with(room, LogEnd::default)
    }
}
