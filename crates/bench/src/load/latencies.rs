//! Latencies, in a histogram of microseconds with three significant digits.

use std::time::Duration;

use hdrhistogram::Histogram;

/// Latencies above are noted as this.
const MAX_MICROS: u64 = 60_000_000;
/// Significant digits.
const DIGITS: u8 = 3;

/// Latencies that were noted.
pub(super) struct Latencies(Histogram<u64>);

impl Default for Latencies {
    fn default() -> Self {
        Self(Histogram::new_with_max(MAX_MICROS, DIGITS).expect("the bounds are valid"))
    }
}

impl Latencies {
    /// Notes one.
    #[inline]
    pub(super) fn note(&mut self, latency: Duration) {
        self.0.saturating_record(latency.as_micros() as u64);
    }

    /// Forgets all, such as those of a warm-up.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The latency in milliseconds that this part of all (0 to 1) does not exceed.
    pub(super) fn millis(&self, part: f64) -> f64 {
        self.0.value_at_quantile(part) as f64 / 1_000.0
    }

    /// Number of latencies.
    #[cfg(test)]
    pub(super) fn len(&self) -> u64 {
        self.0.len()
    }
}
