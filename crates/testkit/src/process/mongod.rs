//! A MongoDB server that a test can freeze, kill and restart.
//!
//! The program is the one that `MONGOD` names, or the first on the PATH. Both the shared server and servers for single tests
//! are started here.

mod admin;
mod set;

pub use set::MongodSet;

use std::net::TcpListener;
use std::path::{Path, PathBuf};

use rustix::process::Signal;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::Command;

use crate::process::ProcessGroup;
use crate::wait;

const MISSING: &str =
    "mongod is missing: set MONGOD to its path, or run `cargo xtask test`, which installs it";

/// The name of the replica set.
const SET: &str = "rs0";

/// Small, quick to start, and reachable from this machine only.
const FLAGS: [&str; 7] = [
    "--bind_ip",
    "127.0.0.1",
    "--nounixsocket",
    "--wiredTigerCacheSizeGB",
    "0.25",
    "--setParameter",
    "diagnosticDataCollectionEnabled=false",
];
const REPLICA_SET_FLAGS: [&str; 4] = ["--replSet", SET, "--oplogSize", "64"];

/// Maximum number of ports to try, because another process may take a free one.
const MAX_PORTS: usize = 5;

/// A running server. Dropping it kills the server and removes its data.
#[derive(Debug)]
pub struct Mongod {
    process: ProcessGroup,
    port: u16,
    is_set: bool,
    data: TempDir,
}

impl Mongod {
    /// Starts a replica set of one node and waits until it accepts writes.
    ///
    /// # Panics
    /// When the program is missing or does not start, with its log.
    pub async fn replica_set() -> Self {
        Self::replica_set_in(&std::env::temp_dir()).await
    }

    /// As [`Mongod::replica_set`], with the data in a new folder inside `folder`.
    ///
    /// # Panics
    /// As [`Mongod::replica_set`].
    pub async fn replica_set_in(folder: &Path) -> Self {
        let mongod = Self::start(folder, true).await;
        admin::initiate(&[mongod.port], SET).await;
        admin::wait_writable(mongod.port).await;
        mongod
    }

    /// Starts a server without a replica set, and so without change streams.
    ///
    /// # Panics
    /// As [`Mongod::replica_set`].
    pub async fn standalone() -> Self {
        let mongod = Self::start(&std::env::temp_dir(), false).await;
        admin::wait_writable(mongod.port).await;
        mongod
    }

    async fn start(folder: &Path, is_set: bool) -> Self {
        std::fs::create_dir_all(folder).expect("the data folder can be created");
        let data = TempDir::with_prefix_in("mongod-data-", folder).expect("a data folder can be created");
        for _ in 0..MAX_PORTS {
            let port = free_port();
            let mut process = launch(data.path(), port, is_set);
            if listens(&mut process, port).await {
                return Self { process, port, is_set, data };
            }
        }
        panic!("mongod does not start:\n{}", last_lines(data.path()));
    }

    /// The value for `MONGODB_URI`, without a database.
    pub fn uri(&self) -> String {
        let set = if self.is_set { format!("?replicaSet={SET}") } else { String::new() };
        format!("mongodb://127.0.0.1:{}/{set}", self.port)
    }

    /// Stops the process until [`Mongod::thaw`]: connections stay open, and nothing is answered.
    pub fn freeze(&self) {
        self.process.signal(Signal::STOP);
    }

    /// Continues the process.
    pub fn thaw(&self) {
        self.process.signal(Signal::CONT);
    }

    /// Makes the primary step down: it answers, but accepts no writes until [`Mongod::step_up`].
    ///
    /// # Panics
    /// When the server rejects the command.
    pub async fn step_down(&self) {
        admin::step_down(self.port).await;
    }

    /// Makes it the primary again.
    ///
    /// # Panics
    /// On a timeout.
    pub async fn step_up(&self) {
        admin::step_up(self.port).await;
    }

    /// Kills the process, as a crash does.
    pub async fn kill(&mut self) {
        self.process.signal(Signal::KILL);
        self.process.ended().await;
    }

    /// Starts it again on the same data and port, after [`Mongod::kill`], and waits until it accepts writes.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn restart(&mut self) {
        for _ in 0..MAX_PORTS {
            self.process = launch(self.data.path(), self.port, self.is_set);
            if listens(&mut self.process, self.port).await {
                return admin::wait_writable(self.port).await;
            }
        }
        panic!("mongod does not start again:\n{}", last_lines(self.data.path()));
    }
}

fn launch(data: &Path, port: u16, is_set: bool) -> ProcessGroup {
    let mut command = Command::new(program());
    command.arg("--dbpath").arg(data).arg("--logpath").arg(log(data)).arg("--logappend");
    command.args(["--port", &port.to_string()]).args(FLAGS);
    if is_set {
        command.args(REPLICA_SET_FLAGS);
    }
    ProcessGroup::start(&mut command)
}

/// Waits; true when the process accepts connections, false when it ended.
async fn listens(process: &mut ProcessGroup, port: u16) -> bool {
    wait::until("mongod listens or ends", async || {
        if process.child.try_wait().expect("the status can be read").is_some() {
            return Some(false);
        }
        TcpStream::connect(("127.0.0.1", port)).await.is_ok().then_some(true)
    })
    .await
}

fn program() -> PathBuf {
    if let Some(path) = std::env::var_os("MONGOD").filter(|path| !path.is_empty()) {
        return path.into();
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let found =
        std::env::split_paths(&folders).map(|folder| folder.join("mongod")).find(|file| file.is_file());
    found.unwrap_or_else(|| panic!("{MISSING}"))
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port is found");
    listener.local_addr().expect("a bound listener has an address").port()
}

fn log(data: &Path) -> PathBuf {
    data.join("mongod.log")
}

fn last_lines(data: &Path) -> String {
    let text = std::fs::read_to_string(log(data)).unwrap_or_else(|error| error.to_string());
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
