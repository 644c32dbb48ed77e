//! The rooms that lag: their logs have entries that were not delivered and have to be read.
//!
//! They take turns, a page each. Entries that the feed brings in the meantime are held, within bounds, so that a room has
//! to be read only up to them. It reads no log.

use std::collections::{HashMap, VecDeque};

use store::{Entry, RoomId};

/// Maximum entries that are held, of all rooms together.
const MAX_HELD_ENTRIES: usize = 1_000;

/// The rooms that lag.
#[derive(Default)]
pub(super) struct Lagging {
    /// Those that wait for their turn. One whose page is being read is in `by_id` alone.
    turns: VecDeque<RoomId>,
    by_id: HashMap<RoomId, Lag>,
    held: usize,
}

#[derive(Default)]
struct Lag {
    /// The last number that the log is known to have.
    end: u64,
    /// Entries up to there, without a gap.
    held: Vec<Entry>,
}

impl Lagging {
    /// Notes that a room's log goes on to this number.
    pub(super) fn note_end(&mut self, room: RoomId, end: u64) {
        let turns = &mut self.turns;
        let lag = self.by_id.entry(room).or_insert_with(|| {
            turns.push_back(room);
            Lag::default()
        });
        lag.end = lag.end.max(end);
    }

    /// Holds new entries of one room, in order, unless there are too many or some are missing. Those have to be read.
    pub(super) fn hold(&mut self, entries: &[Entry]) {
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return };
        self.note_end(first.room, last.seq);
        let continues = entries.iter().zip(first.seq..).all(|(entry, seq)| entry.seq == seq);
        let Some(lag) = self.by_id.get_mut(&first.room) else { return };
        let is_next = lag.held.last().is_none_or(|held| held.seq + 1 == first.seq);
        if !is_next || !continues || self.held + entries.len() > MAX_HELD_ENTRIES {
            self.held -= std::mem::take(&mut lag.held).len();
        }
        if continues && self.held + entries.len() <= MAX_HELD_ENTRIES {
            lag.held.extend_from_slice(entries);
            self.held += entries.len();
        }
    }

    /// The room whose page is to be read next. Its turn is over until [`Lagging::go_on`].
    pub(super) fn take_turn(&mut self) -> Option<RoomId> {
        self.turns.pop_front()
    }

    /// A room was read and delivered up to a number. If what is held goes on from there, that is returned, and the room lags
    /// no more; otherwise it has another turn if its log is longer.
    pub(super) fn go_on(&mut self, room: RoomId, delivered: u64) -> Vec<Entry> {
        let Some(lag) = self.by_id.get(&room) else { return Vec::new() };
        let is_held = lag.held.first().is_some_and(|first| first.seq <= delivered + 1);
        if !is_held && lag.end > delivered {
            self.turns.push_back(room);
            return Vec::new();
        }
        let mut held = self.remove(room);
        held.retain(|entry| entry.seq > delivered);
        held
    }

    /// Lets a room lag no more. Returns what was held.
    pub(super) fn remove(&mut self, room: RoomId) -> Vec<Entry> {
        self.turns.retain(|other| *other != room);
        let held = self.by_id.remove(&room).map(|lag| lag.held).unwrap_or_default();
        self.held -= held.len();
        held
    }
}

#[cfg(test)]
mod tests {
    use store::{Kind, Sender, Timestamp, UserId};

    use super::*;

    fn entry(room: RoomId, seq: u64) -> Entry {
        let sender = Sender { id: UserId::new(), username: "ada".into(), display_name: "Ada".into() };
        let text = Some("hello".into());
        let (kind, id, sent_at) = (Kind::Message, seq.to_string(), Timestamp::now());
        Entry { room, seq, kind, id, sender: Some(sender), text, mentions: Vec::new(), sent_at }
    }

    fn entries(room: RoomId, seqs: std::ops::RangeInclusive<u64>) -> Vec<Entry> {
        seqs.map(|seq| entry(room, seq)).collect()
    }

    fn seqs(entries: &[Entry]) -> Vec<u64> {
        entries.iter().map(|entry| entry.seq).collect()
    }

    #[test]
    fn rooms_take_turns() {
        let (mut lagging, first, second) = (Lagging::default(), RoomId::generate(), RoomId::generate());
        lagging.note_end(first, 300);
        lagging.note_end(second, 100);
        assert_eq!(lagging.take_turn(), Some(first));
        assert!(lagging.go_on(first, 100).is_empty());
        assert_eq!(lagging.take_turn(), Some(second));
        lagging.go_on(second, 100);
        assert!(!lagging.by_id.contains_key(&second) && lagging.by_id.contains_key(&first));
        assert_eq!((lagging.take_turn(), lagging.take_turn()), (Some(first), None));
    }

    #[test]
    fn a_room_is_read_up_to_what_is_held() {
        let (mut lagging, room) = (Lagging::default(), RoomId::generate());
        lagging.note_end(room, 100);
        lagging.hold(&entries(room, 151..=160));
        lagging.hold(&entries(room, 161..=161));
        assert_eq!(lagging.take_turn(), Some(room));
        assert!(lagging.go_on(room, 100).is_empty());
        assert_eq!(lagging.take_turn(), Some(room), "101 to 150 are still to be read");
        assert_eq!(seqs(&lagging.go_on(room, 155)), (156..=161).collect::<Vec<_>>());
        assert!(lagging.by_id.is_empty() && lagging.take_turn().is_none());
    }

    #[test]
    fn nothing_is_held_across_a_gap_nor_without_a_bound() {
        let (mut lagging, room) = (Lagging::default(), RoomId::generate());
        lagging.hold(&entries(room, 11..=20));
        lagging.hold(&entries(room, 31..=40));
        lagging.take_turn();
        assert!(lagging.go_on(room, 10).is_empty(), "what was before the gap is read");
        let many = MAX_HELD_ENTRIES as u64;
        lagging.hold(&entries(room, 41..=40 + many));
        assert_eq!(lagging.take_turn(), Some(room));
        assert!(lagging.go_on(room, 35).is_empty());
        assert_eq!(lagging.held, MAX_HELD_ENTRIES, "the newest are");
        lagging.hold(&entries(room, 41 + many..=41 + many));
        assert_eq!(lagging.held, 1);
        assert_eq!(lagging.remove(room).len(), 1);
        assert_eq!(lagging.held, 0);
    }
}
