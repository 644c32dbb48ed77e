//! `cargo xtask test`: every check, in order, until one fails.
//!
//! Nothing is skipped: a step fails when its program is missing. The last line is the total of all steps.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::check;
use crate::database::Database;
use crate::places;
use crate::programs::{self, Browsers};
use crate::run::Run;

/// The features that also run the store's tests on MongoDB, and on a full disk.
const WHOLE_CONTRACT: &str = "--features store/mongod,store/small-disk";

/// The programs that the tests need in addition to cargo.
struct Programs {
    browsers: Browsers,
    mongod: PathBuf,
}

/// Runs all steps and prints a summary.
pub(crate) fn run() -> ExitCode {
    let root = places::root();
    let mut run = Run::default();
    if let Some(programs) = run.perform("programs", || programs(&root)) {
        steps(&mut run, &root, &programs);
    }
    run.sum_up()
}

fn programs(root: &Path) -> Result<Programs, String> {
    let browsers = programs::browsers(&places::geckodriver(root))?;
    programs::node()?;
    programs::npm_ci(&root.join("crates/testkit/clients"))?;
    Ok(Programs { browsers, mongod: programs::mongod(&places::mongod(root))? })
}

fn steps(run: &mut Run, root: &Path, programs: &Programs) {
    let cargo = |arguments: &str| cargo(root, arguments);
    let mut rustdoc = cargo("doc --workspace --no-deps");
    rustdoc.env("RUSTDOCFLAGS", "-D warnings");
    run.step("formatting", cargo("fmt --all --check"));
    run.perform("house rules", || check::run(root));
    run.step("clippy", cargo(&format!("clippy --workspace --all-targets {WHOLE_CONTRACT} -- -D warnings")));
    run.step("rustdoc", rustdoc);
    run.step("tests of the page's scripts", node_tests(root));
    run.step("the helper that starts MongoDB", cargo(places::BUILD_REPLICA_SET));
    let database = run.perform("MongoDB", || start(root, &programs.mongod));
    let Some(database) = database else { return };
    let mut tests = cargo(&format!("test --no-fail-fast {WHOLE_CONTRACT}"));
    tests.env("MONGODB_URI", &database.uri).env("MONGOD", &programs.mongod);
    run.step("tests", tests);
    run.step("release build", cargo("build --release"));
    run.step("whole system", whole_system(root, programs, &database));
}

/// Starts a replica set with its data in the target folder.
///
/// # Errors
/// When it accepts no writes in time.
pub(crate) fn start(root: &Path, mongod: &Path) -> Result<Database, String> {
    Database::start(&places::replica_set(root), mongod, &places::mongod(root))
}

/// Cargo in `root`, with these arguments, separated by spaces.
pub(crate) fn cargo(root: &Path, arguments: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments.split(' ')).current_dir(root);
    command
}

/// The files are listed, because versions of Node treat a folder differently.
fn node_tests(root: &Path) -> Command {
    let folder = "crates/chat/tests/js";
    let entries = std::fs::read_dir(root.join(folder)).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut tests: Vec<String> = names.filter(|name| name.contains(".test.")).collect();
    tests.sort();
    let mut command = Command::new("node");
    command.args(["--test", "--test-reporter=spec"]).current_dir(root);
    // Without files Node would search for tests; the pattern makes it fail instead.
    let files = if tests.is_empty() { vec!["*.test.*".to_owned()] } else { tests };
    command.args(files.iter().map(|name| format!("{folder}/{name}")));
    command
}

fn whole_system(root: &Path, programs: &Programs, database: &Database) -> Command {
    let mut command = cargo(root, "test --no-fail-fast --package xtask --package bench --package e2e");
    command.env("NATTER_BIN", places::target(root).join("release/natter"));
    programs.browsers.set_env(&mut command);
    command.env("MONGOD", &programs.mongod).env("MONGODB_URI", &database.uri);
    command
}
