//! The MongoDB of one run: a replica set of one node, which ends with the run.
//!
//! `crates/testkit/src/bin/replica-set.rs` starts it, so that there is one way to start a server. That program ends with its
//! standard input, also when this process is interrupted or killed.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// Timeout until the server accepts writes.
const START_TIMEOUT: Duration = Duration::from_secs(90);
/// Time for an orderly end before the process is killed.
const STOP_GRACE: Duration = Duration::from_secs(20);

/// A running replica set.
pub(crate) struct Database {
    /// The value for `MONGODB_URI`.
    pub(crate) uri: String,
    process: Child,
    input: Option<ChildStdin>,
}

impl Database {
    /// Runs `helper` with `mongod` and waits until the database accepts writes. Its data is in `folder`.
    ///
    /// # Errors
    /// When it does not start in time. Its own errors are on standard error.
    pub(crate) fn start(helper: &Path, mongod: &Path, folder: &Path) -> Result<Self, String> {
        let mut command = Command::new(helper);
        // In its own process group: otherwise Ctrl-C would end it before its input does.
        command.arg(folder).env("MONGOD", mongod).process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process =
            command.spawn().map_err(|error| format!("cannot start {}: {error}", helper.display()))?;
        let stdout = process.stdout.take().expect("stdout is piped");
        let mut database = Self { uri: String::new(), input: process.stdin.take(), process };
        let (sender, line) = mpsc::channel();
        thread::spawn(move || sender.send(BufReader::new(stdout).lines().next()));
        match line.recv_timeout(START_TIMEOUT) {
            Ok(Some(Ok(uri))) => database.uri = uri,
            Ok(_) => return Err("MongoDB ended before it accepted a write".to_owned()),
            Err(_) => return Err(format!("MongoDB accepts no writes after {START_TIMEOUT:?}")),
        }
        println!("MongoDB runs: {}", database.uri);
        Ok(database)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        drop(self.input.take());
        let start = Instant::now();
        while matches!(self.process.try_wait(), Ok(None)) && start.elapsed() < STOP_GRACE {
            thread::sleep(Duration::from_millis(20));
        }
        // A helper that still runs hangs. Killing one that has ended fails, which is fine.
        let _ = self.process.kill();
    }
}
