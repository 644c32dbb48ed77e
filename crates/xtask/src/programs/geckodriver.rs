//! Firefox's driver, which Debian does not package: from the environment, the PATH, or crates.io.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{named, on_path, succeed};

const VERSION: &str = "0.37.1";

/// The driver named by `GECKODRIVER` or on the PATH, or the one from crates.io, built once and kept in `folder`.
///
/// # Errors
/// With the command that failed.
pub(super) fn geckodriver(folder: &Path) -> Result<PathBuf, String> {
    let kept = folder.join(VERSION);
    let built = kept.join("bin/geckodriver");
    if let Some(own) = named("GECKODRIVER").or_else(|| on_path("geckodriver")) {
        println!("geckodriver: {}", own.display());
        return Ok(own);
    }
    if !built.is_file() {
        println!(
            "There is no geckodriver on the PATH and GECKODRIVER is not set; building the one from crates.io."
        );
        build(&kept)?;
    }
    println!("geckodriver: {}", built.display());
    Ok(built)
}

/// A debug build takes half the time and is fast enough.
fn build(into: &Path) -> Result<(), String> {
    let words = format!("install geckodriver --version {VERSION} --locked --debug");
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(words.split(' ')).arg("--root").arg(into);
    succeed(&mut command).map_err(|error| {
        format!(
            "`cargo {words}` failed ({error}); run it, or set GECKODRIVER to the path of another geckodriver"
        )
    })
}
