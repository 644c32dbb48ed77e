//! `cargo xtask test`: every check, one after the other, stopping at the first that fails.
//!
//! Nothing is skipped: a step whose program is missing fails. The last line is the total over all steps.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::programs::{self, Browser};
use crate::step::{self, Outcome};
use crate::tally::Tally;

/// Runs all steps and tells how each went.
pub(crate) fn run() -> ExitCode {
    let root = root();
    let mut outcomes = Vec::new();
    let mut browser = None;
    outcomes.push(step::perform("programs", || {
        browser = Some(programs::browser()?);
        programs::node()?;
        programs::npm_ci(&root.join("crates/e2e/clients"))
    }));
    if let Some(browser) = browser {
        for (name, command) in steps(&root, &browser) {
            if outcomes.iter().any(|outcome| outcome.failure.is_some()) {
                break;
            }
            outcomes.push(step::run(name, command));
        }
    }
    sum_up(&outcomes)
}

fn steps(root: &Path, browser: &Browser) -> Vec<(&'static str, Command)> {
    let cargo = |words: &str| cargo(root, words);
    let mut rustdoc = cargo("doc --workspace --no-deps");
    rustdoc.env("RUSTDOCFLAGS", "-D warnings");
    vec![
        ("formatting", cargo("fmt --all --check")),
        ("clippy", cargo("clippy --workspace --all-targets -- -D warnings")),
        ("rustdoc", rustdoc),
        ("tests", cargo("test --no-fail-fast")),
        ("tests of the page's scripts", node_tests(root)),
        ("release build", cargo("build --release")),
        ("whole system", whole_system(root, browser)),
    ]
}

fn cargo(root: &Path, words: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(words.split(' ')).current_dir(root);
    command
}

/// The files are named one by one, since Node's versions differ in what a folder means.
fn node_tests(root: &Path) -> Command {
    let folder = "crates/chat/tests/js";
    let entries = std::fs::read_dir(root.join(folder)).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut tests: Vec<String> = names.filter(|name| name.contains(".test.")).collect();
    tests.sort();
    let mut command = Command::new("node");
    command.args(["--test", "--test-reporter=spec"]).current_dir(root);
    // Without any file Node would look for tests on its own; the folder's name makes it fail instead.
    let files = if tests.is_empty() { vec!["*.test.*".to_owned()] } else { tests };
    command.args(files.iter().map(|name| format!("{folder}/{name}")));
    command
}

fn whole_system(root: &Path, browser: &Browser) -> Command {
    let mut command = cargo(root, "test --no-fail-fast --package xtask --package e2e");
    command.env("NATTER_BIN", target(root).join("release/natter"));
    command.env("CHROMIUM", &browser.chromium).env("CHROMEDRIVER", &browser.driver);
    command
}

fn sum_up(outcomes: &[Outcome]) -> ExitCode {
    println!("\n==> summary");
    let mut total = Tally::default();
    for outcome in outcomes {
        let verdict = if outcome.failure.is_none() { "ok" } else { "FAILED" };
        println!("{:>7.1} s  {verdict:<6}  {}", outcome.took.as_secs_f64(), outcome.name);
        total += outcome.tests;
    }
    let failure = outcomes.iter().find_map(|outcome| Some((outcome.name, outcome.failure.as_ref()?)));
    if let Some((name, reason)) = failure {
        println!("\n{name} failed: {reason}");
        // A step that fails without a failing test is one failure of its own, lest the last line look good.
        total.failed = total.failed.max(1);
    }
    println!("\n{total}");
    if failure.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The checkout that this was started from.
fn root() -> PathBuf {
    let own = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    own.ancestors().nth(2).expect("the task runner lies in crates/xtask").to_path_buf()
}

fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder))
}
