//! A time on a page: as text in UTC, and for the script, which shows it in the reader's time zone.

use store::Timestamp;
use time::OffsetDateTime;
use time::macros::format_description;

/// A time that can be shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct DisplayTime {
    /// For programs: RFC 3339.
    pub(super) rfc3339: String,
    /// For people: "1 March 2026, 09:30 UTC".
    pub(super) text: String,
}

impl DisplayTime {
    /// `None` for a time outside the calendar.
    pub(super) fn of(timestamp: Timestamp) -> Option<Self> {
        let format = format_description!("[day padding:none] [month repr:long] [year], [hour]:[minute] UTC");
        let nanos = i128::from(timestamp.as_millis()) * 1_000_000;
        let text = OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()?.format(&format).ok()?;
        Some(Self { rfc3339: timestamp.to_string(), text })
    }

    /// From seconds since the epoch, as tokens count time.
    pub(super) fn of_secs(secs: u64) -> Option<Self> {
        Self::of(Timestamp::from_millis(i64::try_from(secs).ok()?.checked_mul(1000)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_shown_with_the_name_of_its_month() {
        let time = DisplayTime::of(Timestamp::from_millis(1_772_357_400_250)).unwrap();
        assert_eq!(time.text, "1 March 2026, 09:30 UTC");
        assert_eq!(time.rfc3339, "2026-03-01T09:30:00.250Z");
        assert_eq!(DisplayTime::of_secs(1_772_357_400).unwrap().text, time.text);
        assert_eq!(DisplayTime::of_secs(u64::MAX), None);
        assert_eq!(DisplayTime::of(Timestamp::from_millis(i64::MAX)), None);
    }
}
