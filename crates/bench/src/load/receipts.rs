//! What one receiver got: losses, duplicates and reorderings, counted exactly.
//!
//! Senders take turns: message `n` comes from sender `n % senders`. So do rooms, if there are several. A lane is one sender
//! in one room: message `n` is in lane `n % lanes`, and order is judged within a lane.

use std::collections::BTreeSet;

/// The messages of a run that one receiver got.
#[derive(Debug, Default)]
pub(crate) struct Receipts {
    senders: u32,
    /// For each lane, the number that is expected next.
    next: Vec<u32>,
    /// Numbers that were skipped and did not come yet.
    skipped: BTreeSet<u32>,
    /// Messages that came, without duplicates.
    pub(crate) received: u64,
    /// Messages that came again.
    pub(crate) duplicates: u64,
    /// Messages that came after a later one of the same sender in the same room.
    pub(crate) reordered: u64,
}

impl Receipts {
    /// Of messages that are numbered from `first` on, a multiple of `lanes`, which are a multiple of `senders`.
    pub(crate) fn new(first: u32, senders: u32, lanes: u32) -> Self {
        Self { senders, next: (first..first + lanes).collect(), ..Self::default() }
    }

    /// Notes a message.
    #[inline]
    pub(crate) fn note(&mut self, number: u32) {
        let lanes = self.next.len() as u32;
        let next = &mut self.next[(number % lanes) as usize];
        if number == *next {
            *next += lanes;
            self.received += 1;
        } else {
            self.note_out_of_order(number);
        }
    }

    #[cold]
    fn note_out_of_order(&mut self, number: u32) {
        let lanes = self.next.len() as u32;
        let next = &mut self.next[(number % lanes) as usize];
        if number > *next {
            self.skipped.extend((*next..number).step_by(lanes as usize));
            *next = number + lanes;
            self.received += 1;
        } else if self.skipped.remove(&number) {
            self.reordered += 1;
            self.received += 1;
        } else {
            self.duplicates += 1;
        }
    }

    /// How many of the messages up to `end` (excluded) did not come. `own` is the receiver's own number as a sender, whose
    /// messages it does not get.
    pub(crate) fn lost(&self, end: u32, own: Option<u32>) -> u64 {
        let lanes = self.next.len() as u32;
        let is_own = |number: u32| own == Some(number % self.senders);
        let skipped = self.skipped.iter().filter(|&&number| !is_own(number)).count() as u64;
        let others = self.next.iter().filter(|&&next| !is_own(next));
        let not_yet = others.map(|&next| u64::from(end.saturating_sub(next).div_ceil(lanes)));
        skipped + not_yet.sum::<u64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(first: u32, senders: u32, numbers: &[u32]) -> Receipts {
        let mut receipts = Receipts::new(first, senders, senders);
        numbers.iter().for_each(|&number| receipts.note(number));
        receipts
    }

    fn counts(receipts: &Receipts, end: u32) -> (u64, u64, u64, u64) {
        (receipts.received, receipts.lost(end, None), receipts.duplicates, receipts.reordered)
    }

    #[test]
    fn a_complete_run_has_no_faults() {
        assert_eq!(counts(&after(0, 2, &[0, 1, 2, 3, 4]), 5), (5, 0, 0, 0));
        assert_eq!(counts(&after(10, 2, &[11, 10, 13, 12]), 14), (4, 0, 0, 0), "senders overtake each other");
    }

    #[test]
    fn losses_in_the_middle_and_at_the_end_are_counted() {
        assert_eq!(counts(&after(0, 2, &[0, 4, 1]), 8), (3, 5, 0, 0));
        assert_eq!(counts(&after(0, 2, &[]), 7), (0, 7, 0, 0));
    }

    #[test]
    fn a_late_message_is_reordered_and_not_lost() {
        assert_eq!(counts(&after(0, 1, &[0, 2, 3, 1]), 4), (4, 0, 0, 1));
    }

    #[test]
    fn a_message_that_comes_again_is_a_duplicate() {
        assert_eq!(counts(&after(0, 1, &[0, 0, 2, 1, 1]), 3), (3, 0, 2, 1));
    }

    #[test]
    fn rooms_overtake_each_other() {
        let mut receipts = Receipts::new(0, 2, 4);
        [2, 0, 4, 6, 5].into_iter().for_each(|number| receipts.note(number));
        assert_eq!(counts(&receipts, 8), (5, 3, 0, 0), "1, 3 and 7 did not come");
        receipts.note(1);
        assert_eq!((receipts.reordered, receipts.lost(8, Some(1))), (1, 0), "1 and 5 are in one room");
    }

    #[test]
    fn a_sender_does_not_miss_its_own_messages() {
        assert_eq!(after(0, 2, &[1, 3]).lost(4, Some(0)), 0);
        assert_eq!(after(0, 2, &[1]).lost(4, Some(0)), 1);
    }
}
