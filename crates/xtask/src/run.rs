//! A task's steps, one after the other, stopping at the first that fails.
//!
//! Nothing is skipped silently: the summary tells every step that was taken and why the last one failed.

use std::process::{Command, ExitCode};

use crate::step::{self, Outcome};
use crate::tally::Tally;

/// The steps taken so far.
#[derive(Default)]
pub(crate) struct Run(Vec<Outcome>);

impl Run {
    /// Runs `command` as the next step, unless one has failed.
    pub(crate) fn step(&mut self, name: &'static str, command: Command) {
        if !self.has_failed() {
            self.0.push(step::run(name, command));
        }
    }

    /// Does `work` as the next step, unless one has failed; gives what it made.
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

    /// Tells how each step went; the last line is the total of all tests.
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
            // A step that fails without a failing test is one failure of its own, lest the last line look good.
            total.failed = total.failed.max(1);
        }
        println!("\n{total}");
        if failure.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
