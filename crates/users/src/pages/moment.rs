//! A moment for people: in words and UTC, as the page is born; the script shows it in the reader's zone.

use std::fmt::Write;

use store::Timestamp;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A moment that can be shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// For programs: RFC 3339.
    pub(super) exact: String,
    /// For people: "1 March 2026, 09:30 UTC".
    pub(super) shown: String,
}

impl Moment {
    /// `None` for one that no calendar has.
    pub(super) fn of(moment: Timestamp) -> Option<Self> {
        let mut exact = String::new();
        write!(exact, "{moment}").ok()?;
        let (date, time) = exact.split_once('T')?;
        let mut parts = date.rsplitn(3, '-');
        let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        let month = MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
        let shown = format!("{} {month} {year}, {} UTC", day.trim_start_matches('0'), time.get(..5)?);
        Some(Self { exact, shown })
    }

    /// A moment as tokens count it.
    pub(super) fn of_secs(secs: u64) -> Option<Self> {
        Self::of(Timestamp::from_millis(i64::try_from(secs).ok()?.checked_mul(1000)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_in_words() {
        let moment = Moment::of(Timestamp::from_millis(1_772_357_400_250)).unwrap();
        assert_eq!(moment.shown, "1 March 2026, 09:30 UTC");
        assert_eq!(moment.exact, "2026-03-01T09:30:00.250Z");
        assert_eq!(Moment::of_secs(1_772_357_400).unwrap().shown, moment.shown);
        assert_eq!(Moment::of_secs(u64::MAX), None);
        assert_eq!(Moment::of(Timestamp::from_millis(i64::MAX)), None);
    }
}
