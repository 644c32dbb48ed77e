//! Chromium, driven as a person drives it. Each window has a profile, and so cookies, of its own.

use std::path::PathBuf;

use fantoccini::wd::{Capabilities, TimeoutConfiguration};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::process_group::ProcessGroup;
use crate::wait;

const MISSING: &str = "is missing: run `apt-get install -y chromium chromium-driver`, or `cargo xtask test`, \
                       or set CHROMIUM and CHROMEDRIVER";

const FLAGS: [&str; 9] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1100,760",
];

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
        let program = program("CHROMEDRIVER", &["chromedriver"]);
        let mut process = ProcessGroup::start(Command::new(program).arg("--port=0"));
        let stdout = process.child.stdout.take().expect("it is piped");
        let mut lines = BufReader::new(stdout).lines();
        let port = wait::in_time("chromedriver tells its port", async {
            while let Some(line) = lines.next_line().await.expect("it prints text") {
                if let Some((_, port)) = line.split_once("started successfully on port ") {
                    return port.trim_end_matches('.').to_owned();
                }
            }
            panic!("chromedriver ended without telling its port");
        })
        .await;
        // The pipe is read on, lest the driver block on a full one.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { _process: process, url: format!("http://127.0.0.1:{port}") }
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
        let profile = TempDir::with_prefix("natter-e2e-profile-").expect("a temporary folder can be made");
        let mut flags: Vec<String> = FLAGS.iter().chain(further).map(|flag| flag.to_string()).collect();
        flags.push(format!("--user-data-dir={}", profile.path().display()));
        let binary = program("CHROMIUM", &["chromium", "google-chrome"]);
        let mut wanted = Capabilities::new();
        wanted.insert("goog:chromeOptions".into(), json!({"binary": binary, "args": flags}));
        wanted.insert("goog:loggingPrefs".into(), json!({"browser": "ALL"}));
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = builder.capabilities(wanted).connect(&self.url).await;
        let client = client.expect("the browser starts");
        let times = TimeoutConfiguration::new(None, Some(wait::PATIENCE), None);
        client.update_timeouts(times).await.expect("the driver takes its settings");
        let session = client.session_id().await.expect("the driver answers").expect("there is a session");
        let log_url = format!("{}/session/{session}/se/log", self.url);
        Window { client, log_url, _profile: profile }
    }
}

/// One browser with a profile of its own; it may have several tabs.
#[derive(Debug)]
pub struct Window {
    /// The driver's view of it, for what is not wrapped here.
    pub client: Client,
    log_url: String,
    _profile: TempDir,
}

impl Window {
    /// Loads a page.
    ///
    /// # Panics
    /// When the driver says that it did not.
    pub async fn load(&self, url: &str) {
        self.client.goto(url).await.expect("the page loads");
    }

    /// Loads the page anew.
    ///
    /// # Panics
    /// When the driver says that it did not.
    pub async fn reload(&self) {
        self.client.refresh().await.expect("the page loads again");
    }

    /// The address in the address bar.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn address(&self) -> String {
        self.client.current_url().await.expect("the browser tells its address").to_string()
    }

    /// Waits for an element and types into it.
    ///
    /// # Panics
    /// When there is none, or it takes no text.
    pub async fn write(&self, css: &str, text: &str) {
        let element = self.client.wait().at_most(wait::PATIENCE).for_element(Locator::Css(css)).await;
        let element = element.unwrap_or_else(|error| panic!("there is no {css}: {error}"));
        element.send_keys(text).await.unwrap_or_else(|error| panic!("{css} takes no text: {error}"));
    }

    /// Waits for an element and clicks it.
    ///
    /// # Panics
    /// When there is none, or it cannot be clicked.
    pub async fn click(&self, css: &str) {
        let element = self.client.wait().at_most(wait::PATIENCE).for_element(Locator::Css(css)).await;
        let element = element.unwrap_or_else(|error| panic!("there is no {css}: {error}"));
        element.click().await.unwrap_or_else(|error| panic!("{css} cannot be clicked: {error}"));
    }

    /// Runs the body of a JavaScript function in the page and gives what it returns.
    ///
    /// # Panics
    /// When it throws.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        let result = self.client.execute(script, arguments).await;
        result.unwrap_or_else(|error| panic!("{error} in {script}"))
    }

    /// The text of every element that `css` finds, in the page's order.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn texts(&self, css: &str) -> Vec<String> {
        let script = "return [...document.querySelectorAll(arguments[0])].map(e => e.textContent.trim())";
        let found = self.run(script, vec![json!(css)]).await;
        serde_json::from_value(found).expect("the script gives strings")
    }

    /// Waits until `css` finds an element.
    ///
    /// # Panics
    /// When it does not in time, with what the page shows instead.
    pub async fn sees(&self, css: &str) {
        let found = self.client.wait().at_most(wait::PATIENCE).for_element(Locator::Css(css)).await;
        if found.is_err() {
            let page = self.client.source().await.unwrap_or_default();
            panic!("there is no {css} at {} in\n{page}", self.address().await);
        }
    }

    /// What the console showed as warning or error since the last look: blocked content, scripts that threw,
    /// requests that failed.
    ///
    /// # Panics
    /// When the browser is gone.
    pub async fn complaints(&self) -> Vec<String> {
        let request = reqwest::Client::new().post(&self.log_url).json(&json!({"type": "browser"}));
        let answer: Value = request.send().await.expect("the driver answers").json().await.expect("JSON");
        let lines = answer["value"].as_array().expect("a list of lines").iter();
        let bad = lines.filter(|line| line["level"] == "SEVERE" || line["level"] == "WARNING");
        bad.map(|line| line["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Opens a further tab of the same profile and turns to it; gives the former one.
    ///
    /// # Panics
    /// When the browser does not.
    pub async fn new_tab(&self) -> fantoccini::wd::WindowHandle {
        let former = self.client.window().await.expect("there is a tab");
        let tab = self.client.new_window(true).await.expect("a tab opens").handle;
        self.client.switch_to_window(tab).await.expect("it can be turned to");
        former
    }

    /// Turns to another tab.
    ///
    /// # Panics
    /// When it is closed.
    pub async fn turn_to(&self, tab: fantoccini::wd::WindowHandle) {
        self.client.switch_to_window(tab).await.expect("the tab is open");
    }

    /// A picture of what is seen, as PNG.
    ///
    /// # Panics
    /// When the browser takes none.
    pub async fn picture(&self) -> Vec<u8> {
        self.client.screenshot().await.expect("the browser takes a picture")
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
