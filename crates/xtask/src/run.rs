//! Runs the steps of a task in order and stops at the first failure.
//!
//! The summary lists every step that ran and the reason of a failure.

use std::process::{Command, ExitCode};

use crate::step::{self, Outcome};
use crate::tally::Tally;

/// The steps that ran.
#[derive(Default)]
pub(crate) struct Run(Vec<Outcome>);

impl Run {
    /// Runs `command` as the next step, unless an earlier one failed.
    pub(crate) fn step(&mut self, name: &'static str, command: Command) {
        if !self.has_failed() {
            self.0.push(step::run(name, command));
        }
    }

    /// Runs `work` as the next step, unless an earlier one failed. Returns its result.
    pub(crate) fn perform<T>(
        &mut self,
        name: &'static str,
        work: impl FnOnce() -> Result<T, String>,
    ) -> Option<T> {
        if self.has_failed() {
            return None;
        }
        let (outcome, made) = step::perform(name, work);
        self.0.push(outcome);
        made
    }

    fn has_failed(&self) -> bool {
        self.0.iter().any(|outcome| outcome.failure.is_some())
    }

    /// Prints the result of each step. The last line is the total of all tests.
    pub(crate) fn sum_up(&self) -> ExitCode {
        println!("\n==> summary");
        let mut total = Tally::default();
        for outcome in &self.0 {
            let verdict = if outcome.failure.is_none() { "ok" } else { "FAILED" };
            println!("{:>7.1} s  {verdict:<6}  {}", outcome.took.as_secs_f64(), outcome.name);
            total += outcome.tests;
        }
        let failure = self.0.iter().find_map(|outcome| Some((outcome.name, outcome.failure.as_ref()?)));
        if let Some((name, reason)) = failure {
            println!("\n{name} failed: {reason}");
            // A step that fails without a failing test counts as one failure, so that the last line shows it.
            total.failed = total.failed.max(1);
        }
        println!("\n{total}");
        if failure.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
