//! A running driver: it listens for WebDriver's commands, starts browsers, and takes them along when it ends.

use std::path::PathBuf;

use fantoccini::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use crate::process::PrintedLines;
use crate::process::ProcessGroup;
use crate::wait;

/// So often a driver may end at its start.
const STARTS: usize = 5;

/// A driver that listens, with all that it started.
#[derive(Debug)]
pub(super) struct Service {
    _process: ProcessGroup,
    /// What the driver and its browsers print.
    pub(super) printed: PrintedLines,
    url: String,
    /// What must live as long: a screen, folders.
    _with: Option<(ProcessGroup, TempDir)>,
}

impl Service {
    /// Starts a driver that chooses its port, which `port` finds out.
    ///
    /// # Panics
    /// When it ends again and again without a port, with what it printed last.
    pub(super) async fn start(
        command: impl Fn() -> Command,
        port: impl Fn(&ProcessGroup, &PrintedLines) -> Option<u16>,
    ) -> Self {
        let mut last = String::new();
        // The port that it chose may be taken by another one's IPv6 half by the time it gets there; then it ends.
        for _ in 0..STARTS {
            let mut process = ProcessGroup::start(&mut command());
            let printed = PrintedLines::by(&mut process.child);
            let found = wait::until("the driver tells its port or ends", async || {
                let has_ended = process.child.try_wait().expect("its status can be asked for").is_some();
                port(&process, &printed).map(Some).or(has_ended.then_some(None))
            });
            if let Some(port) = found.await {
                return Self {
                    _process: process,
                    printed,
                    url: format!("http://127.0.0.1:{port}"),
                    _with: None,
                };
            }
            last = printed.text();
        }
        panic!("the driver ended without telling its port, {STARTS} times:\n{last}");
    }

    /// Keeps these for as long as the driver runs.
    pub(super) fn with(self, screen: ProcessGroup, folder: TempDir) -> Self {
        Self { _with: Some((screen, folder)), ..self }
    }

    /// Opens a browser; gives the client to steer it and the address of its session.
    ///
    /// The session is asked for here, since the client's own way names Chromium's capabilities to every driver.
    ///
    /// # Panics
    /// When the browser does not start, with what the driver says and printed.
    pub(super) async fn open(&self, capabilities: &Value) -> (Client, String) {
        let wanted = json!({"capabilities": {"alwaysMatch": capabilities}});
        let request = reqwest::Client::new().post(format!("{}/session", self.url)).json(&wanted);
        let answer: Value = request.send().await.expect("the driver answers").json().await.expect("JSON");
        let Some(session) = answer["value"]["sessionId"].as_str() else {
            panic!("the browser does not start: {}\n{}", answer["value"], self.printed.text());
        };
        let client = Client::with_existing_session(&self.url, session, HttpConnector::new()).await;
        (client.expect("the driver's address is one"), format!("{}/session/{session}", self.url))
    }
}

/// The program that `variable` names, or the first of `names` on the PATH.
///
/// # Panics
/// When there is none, with `missing`, which says how to get it.
pub(super) fn program(variable: &str, names: &[&str], missing: &str) -> PathBuf {
    if let Some(path) = std::env::var_os(variable).filter(|path| !path.is_empty()) {
        return path.into();
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let files =
        std::env::split_paths(&folders).flat_map(|folder| names.iter().map(move |name| folder.join(name)));
    let found = files.into_iter().find(|file| file.is_file());
    found.unwrap_or_else(|| panic!("{} is missing: {missing}", names[0]))
}
