//! A limit on log lines that a client without a token can cause: a maximum per second, and the number left out.

use std::time::{Duration, Instant};

use parking_lot::Mutex;

const BUDGET_INTERVAL: Duration = Duration::from_secs(1);

/// The log lines of one kind.
#[derive(Debug)]
pub struct LogBudget {
    per_second: u32,
    window: Mutex<Window>,
}

#[derive(Debug, Default)]
struct Window {
    began: Option<Instant>,
    written: u32,
    left_out: u64,
}

impl LogBudget {
    /// A budget of lines per second.
    pub const fn new(per_second: u32) -> Self {
        Self { per_second, window: Mutex::new(Window { began: None, written: 0, left_out: 0 }) }
    }

    /// Allows one line, and returns how many were left out since the last one.
    pub fn take(&self) -> Option<u64> {
        self.take_at(Instant::now())
    }

    fn take_at(&self, now: Instant) -> Option<u64> {
        let mut window = self.window.lock();
        if window.began.is_none_or(|began| now.duration_since(began) >= BUDGET_INTERVAL) {
            (window.began, window.written) = (Some(now), 0);
        }
        if window.written < self.per_second {
            window.written += 1;
            Some(std::mem::take(&mut window.left_out))
        } else {
            window.left_out += 1;
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_counted_with_the_next_line() {
        let (budget, now) = (LogBudget::new(2), Instant::now());
        assert_eq!([(); 4].map(|()| budget.take_at(now)), [Some(0), Some(0), None, None]);
        let later = now + BUDGET_INTERVAL;
        assert_eq!([(); 3].map(|()| budget.take_at(later)), [Some(2), Some(0), None]);
    }
}
