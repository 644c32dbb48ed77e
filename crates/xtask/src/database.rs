//! The MongoDB of one run: a replica set of one node, gone when the run is over.
//!
//! The tests' own harness starts it (`crates/testkit/src/bin/replica-set.rs`), so that there is one way of starting one. It
//! ends with its standard input, also when this process is interrupted or killed.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// How long it may take until the first write is possible.
const START: Duration = Duration::from_secs(90);
/// How long it may take to end.
const END: Duration = Duration::from_secs(20);

/// A running replica set.
pub(crate) struct Database {
    /// How to reach it: the value of `MONGODB_URI`.
    pub(crate) uri: String,
    process: Child,
    input: Option<ChildStdin>,
}

impl Database {
    /// Runs `helper` with `mongod` and waits until the database takes writes; its data lies in `folder`.
    ///
    /// # Errors
    /// When it does not start in time; what it complains of is on standard error.
    pub(crate) fn start(helper: &Path, mongod: &Path, folder: &Path) -> Result<Self, String> {
        let mut command = Command::new(helper);
        // In a group of its own, lest an interrupt from the terminal reach it before its input ends.
        command.arg(folder).env("MONGOD", mongod).process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process =
            command.spawn().map_err(|error| format!("cannot start {}: {error}", helper.display()))?;
        let stdout = process.stdout.take().expect("it was asked to be piped");
        let mut database = Self { uri: String::new(), input: process.stdin.take(), process };
        let (told, line) = mpsc::channel();
        thread::spawn(move || told.send(BufReader::new(stdout).lines().next()));
        match line.recv_timeout(START) {
            Ok(Some(Ok(uri))) => database.uri = uri,
            Ok(_) => return Err("MongoDB ended before it took a write".to_owned()),
            Err(_) => return Err(format!("MongoDB takes no writes after {START:?}")),
        }
        println!("MongoDB runs: {}", database.uri);
        Ok(database)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        drop(self.input.take());
        let start = Instant::now();
        while matches!(self.process.try_wait(), Ok(None)) && start.elapsed() < END {
            thread::sleep(Duration::from_millis(20));
        }
        // Only a helper that hangs is still there; one that is gone cannot be killed, which is as good.
        let _ = self.process.kill();
    }
}
