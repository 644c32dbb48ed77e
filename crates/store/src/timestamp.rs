//! A time in UTC with milliseconds, as it is stored and shown. Nothing is ordered by it.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

/// Milliseconds since 1970-01-01T00:00:00Z; in text RFC 3339, such as `2026-03-01T09:30:00.250Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The current time of this machine's clock.
    pub fn now() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }

    /// The time at a number of milliseconds since the epoch.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339 with any offset. Digits after the milliseconds are dropped.
    pub fn parse(text: &str) -> Option<Self> {
        let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        i64::try_from(time.unix_timestamp_nanos().div_euclid(1_000_000)).ok().map(Self)
    }

    /// This time plus a number of milliseconds.
    #[must_use]
    pub fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format =
            format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
        let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .map_err(|_| fmt::Error)?;
        f.write_str(&time.format(&format).map_err(|_| fmt::Error)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_to_the_millisecond_and_read_back() {
        let time = Timestamp::from_millis(1_772_357_400_250);
        assert_eq!(time.to_string(), "2026-03-01T09:30:00.250Z");
        assert_eq!(Timestamp::parse(&time.to_string()), Some(time));
        assert_eq!(Timestamp::parse("2026-03-01"), None);
    }

    #[test]
    fn one_time_may_be_written_in_many_ways() {
        let time = Timestamp::from_millis(1_772_357_400_250);
        for text in [
            "2026-03-01T09:30:00.250Z",
            "2026-03-01T09:30:00.25+00:00",
            "2026-03-01T09:30:00.250000-00:00",
            "2026-03-01t09:30:00.250z",
            "2026-03-01T11:00:00.250+01:30",
            "2026-02-28T23:30:00.250999-10:00",
        ] {
            assert_eq!(Timestamp::parse(text), Some(time), "{text}");
        }
        for bad in ["", "2026", "2026-03-01T09:30:00", "2026-13-01T09:30:00Z", "1772357400250"] {
            assert_eq!(Timestamp::parse(bad), None, "{bad}");
        }
    }
}
