//! A MongoDB of one's own, which can be frozen, killed and brought back.
//!
//! Its server is the one that `MONGOD` names or the PATH has. It is started here and nowhere else, for the tests that
//! need one to themselves as well as for the one that all others share.

mod admin;

use std::net::TcpListener;
use std::path::{Path, PathBuf};

use rustix::process::Signal;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::Command;

use crate::process::ProcessGroup;
use crate::wait;

const MISSING: &str = "mongod is missing: set MONGOD to its path, or run `cargo xtask test`, which gets it";

/// The only set's name.
const SET: &str = "rs0";

/// Small, quick to start, and reached from this machine alone.
const FLAGS: [&str; 7] = [
    "--bind_ip",
    "127.0.0.1",
    "--nounixsocket",
    "--wiredTigerCacheSizeGB",
    "0.25",
    "--setParameter",
    "diagnosticDataCollectionEnabled=false",
];
const FLAGS_OF_A_SET: [&str; 4] = ["--replSet", SET, "--oplogSize", "64"];

/// How often another port is tried when the one that was free is taken after all.
const TRIES: usize = 5;

/// A running server; it is killed when this is dropped, and its data is removed.
#[derive(Debug)]
pub struct Mongod {
    process: ProcessGroup,
    port: u16,
    is_set: bool,
    data: TempDir,
}

impl Mongod {
    /// A replica set of one node that takes writes.
    ///
    /// # Panics
    /// When there is no server or it does not start, with what it says.
    pub async fn replica_set() -> Self {
        Self::replica_set_in(&std::env::temp_dir()).await
    }

    /// As [`Mongod::replica_set`], with its data in a new folder of `folder`.
    ///
    /// # Panics
    /// As [`Mongod::replica_set`].
    pub async fn replica_set_in(folder: &Path) -> Self {
        let mongod = Self::start(folder, true).await;
        admin::initiate(mongod.port, SET).await;
        admin::takes_writes(mongod.port).await;
        mongod
    }

    /// A server without a replica set, and so without change streams.
    ///
    /// # Panics
    /// As [`Mongod::replica_set`].
    pub async fn standalone() -> Self {
        let mongod = Self::start(&std::env::temp_dir(), false).await;
        admin::takes_writes(mongod.port).await;
        mongod
    }

    async fn start(folder: &Path, is_set: bool) -> Self {
        std::fs::create_dir_all(folder).expect("the folder for the data can be made");
        let data =
            TempDir::with_prefix_in("mongod-data-", folder).expect("a folder for the data can be made");
        for _ in 0..TRIES {
            let port = free_port();
            let mut process = launch(data.path(), port, is_set);
            if listens(&mut process, port).await {
                return Self { process, port, is_set, data };
            }
        }
        panic!("mongod does not start:\n{}", last_lines(data.path()));
    }

    /// How to reach it: the value of `MONGODB_URI`, without a database.
    pub fn uri(&self) -> String {
        let set = if self.is_set { format!("?replicaSet={SET}") } else { String::new() };
        format!("mongodb://127.0.0.1:{}/{set}", self.port)
    }

    /// Stops it where it is: connections stand and nothing is answered, until [`Mongod::thaw`].
    pub fn freeze(&self) {
        self.process.signal(Signal::STOP);
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.process.signal(Signal::CONT);
    }

    /// Makes the primary of a set step down: it answers on, but takes no writes until [`Mongod::step_up`].
    ///
    /// # Panics
    /// When it does not.
    pub async fn step_down(&self) {
        admin::step_down(self.port).await;
    }

    /// Makes it the primary again.
    ///
    /// # Panics
    /// When it does not become it in time.
    pub async fn step_up(&self) {
        admin::step_up(self.port).await;
    }

    /// Ends it, as a crash does.
    pub async fn kill(&mut self) {
        self.process.signal(Signal::KILL);
        self.process.ended().await;
    }

    /// Starts it again on its data and its port, after [`Mongod::kill`], and waits until it takes writes.
    ///
    /// # Panics
    /// When it does not.
    pub async fn come_back(&mut self) {
        for _ in 0..TRIES {
            self.process = launch(self.data.path(), self.port, self.is_set);
            if listens(&mut self.process, self.port).await {
                return admin::takes_writes(self.port).await;
            }
        }
        panic!("mongod does not come back:\n{}", last_lines(self.data.path()));
    }
}

fn launch(data: &Path, port: u16, is_set: bool) -> ProcessGroup {
    let mut command = Command::new(program());
    command.arg("--dbpath").arg(data).arg("--logpath").arg(log(data)).arg("--logappend");
    command.args(["--port", &port.to_string()]).args(FLAGS);
    if is_set {
        command.args(FLAGS_OF_A_SET);
    }
    ProcessGroup::start(&mut command)
}

/// Whether the process takes connections; otherwise it has ended.
async fn listens(process: &mut ProcessGroup, port: u16) -> bool {
    wait::until("mongod listens or ends", async || {
        if process.child.try_wait().expect("its status can be asked for").is_some() {
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
