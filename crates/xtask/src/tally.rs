//! Counts tests in the output of test runners.
//!
//! It reads the output of Rust's runner (`test result: …`) and of Node's (`pass 3`, `fail 0`). It never decides whether a step
//! failed; the exit status does.

use std::fmt;

/// Numbers of passed and failed tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Tally {
    /// Adds the numbers in a line of output, if there are any.
    pub(crate) fn read(&mut self, line: &str) {
        if let Some(result) = line.trim_start().strip_prefix("test result: ") {
            self.passed += number_before(result, " passed");
            self.failed += number_before(result, " failed");
        } else if let Some(summary) = line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# ")) {
            self.passed += number_after(summary, "pass ");
            self.failed += number_after(summary, "fail ");
        }
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

fn number_before(text: &str, word: &str) -> u64 {
    let digits = text.split(word).next().and_then(|before| before.rsplit(' ').next());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

fn number_after(text: &str, word: &str) -> u64 {
    text.strip_prefix(word).and_then(|digits| digits.trim().parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::Tally;

    fn tally(lines: &[&str]) -> Tally {
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.read(line));
        tally
    }

    #[test]
    fn the_results_of_several_rust_test_binaries_add_up() {
        let seen = tally(&[
            "running 3 tests",
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test result: FAILED. 12 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out",
        ]);
        assert_eq!(seen, Tally { passed: 15, failed: 2 });
    }

    #[test]
    fn both_forms_of_nodes_summary_are_read() {
        assert_eq!(tally(&["ℹ tests 7", "ℹ pass 6", "ℹ fail 1"]), Tally { passed: 6, failed: 1 });
        assert_eq!(tally(&["# tests 7", "# pass 7", "# fail 0"]), Tally { passed: 7, failed: 0 });
    }

    #[test]
    fn other_lines_count_nothing() {
        assert_eq!(
            tally(&["# passwords are hashed", "test a ... ok", "ℹ duration_ms 12.5"]),
            Tally::default()
        );
    }
}
