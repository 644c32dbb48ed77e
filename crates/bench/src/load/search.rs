//! Searches the highest rate that a server sustains.

/// The search ends when the lowest failing rate is at most this much above the highest good one.
const PRECISION: f64 = 1.04;
/// Factor between probes while only good or only failing rates are known.
const STEP: f64 = 1.5;
/// A server that fails below this rate sustains nothing.
const MIN_RATE: f64 = 1.0;

/// The state of a search.
#[derive(Debug)]
pub(crate) struct Search {
    start: f64,
    good: Option<f64>,
    failing: Option<f64>,
}

impl Search {
    /// Begins with the rate `start`.
    pub(crate) fn new(start: f64) -> Self {
        Self { start: start.max(MIN_RATE), good: None, failing: None }
    }

    /// The rate to try next; `None` when the search is over.
    pub(crate) fn next(&self) -> Option<f64> {
        match (self.good, self.failing) {
            (None, None) => Some(self.start),
            (Some(good), None) => Some(good * STEP),
            (None, Some(failing)) => Some(failing / STEP).filter(|&rate| rate >= MIN_RATE),
            (Some(good), Some(failing)) => (failing / good > PRECISION).then(|| (good * failing).sqrt()),
        }
    }

    /// Notes the result of a probe.
    pub(crate) fn note(&mut self, rate: f64, is_good: bool) {
        if is_good {
            self.good = Some(self.good.map_or(rate, |good| good.max(rate)));
        } else {
            self.failing = Some(self.failing.map_or(rate, |failing| failing.min(rate)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the highest good rate and the number of probes.
    fn search(start: f64, limit: f64) -> (Option<f64>, usize) {
        let (mut search, mut probes) = (Search::new(start), 0);
        while let Some(rate) = search.next() {
            search.note(rate, rate <= limit);
            probes += 1;
        }
        (search.good, probes)
    }

    #[test]
    fn the_limit_is_found_from_below_and_above() {
        for start in [10.0, 900.0, 1_000.0, 1_100.0, 50_000.0] {
            let (found, probes) = search(start, 1_000.0);
            let found = found.unwrap();
            assert!((960.0..=1_000.0).contains(&found), "{start}: {found}");
            assert!(probes <= 20, "{start}: {probes} probes");
        }
    }

    #[test]
    fn a_good_start_needs_few_probes() {
        assert!(search(970.0, 1_000.0).1 <= 6);
    }

    #[test]
    fn a_server_that_always_fails_ends_the_search() {
        assert_eq!(search(100.0, 0.0).0, None);
    }
}
