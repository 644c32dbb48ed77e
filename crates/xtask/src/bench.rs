//! `cargo xtask bench`: builds what is compared, starts a MongoDB, and runs the load generator (`crates/bench`).
//!
//! Everything is built with the release profile. Arguments are the generator's own; `--help` lists them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{fs, io};

use crate::{mongod, places, programs, test};

/// Builds, and measures with these arguments.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    match measure(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: &[String]) -> Result<(), String> {
    let root = places::root();
    build(&root, "build --release --package bench")?;
    let release = places::target(&root).join("release");
    let mut bench = Command::new(release.join("bench"));
    bench.args(arguments);
    let is_given = |option: &str| arguments.iter().any(|argument| argument.starts_with(option));
    if is_given("--help") {
        return succeed(bench);
    }
    if !is_given("--natter") {
        build(&root, "build --release --package natter")?;
        bench.arg("--natter").arg(release.join("natter"));
    }
    if !is_given("--output") {
        bench.arg("--output").arg(places::target(&root).join("bench"));
    }
    if !is_given("--peers") {
        bench.arg("--peers").arg(peers(&root)?);
    }
    let database = if is_given("--mongodb") { None } else { Some(mongod::launch()?.1) };
    if let Some(database) = &database {
        bench.args([OsString::from("--mongodb"), OsString::from(&database.uri)]);
    }
    succeed(bench)
}

/// Installs the peers in JavaScript in the target folder.
fn peers(root: &Path) -> Result<PathBuf, String> {
    programs::node()?;
    let installed = places::target(root).join("bench/peers");
    copy(&root.join("crates/bench/peers"), &installed)
        .map_err(|error| format!("cannot copy the peers to {}: {error}", installed.display()))?;
    programs::npm_ci(&installed)?;
    Ok(installed)
}

/// Copies files that are different, so that what was installed for the same lock file stays.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for file in fs::read_dir(from)? {
        let file = file?;
        let (content, target) = (fs::read(file.path())?, to.join(file.file_name()));
        if fs::read(&target).ok().as_ref() != Some(&content) {
            fs::write(target, content)?;
        }
    }
    Ok(())
}

fn build(root: &Path, arguments: &str) -> Result<(), String> {
    println!("\n==> cargo {arguments}");
    succeed(test::cargo(root, arguments))
}

fn succeed(mut command: Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().map_err(|error| format!("cannot start {program}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{program} ended with {status}")) }
}
