//! Decides when to log that the store is not available: once when an outage begins, and once when it ends.

use std::time::{Duration, Instant};

/// Whether operations of one kind fail at present. The caller writes the log lines.
#[derive(Debug, Default)]
pub struct Outage {
    reported_at: Option<Instant>,
    reminder: Option<Duration>,
}

impl Outage {
    /// An outage that is reported again at this interval.
    pub fn with_reminder(interval: Duration) -> Self {
        Self { reported_at: None, reminder: Some(interval) }
    }

    /// Returns whether to log this failure.
    pub fn note_failure(&mut self) -> bool {
        let is_due =
            |reported_at: Instant| self.reminder.is_some_and(|interval| reported_at.elapsed() >= interval);
        let report = self.reported_at.is_none_or(is_due);
        if report {
            self.reported_at = Some(Instant::now());
        }
        report
    }

    /// Returns whether this success ends an outage, which is to be logged.
    pub fn note_success(&mut self) -> bool {
        self.reported_at.take().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_is_reported_once_and_its_end_once() {
        let mut outage = Outage::default();
        assert!(!outage.note_success(), "nothing has failed yet");
        assert_eq!(
            [outage.note_failure(), outage.note_failure(), outage.note_success(), outage.note_success()],
            [true, false, true, false]
        );
        assert!(outage.note_failure(), "the next one");
    }

    #[test]
    fn a_long_outage_is_reported_again() {
        let mut outage = Outage::with_reminder(Duration::ZERO);
        assert_eq!([outage.note_failure(), outage.note_failure(), outage.note_success()], [true, true, true]);
        let mut outage = Outage::with_reminder(Duration::from_secs(3_600));
        assert_eq!([outage.note_failure(), outage.note_failure()], [true, false]);
    }
}
