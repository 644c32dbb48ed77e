//! Decides how many messages the journal's writer appends in one go, and whether it waits a moment for more. It reads no
//! clock.
//!
//! Where another process does the store's work and many senders wait for their answers, an append takes about half of
//! their messages: while the store works, the other half is answered and sends again. So neither waits for the other.
//!
//! An append of a few messages costs about as much as one of a single message. Clients that wait for their answers send
//! again shortly after them: where that is seen, the writer waits for them, at most as long as the last append took.

use std::time::{Duration, Instant};

/// Maximum messages that are appended in one go.
pub(super) const MAX_BATCH: usize = 500;
/// Minimum messages that are appended in one go, if as many wait. With fewer, an append's fixed cost is too much of it.
const MIN_HALF: usize = 128;
/// Maximum number of messages that are waited for. With more, an append's own work is most of its cost.
const MAX_EXPECTED: usize = 32;
/// Maximum time to wait.
const MAX_WAIT: Duration = Duration::from_millis(1);
/// Maximum binary logarithm of the number of appends without a wait, after waits in vain.
const MAX_MISSES: u32 = 6;

/// What the last appends tell about the next one.
#[derive(Default)]
pub(super) struct Gathering {
    /// Whether an append takes half of what many senders have in flight.
    halves: bool,
    /// Messages in flight when the last append ended: its own, and those that came in the meantime.
    in_flight: usize,
    /// The wait for the next append, until it ends.
    open: Option<Wait>,
    /// Waits in vain, one after the other.
    misses: u32,
    /// Number of appends before the next wait.
    pauses: u32,
}

struct Wait {
    expected: usize,
    until: Instant,
}

impl Gathering {
    /// For a store whose appends another process does, or for any other one.
    pub(super) fn new(appends_elsewhere: bool) -> Self {
        Self { halves: appends_elsewhere, ..Self::default() }
    }

    /// Maximum messages of the next append.
    pub(super) fn max_batch(&self) -> usize {
        if self.halves { self.in_flight.div_ceil(2).clamp(MIN_HALF, MAX_BATCH) } else { MAX_BATCH }
    }

    /// Whether an append begins before the senders of the last one are answered, with this number of messages at hand.
    pub(super) fn overlaps(&self, waiting: usize) -> bool {
        self.halves && waiting > MAX_EXPECTED
    }

    /// Notes an append that just ended: how many messages it had, how many came in the meantime, and how long it took.
    pub(super) fn note_append(&mut self, appended: usize, waiting: usize, took: Duration, now: Instant) {
        let expected = appended + waiting;
        self.in_flight = expected;
        self.pauses = self.pauses.saturating_sub(1);
        let waits = self.pauses == 0 && expected <= MAX_EXPECTED;
        self.open = waits.then(|| Wait { expected, until: now + took.min(MAX_WAIT) });
    }

    /// Whether to wait longer, with this number of messages at hand.
    pub(super) fn waits(&mut self, count: usize, now: Instant) -> bool {
        let Some(Wait { expected, until }) = self.open else { return false };
        let (is_full, is_over) = (count >= expected, now >= until);
        if is_full {
            self.misses = 0;
        } else if is_over {
            self.misses = (self.misses + 1).min(MAX_MISSES);
            self.pauses = 1 << self.misses;
        }
        if is_full || is_over {
            self.open = None;
        }
        self.open.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const APPEND: Duration = Duration::from_micros(400);
    const MOMENT: Duration = Duration::from_micros(1);

    #[test]
    fn the_next_append_waits_for_the_senders_that_were_answered() {
        let (mut gathering, now) = (Gathering::default(), Instant::now());
        assert!(!gathering.waits(1, now), "nothing is known yet");
        gathering.note_append(6, 4, APPEND, now);
        assert!(gathering.waits(4, now) && gathering.waits(9, now + APPEND - MOMENT));
        assert!(!gathering.waits(10, now + APPEND - MOMENT), "all are here");
        assert!(!gathering.waits(1, now), "one wait for an append");
    }

    #[test]
    fn a_wait_is_no_longer_than_the_last_append() {
        let (mut gathering, now) = (Gathering::default(), Instant::now());
        gathering.note_append(2, 0, APPEND, now);
        assert!(!gathering.waits(1, now + APPEND));
        let mut gathering = Gathering::default();
        gathering.note_append(2, 0, Duration::from_secs(1), now);
        assert!(gathering.waits(1, now + MAX_WAIT - MOMENT) && !gathering.waits(1, now + MAX_WAIT));
    }

    #[test]
    fn an_append_elsewhere_takes_about_half_of_what_many_senders_have_in_flight() {
        let (mut here, mut elsewhere, now) = (Gathering::new(false), Gathering::new(true), Instant::now());
        for (appended, waiting, half) in
            [(1, 0, MIN_HALF), (255, 0, MIN_HALF), (320, 0, 160), (10, 311, 161), (500, 5_000, MAX_BATCH)]
        {
            here.note_append(appended, waiting, APPEND, now);
            elsewhere.note_append(appended, waiting, APPEND, now);
            assert_eq!((here.max_batch(), elsewhere.max_batch()), (MAX_BATCH, half), "{appended}, {waiting}");
        }
        assert!(elsewhere.overlaps(MAX_EXPECTED + 1) && !elsewhere.overlaps(MAX_EXPECTED));
        assert!(!here.overlaps(500), "it would only delay the answers");
    }

    #[test]
    fn one_sender_alone_and_a_crowd_are_never_waited_for() {
        let (mut gathering, now) = (Gathering::default(), Instant::now());
        gathering.note_append(1, 0, APPEND, now);
        assert!(!gathering.waits(1, now));
        gathering.note_append(MAX_EXPECTED, 1, APPEND, now);
        assert!(!gathering.waits(1, now));
    }

    #[test]
    fn waits_in_vain_become_rare_and_a_good_one_brings_them_back() {
        let (mut gathering, now) = (Gathering::default(), Instant::now());
        let mut waits = |count| {
            gathering.note_append(2, 0, APPEND, now);
            let waits = gathering.waits(1, now);
            gathering.waits(count, now + APPEND);
            waits
        };
        let in_vain = (0..1_000).filter(|_| waits(1)).count();
        assert!((10..30).contains(&in_vain), "{in_vain} of 1,000");
        assert!((0..1 << MAX_MISSES).any(|_| waits(2)), "it is tried again");
        assert!(waits(2) && waits(2), "and goes on");
    }
}
