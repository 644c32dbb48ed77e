//! A running WebDriver server. Its browsers end with it.

use std::path::PathBuf;

use fantoccini::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use crate::process::PrintedLines;
use crate::process::ProcessGroup;
use crate::wait;

/// Maximum number of attempts to start a driver.
const MAX_STARTS: usize = 5;

/// A driver that listens, with its process group.
#[derive(Debug)]
pub(super) struct DriverProcess {
    _process: ProcessGroup,
    /// What the driver and its browsers print.
    pub(super) printed: PrintedLines,
    url: String,
    /// The screen and the folder that the driver uses.
    _with: Option<(ProcessGroup, TempDir)>,
}

impl DriverProcess {
    /// Starts a driver that chooses its port; `port` finds it.
    ///
    /// # Panics
    /// When every attempt ends without a port, with the last output.
    pub(super) async fn start(
        command: impl Fn() -> Command,
        port: impl Fn(&ProcessGroup, &PrintedLines) -> Option<u16>,
    ) -> Self {
        let mut last = String::new();
        // A driver ends when another process takes the IPv6 half of the port that it chose.
        for _ in 0..MAX_STARTS {
            let mut process = ProcessGroup::start(&mut command());
            let printed = PrintedLines::by(&mut process.child);
            let found = wait::until("the driver has a port or ends", async || {
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
        panic!("the driver ended without a port, {MAX_STARTS} times:\n{last}");
    }

    /// Keeps these until the driver ends.
    pub(super) fn with(self, screen: ProcessGroup, folder: TempDir) -> Self {
        Self { _with: Some((screen, folder)), ..self }
    }

    /// Opens a browser. Returns the client that controls it and the URL of its session.
    ///
    /// It requests the session itself, because fantoccini sends Chromium's capabilities to every driver.
    ///
    /// # Panics
    /// When the browser does not start, with the driver's answer and output.
    pub(super) async fn open(&self, capabilities: &Value) -> (Client, String) {
        let wanted = json!({"capabilities": {"alwaysMatch": capabilities}});
        let request = reqwest::Client::new().post(format!("{}/session", self.url)).json(&wanted);
        let answer: Value = request.send().await.expect("the driver answers").json().await.expect("JSON");
        let Some(session) = answer["value"]["sessionId"].as_str() else {
            panic!("the browser does not start: {}\n{}", answer["value"], self.printed.text());
        };
        let client = Client::with_existing_session(&self.url, session, HttpConnector::new()).await;
        (client.expect("the driver's URL is valid"), format!("{}/session/{session}", self.url))
    }
}

/// The program that `variable` names, or the first of `names` on the PATH.
///
/// # Panics
/// When there is none, with `missing`, the command that installs it.
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
