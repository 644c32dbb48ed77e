//! Finds out whether other processes disturbed a measurement, and repeats it.

use std::fs;
use std::time::{Duration, Instant};

use super::{cores, process};
use crate::Result;

/// Share of the machine that others may use during a measurement. The system counts in ticks of 10 ms, so a measurement of
/// two seconds is off by some per cent.
const MAX_DISTURBANCE: f64 = 0.05;
/// How often a measurement is made at most.
const MAX_ATTEMPTS: usize = 3;
/// Places in the first line of `/proc/stat`.
const IDLE: usize = 3;
const IO_WAIT: usize = 4;
/// Delay before a measurement is repeated.
const RETRY_DELAY: Duration = Duration::from_secs(2);

/// A result, and whether others disturbed it.
#[derive(Clone, Debug)]
pub(crate) struct Measured<T> {
    pub(crate) value: T,
    pub(crate) is_disturbed: bool,
}

/// Measures until nothing disturbs it, three times at most. `own` are the processes that belong to the measurement, besides
/// this one. The last result is returned.
///
/// # Errors
/// Those of `measure`.
pub(crate) fn undisturbed<T>(own: &[u32], measure: impl FnMut() -> Result<T>) -> Result<Measured<T>> {
    undisturbed_unless(own, |_| false, measure)
}

/// As [`undisturbed`], but a result that `is_settled` is not measured again.
///
/// # Errors
/// Those of `measure`.
pub(crate) fn undisturbed_unless<T>(
    own: &[u32],
    is_settled: impl Fn(&T) -> bool,
    mut measure: impl FnMut() -> Result<T>,
) -> Result<Measured<T>> {
    repeat(RETRY_DELAY, is_settled, || {
        let before = Snapshot::take(own);
        let value = measure()?;
        Ok((value, before.disturbance_by_others(&Snapshot::take(own))))
    })
}

/// `measure` returns its result and the share of the machine that others used.
fn repeat<T>(
    delay: Duration,
    is_settled: impl Fn(&T) -> bool,
    mut measure: impl FnMut() -> Result<(T, f64)>,
) -> Result<Measured<T>> {
    let mut attempt = 1;
    loop {
        let (value, disturbance) = measure()?;
        let is_disturbed = disturbance > MAX_DISTURBANCE;
        if !is_disturbed || attempt == MAX_ATTEMPTS || is_settled(&value) {
            return Ok(Measured { value, is_disturbed });
        }
        attempt += 1;
        println!("    others used {:.0} % of the machine; again", disturbance * 100.0);
        std::thread::sleep(delay);
    }
}

/// What was used until now.
struct Snapshot {
    at: Instant,
    /// Ticks of the whole machine, also those that the host gave to other machines.
    all: u64,
    /// Ticks of the processes that belong to the measurement, also of servers that started and ended during it.
    own: u64,
}

impl Snapshot {
    fn take(own: &[u32]) -> Self {
        let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
        let own: u64 = own.iter().copied().filter_map(process::ticks).sum();
        let own = own + process::ticks_with_ended_children();
        Self { at: Instant::now(), all: busy_ticks(&stat), own }
    }

    /// The share of all cores that others used between the two.
    fn disturbance_by_others(&self, later: &Self) -> f64 {
        let ticks = (later.all - self.all).saturating_sub(later.own.saturating_sub(self.own));
        process::seconds(ticks) / (later.at - self.at).as_secs_f64() / cores() as f64
    }
}

/// All but idle and waiting time, and without the time of guests, which is in the user time already.
fn busy_ticks(stat: &str) -> u64 {
    let fields = stat.lines().next().unwrap_or_default().split_whitespace().skip(1);
    let ticks = fields.take(8).map(|ticks| ticks.parse::<u64>().unwrap_or_default());
    ticks.enumerate().filter(|(place, _)| ![IDLE, IO_WAIT].contains(place)).map(|(_, ticks)| ticks).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_and_guest_time_is_not_work() {
        let stat = "cpu  100 20 30 4000 500 6 7 8 90 10\ncpu0 1 2 3 4 5 6 7 8 9 10\n";
        assert_eq!(busy_ticks(stat), 100 + 20 + 30 + 6 + 7 + 8);
    }

    #[test]
    fn what_others_use_is_the_rest() {
        let at = Instant::now();
        let before = Snapshot { at, all: 1_000, own: 400 };
        let later = Snapshot { at: at + Duration::from_secs(1), all: 1_150, own: 500 };
        let expected = 0.5 / cores() as f64;
        assert!((before.disturbance_by_others(&later) - expected).abs() < 1e-9);
    }

    /// Measures with these disturbances. Returns the result, whether it is marked, and the number of attempts.
    fn with(disturbances: &[f64], settled: usize) -> (usize, bool, usize) {
        let mut attempts = 0;
        let measured = repeat(
            Duration::ZERO,
            |&attempt| attempt == settled,
            || {
                attempts += 1;
                Ok((attempts, disturbances[attempts - 1]))
            },
        );
        let measured = measured.unwrap();
        (measured.value, measured.is_disturbed, attempts)
    }

    #[test]
    fn a_disturbed_measurement_is_repeated_and_marked_if_it_stays_so() {
        assert_eq!(with(&[0.0], 0), (1, false, 1));
        assert_eq!(with(&[0.5, 0.01], 0), (2, false, 2));
        assert_eq!(with(&[0.5, 0.06, 0.3], 0), (3, true, 3));
    }

    #[test]
    fn a_settled_result_is_not_measured_again() {
        assert_eq!(with(&[0.5, 0.5, 0.5], 2), (2, true, 2));
    }
}
