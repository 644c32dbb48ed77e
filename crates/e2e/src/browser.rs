//! Chromium and its driver. Each window has a profile, and so cookies, of its own.

mod appearance;
mod devtools;
mod window;

use std::path::PathBuf;

use fantoccini::ClientBuilder;
use fantoccini::wd::{Capabilities, TimeoutConfiguration};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

pub use appearance::{Appearance, DESK, PHONE, ZOOMED};
pub use window::Window;

use crate::process_group::ProcessGroup;
use crate::wait;

const MISSING: &str = "is missing: run `apt-get install -y chromium chromium-driver`, or `cargo xtask test`, \
                       or set CHROMIUM and CHROMEDRIVER";

const FLAGS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    // A container's shared memory is too small for it.
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1100,760",
];

/// So often the driver may end at its start.
const STARTS: usize = 5;

/// The driver, which starts windows; all of them end with it.
#[derive(Debug)]
pub struct Driver {
    _process: ProcessGroup,
    url: String,
}

impl Driver {
    /// Starts the driver on a free port.
    ///
    /// # Panics
    /// When it is not installed, with the command that installs it.
    pub async fn start() -> Self {
        // The port that it chose may be taken by another one's IPv6 half by the time it gets there; then it ends.
        for _ in 0..STARTS {
            if let Some(driver) = Self::try_to_start().await {
                return driver;
            }
        }
        panic!("chromedriver ended without telling its port, {STARTS} times");
    }

    async fn try_to_start() -> Option<Self> {
        let program = program("CHROMEDRIVER", &["chromedriver"]);
        let mut process = ProcessGroup::start(Command::new(program).arg("--port=0"));
        let stdout = process.child.stdout.take().expect("it is piped");
        let mut lines = BufReader::new(stdout).lines();
        let port = wait::in_time("chromedriver tells its port or ends", async {
            while let Some(line) = lines.next_line().await.expect("it prints text") {
                if let Some((_, port)) = line.split_once("started successfully on port ") {
                    return Some(port.trim_end_matches('.').to_owned());
                }
            }
            None
        });
        let port = port.await?;
        // The pipe is read on, lest the driver block on a full one.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Some(Self { _process: process, url: format!("http://127.0.0.1:{port}") })
    }

    /// Opens a window with a new profile.
    ///
    /// # Panics
    /// When the browser does not start.
    pub async fn window(&self) -> Window {
        self.window_with(&[]).await
    }

    /// Opens a window with a new profile and further flags.
    ///
    /// # Panics
    /// When the browser does not start.
    pub async fn window_with(&self, further: &[&str]) -> Window {
        self.open(further, "normal").await
    }

    /// Opens a window that does not wait for pages to load before it does the next thing.
    ///
    /// # Panics
    /// When the browser does not start.
    pub async fn impatient_window(&self) -> Window {
        self.open(&[], "none").await
    }

    async fn open(&self, further: &[&str], page_load_strategy: &str) -> Window {
        let profile = TempDir::with_prefix("natter-e2e-profile-").expect("a temporary folder can be made");
        let mut flags: Vec<String> = FLAGS.iter().chain(further).map(|flag| flag.to_string()).collect();
        flags.push(format!("--user-data-dir={}", profile.path().display()));
        let binary = program("CHROMIUM", &["chromium", "google-chrome"]);
        let mut wanted = Capabilities::new();
        wanted.insert("goog:chromeOptions".into(), json!({"binary": binary, "args": flags}));
        wanted.insert("goog:loggingPrefs".into(), json!({"browser": "ALL"}));
        wanted.insert("pageLoadStrategy".into(), json!(page_load_strategy));
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = builder.capabilities(wanted).connect(&self.url).await;
        let client = client.expect("the browser starts");
        let times = TimeoutConfiguration::new(None, Some(wait::PATIENCE), None);
        client.update_timeouts(times).await.expect("the driver takes its settings");
        let session = client.session_id().await.expect("the driver answers").expect("there is a session");
        let session_url = format!("{}/session/{session}", self.url);
        Window { client, session_url, _profile: profile }
    }
}

fn program(variable: &str, names: &[&str]) -> PathBuf {
    if let Some(path) = std::env::var_os(variable).filter(|path| !path.is_empty()) {
        return path.into();
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let files =
        std::env::split_paths(&folders).flat_map(|folder| names.iter().map(move |name| folder.join(name)));
    let found = files.into_iter().find(|file| file.is_file());
    found.unwrap_or_else(|| panic!("{} {MISSING}", names[0]))
}
