//! The load generator; see the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    bench::measure()
}
