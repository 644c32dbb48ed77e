//! Which entries of one process were seen, by their numbers. It asks nothing.

use std::time::{Duration, Instant};

/// Time after which an append is surely over, twice the time limit of an operation: an entry that was not there at its number
/// never will be.
pub(super) const APPEND_GRACE: Duration = Duration::from_secs(10);
/// Maximum number of holes. Appends that fail leave them; the oldest one is given up then.
const MAX_HOLES: usize = 64;

/// The numbers up to `last` were seen, but for the holes.
#[derive(Debug)]
pub(super) struct Seen {
    last: u64,
    holes: Vec<Hole>,
}

/// Numbers that were not there when a later one was: those after `after`, up to `last`.
#[derive(Debug, PartialEq, Eq)]
struct Hole {
    after: u64,
    last: u64,
    since: Instant,
}

impl Seen {
    pub(super) fn up_to(last: u64) -> Self {
        Self { last, holes: Vec::new() }
    }

    /// The ranges of numbers that are to be looked for: after the first, up to the second.
    pub(super) fn unseen(&self) -> impl Iterator<Item = (u64, u64)> {
        self.holes.iter().map(|hole| (hole.after, hole.last)).chain([(self.last, u64::MAX)])
    }

    /// Notes what a question found that was asked at `asked_at`: numbers in [`Seen::unseen`], in their order.
    pub(super) fn note(&mut self, found: &[u64], asked_at: Instant) {
        let (in_holes, new) = found.split_at(found.partition_point(|number| *number <= self.last));
        let holes = std::mem::take(&mut self.holes);
        let is_open = |hole: &Hole| asked_at.saturating_duration_since(hole.since) < APPEND_GRACE;
        for hole in holes.into_iter().filter(is_open) {
            let first = in_holes.partition_point(|number| *number <= hole.after);
            let end = in_holes.partition_point(|number| *number <= hole.last);
            self.leave_holes(hole.after, &in_holes[first..end], Some(hole.last), hole.since);
        }
        self.leave_holes(self.last, new, None, asked_at);
        self.last = new.last().copied().unwrap_or(self.last);
        let too_many = self.holes.len().saturating_sub(MAX_HOLES);
        self.holes.drain(..too_many);
    }

    /// Adds what is missing between `after`, the numbers that were found, and `end`.
    fn leave_holes(&mut self, mut after: u64, found: &[u64], end: Option<u64>, since: Instant) {
        for next in found.iter().copied().chain(end.map(|end| end + 1)) {
            if next > after + 1 {
                self.holes.push(Hole { after, last: next - 1, since });
            }
            after = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unseen(seen: &Seen) -> Vec<(u64, u64)> {
        seen.unseen().collect()
    }

    #[test]
    fn what_comes_late_is_looked_for_until_it_is_there() {
        let (mut seen, now) = (Seen::up_to(10), Instant::now());
        seen.note(&[11, 12], now);
        assert_eq!(unseen(&seen), [(12, u64::MAX)]);
        seen.note(&[16, 17, 20], now);
        assert_eq!(unseen(&seen), [(12, 15), (17, 19), (20, u64::MAX)]);
        seen.note(&[14, 18, 19, 22], now);
        assert_eq!(unseen(&seen), [(12, 13), (14, 15), (20, 21), (22, u64::MAX)]);
        seen.note(&[13, 15, 21], now);
        assert_eq!(unseen(&seen), [(22, u64::MAX)]);
    }

    #[test]
    fn what_never_comes_is_given_up_by_a_question_after_the_append_is_over() {
        let (mut seen, now) = (Seen::up_to(0), Instant::now());
        seen.note(&[5], now);
        seen.note(&[], now + APPEND_GRACE - Duration::from_millis(1));
        assert_eq!(unseen(&seen), [(0, 4), (5, u64::MAX)]);
        seen.note(&[3], now + APPEND_GRACE);
        assert_eq!(unseen(&seen), [(5, u64::MAX)]);
    }

    #[test]
    fn holes_are_bounded() {
        let (mut seen, now) = (Seen::up_to(0), Instant::now());
        seen.note(&(1..=1_000).map(|number| number * 2).collect::<Vec<_>>(), now);
        let unseen = unseen(&seen);
        assert_eq!(
            (unseen.len(), unseen[0]),
            (MAX_HOLES + 1, (2_000 - 2 * MAX_HOLES as u64, 2_000 - 2 * MAX_HOLES as u64 + 1))
        );
    }
}
