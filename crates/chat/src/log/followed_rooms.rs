//! How far each followed room was delivered, and when the head of its log is to be sent.
//!
//! It holds no clock and reads no log.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use store::{Entry, RoomId};
use tokio::time::Instant;

/// Entries without a pause that make a burst, in which a client's buffer may overflow unseen.
const MIN_BURST_ENTRIES: u64 = 32;
/// Time between the end of a burst and the log head.
const LOG_HEAD_DELAY: Duration = Duration::from_millis(200);

/// The rooms that are followed.
#[derive(Default)]
pub(super) struct FollowedRooms {
    by_id: HashMap<RoomId, Progress>,
    log_heads_due: BTreeSet<(Instant, RoomId)>,
}

struct Progress {
    /// The number of the last entry that was delivered.
    delivered: u64,
    /// Entries since the log's head was last sent.
    burst: u64,
    log_head_due: Option<Instant>,
}

impl FollowedRooms {
    /// Follows a room from the end of its log, unless it is followed already.
    pub(super) fn follow(&mut self, room: RoomId, last_seq: u64) {
        let progress = Progress { delivered: last_seq, burst: 0, log_head_due: None };
        self.by_id.entry(room).or_insert(progress);
    }

    /// Follows a room no more.
    pub(super) fn forget(&mut self, room: RoomId) {
        let due = self.by_id.remove(&room).and_then(|progress| progress.log_head_due);
        due.map(|due| self.log_heads_due.remove(&(due, room)));
    }

    /// How far a room was delivered, if it is followed.
    pub(super) fn delivered(&self, room: RoomId) -> Option<u64> {
        self.by_id.get(&room).map(|progress| progress.delivered)
    }

    /// Whether an entry is still to be delivered.
    pub(super) fn is_new(&self, entry: &Entry) -> bool {
        self.delivered(entry.room).is_some_and(|delivered| delivered < entry.seq)
    }

    /// Every followed room.
    pub(super) fn all(&self) -> Vec<RoomId> {
        self.by_id.keys().copied().collect()
    }

    /// Notes that entries up to a number were delivered.
    pub(super) fn advance(&mut self, room: RoomId, last: u64, count: usize, now: Instant) {
        let Some(progress) = self.by_id.get_mut(&room) else { return };
        progress.delivered = last;
        progress.burst += count as u64;
        if progress.burst >= MIN_BURST_ENTRIES {
            let before = progress.log_head_due.replace(now + LOG_HEAD_DELAY);
            before.map(|due| self.log_heads_due.remove(&(due, room)));
            self.log_heads_due.insert((now + LOG_HEAD_DELAY, room));
        }
    }

    /// When the next log head is to be sent.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.log_heads_due.first().map(|(due, _)| *due)
    }

    /// The rooms whose log head is due.
    pub(super) fn due(&self, now: Instant) -> Vec<RoomId> {
        self.log_heads_due.iter().take_while(|(due, _)| *due <= now).map(|(_, room)| *room).collect()
    }

    /// Ends a burst: the room's log head is sent now.
    pub(super) fn end_burst(&mut self, room: RoomId) {
        if let Some(progress) = self.by_id.get_mut(&room) {
            progress.burst = 0;
            progress.log_head_due.take().map(|due| self.log_heads_due.remove(&(due, room)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_log_head_is_due_a_while_after_the_last_entry_of_a_burst() {
        let (room, other) = (RoomId::generate(), RoomId::generate());
        let mut rooms = FollowedRooms::default();
        [room, other].into_iter().for_each(|room| rooms.follow(room, 10));
        let now = Instant::now();
        rooms.advance(other, 11, 1, now);
        rooms.advance(room, 41, 31, now);
        assert_eq!(rooms.next_due(), None, "no burst yet");
        rooms.advance(room, 42, 1, now);
        let later = now + Duration::from_millis(100);
        rooms.advance(room, 43, 1, later);
        assert_eq!(rooms.next_due(), Some(later + LOG_HEAD_DELAY), "after the last one");
        assert!(rooms.due(now + LOG_HEAD_DELAY).is_empty());
        assert_eq!(rooms.due(later + LOG_HEAD_DELAY), [room]);
        rooms.end_burst(room);
        rooms.advance(room, 44, 1, later);
        assert_eq!(
            (rooms.next_due(), rooms.delivered(room), rooms.delivered(other)),
            (None, Some(44), Some(11))
        );
    }

    #[test]
    fn a_room_that_is_not_followed_any_more_is_forgotten_with_its_log_head() {
        let (room, other) = (RoomId::generate(), RoomId::generate());
        let mut rooms = FollowedRooms::default();
        rooms.follow(room, 0);
        rooms.follow(room, 7);
        rooms.advance(room, 40, 40, Instant::now());
        rooms.follow(other, 1);
        rooms.forget(room);
        assert_eq!((rooms.delivered(room), rooms.next_due(), rooms.all()), (None, None, vec![other]));
    }
}
