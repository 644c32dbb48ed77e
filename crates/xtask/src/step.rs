//! One step of a task: it runs a program, measures the time and counts tests.
//!
//! The program's output is printed unchanged and at once.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::tally::Tally;

/// The result of a step.
pub(crate) struct Outcome {
    pub(crate) name: &'static str,
    pub(crate) took: Duration,
    pub(crate) tests: Tally,
    pub(crate) failure: Option<String>,
}

/// Prints the step `name` and runs `command`.
pub(crate) fn run(name: &'static str, mut command: Command) -> Outcome {
    announce(name, &shown(&command));
    let start = Instant::now();
    let mut tests = Tally::default();
    let failure = watch(&mut command, &mut tests).err();
    Outcome { name, took: start.elapsed(), tests, failure }
}

/// Prints the step `name` and runs `work`. Returns its result.
pub(crate) fn perform<T>(
    name: &'static str,
    work: impl FnOnce() -> Result<T, String>,
) -> (Outcome, Option<T>) {
    announce(name, "");
    let start = Instant::now();
    let (made, failure) = match work() {
        Ok(made) => (Some(made), None),
        Err(failure) => (None, Some(failure)),
    };
    (Outcome { name, took: start.elapsed(), tests: Tally::default(), failure }, made)
}

fn announce(name: &str, detail: &str) {
    println!("\n==> {name}{}{detail}", if detail.is_empty() { "" } else { ": " });
}

fn watch(command: &mut Command, tests: &mut Tally) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child =
        command.stdout(Stdio::piped()).spawn().map_err(|error| format!("cannot start {program}: {error}"))?;
    let stdout = child.stdout.take().expect("stdout is piped");
    for line in BufReader::new(stdout).split(b'\n') {
        let line = line.map_err(|error| format!("cannot read the output of {program}: {error}"))?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        tests.read(&line);
    }
    let status = child.wait().map_err(|error| format!("cannot wait for {program}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{program} ended with {status}")) }
}

/// The command as typed in a shell, with its environment variables.
fn shown(command: &Command) -> String {
    let variables = command.get_envs().filter_map(|(name, value)| {
        Some(format!("{}={:?}", name.to_string_lossy(), value?.to_string_lossy()))
    });
    let program = std::path::Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words =
        std::iter::once(program).chain(command.get_args()).map(|word| word.to_string_lossy().into_owned());
    variables.chain(words).collect::<Vec<_>>().join(" ")
}
