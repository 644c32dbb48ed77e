//! Chromium and its driver.

use std::path::Path;

use serde_json::{Value, json};
use tokio::process::Command;

use super::driver_process::{DriverProcess, program};
use super::options::WindowOptions;

const MISSING: &str = "run `apt-get install -y chromium chromium-driver`, or `cargo xtask test`, or set CHROMIUM and \
                       CHROMEDRIVER";

const FLAGS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    // The shared memory of a container is too small for Chromium.
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1100,760",
];

pub(super) async fn start() -> DriverProcess {
    let driver = program("CHROMEDRIVER", &["chromedriver"], MISSING);
    let command = || {
        let mut command = Command::new(&driver);
        command.arg("--port=0");
        command
    };
    let port =
        |line: &str| line.split_once("started successfully on port ")?.1.trim_end_matches('.').parse().ok();
    DriverProcess::start(command, |_, printed| printed.find(port)).await
}

pub(super) fn capabilities(profile: &Path, options: &WindowOptions<'_>) -> Value {
    let mut flags: Vec<String> = FLAGS.iter().chain(options.flags).map(|flag| flag.to_string()).collect();
    flags.push(format!("--user-data-dir={}", profile.display()));
    flags.extend(options.proxy.map(|port| format!("--proxy-server=socks5://127.0.0.1:{port}")));
    let binary = program("CHROMIUM", &["chromium", "google-chrome"], MISSING);
    json!({
        "goog:chromeOptions": {"binary": binary, "args": flags, "prefs": options.preferences},
        "goog:loggingPrefs": {"browser": "ALL"},
        "pageLoadStrategy": options.page_load_strategy,
    })
}
