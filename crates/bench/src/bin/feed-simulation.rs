//! Prints what the nodes of a large cluster carry; see `crates/bench/README.md`.

use std::process::ExitCode;

fn main() -> ExitCode {
    bench::simulate_feed()
}
