//! `cargo xtask mongod`: a MongoDB as the tests use it, for experiments.

use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;

use crate::database::Database;
use crate::{places, programs, test};

/// Starts it, prints how to use it, and runs until interrupted.
pub(crate) fn run() -> ExitCode {
    match start() {
        Ok(never) => never,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> Result<ExitCode, String> {
    let (mongod, database) = launch()?;
    println!("\nexport MONGOD={} MONGODB_URI='{}'\n\nCtrl-C ends it.", mongod.display(), database.uri);
    loop {
        thread::park();
    }
}

/// Gets the server, builds the helper that runs it, and starts it.
///
/// # Errors
/// When one of these fails.
pub(crate) fn launch() -> Result<(PathBuf, Database), String> {
    let root = places::root();
    let mongod = programs::mongod(&places::mongod(&root))?;
    let built = test::cargo(&root, places::BUILD_REPLICA_SET).status();
    if !built.is_ok_and(|status| status.success()) {
        return Err(format!("`cargo {}` failed", places::BUILD_REPLICA_SET));
    }
    let database = test::start(&root, &mongod)?;
    Ok((mongod, database))
}
