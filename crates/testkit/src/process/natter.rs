//! The built binary as a process: both services or one, with its own data folder.

mod behind_proxy;
mod command;

use std::path::Path;
use std::process::ExitStatus;
use std::sync::Arc;

use reqwest::StatusCode;
use rustix::process::Signal;
use tempfile::TempDir;
use tokio::process::Command;

pub use behind_proxy::ON_LAN;
pub use command::{binary, command, run_to_end};

use crate::process::PrintedLines;
use crate::process::ProcessGroup;
use crate::process::backend::Backend;
use crate::wait;

/// A running Natter. Dropping it kills the process.
#[derive(Debug)]
pub struct Natter {
    process: ProcessGroup,
    /// The URL of the users service, without a trailing slash.
    pub users_url: String,
    /// The URL of the chat service, without a trailing slash.
    pub chat_url: String,
    /// The port of the users service, also where the URL is a proxy's; 0 when it does not run here.
    pub users_port: u16,
    /// The port of the chat service, also where the URL is a proxy's; 0 when it does not run here.
    pub chat_port: u16,
    part: Part,
    data: Arc<TempDir>,
    printed: PrintedLines,
    settings: Vec<(String, String)>,
}

/// Settings for a test in which users do more than people do.
pub const NO_RATES: [(&str, &str); 4] =
    [("SEND_RATE", "0"), ("SEND_RATE_PER_ADDRESS", "0"), ("READ_RATE", "0"), ("INVITE_RATE", "0")];

/// Which services a process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Both services.
    Both,
    /// The users service alone.
    Users,
    /// The chat service alone.
    Chat,
}

impl Part {
    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Both => &[],
            Self::Users => &["users"],
            Self::Chat => &["chat"],
        }
    }
}

impl Natter {
    /// Starts Natter with default settings, free ports and an empty data folder.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Starts Natter with `settings` in its environment.
    pub async fn start_with(settings: &[(&str, &str)]) -> Self {
        Self::start_on_with(Backend::Embedded, settings).await
    }

    /// Starts Natter on a new store.
    pub async fn start_on(backend: Backend) -> Self {
        Self::start_on_with(backend, &[]).await
    }

    /// Starts Natter on a new store with `settings` in its environment.
    pub async fn start_on_with(backend: Backend, settings: &[(&str, &str)]) -> Self {
        let mut all = backend.settings();
        all.extend(settings.iter().map(|(name, value)| (name.to_string(), value.to_string())));
        Self::start_part(Part::Both, all).await
    }

    /// Starts one of the services, or both, with `settings` in its environment.
    pub async fn start_part(part: Part, settings: Vec<(String, String)>) -> Self {
        Self::launch(part, settings).wait_ready().await
    }

    /// Starts Natter through a wrapper command that limits its resources.
    pub async fn start_through(command: Command, settings: &[(&str, &str)]) -> Self {
        let settings = settings.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        Self::launch_on(new_folder(), Part::Both, settings, command).wait_ready().await
    }

    /// Starts one of the services, or both, without waiting: the URLs are unknown until [`Natter::wait_ready`].
    pub fn launch(part: Part, settings: Vec<(String, String)>) -> Self {
        Self::launch_on(new_folder(), part, settings, command())
    }

    fn launch_on(
        data: Arc<TempDir>,
        part: Part,
        settings: Vec<(String, String)>,
        mut command: Command,
    ) -> Self {
        command.env("DATA_DIR", data.path()).env("USERS_ADDR", "127.0.0.1:0").env("CHAT_ADDR", "127.0.0.1:0");
        command.envs(settings.iter().cloned()).args(part.words());
        let mut process = ProcessGroup::start(&mut command);
        let printed = PrintedLines::by(&mut process.child);
        let (users_url, chat_url) = (String::new(), String::new());
        Self { process, users_url, chat_url, users_port: 0, chat_port: 0, part, data, printed, settings }
    }

    /// Waits until it listens and is ready.
    ///
    /// # Panics
    /// On a timeout, or when the process ends, with its output.
    pub async fn wait_ready(mut self) -> Self {
        self.read_addresses().await;
        self.becomes_ready().await;
        self
    }

    /// Reads the addresses from the log line that follows when all services listen.
    async fn read_addresses(&mut self) {
        let line = wait::until("Natter logs its addresses", async || {
            let status = self.process.child.try_wait().expect("the status can be read");
            let printed = self.printed();
            assert!(status.is_none(), "Natter ended at start ({status:?}):\n{printed}");
            printed.lines().find(|line| line.contains("chat_url=")).map(str::to_owned)
        })
        .await;
        let value = |name: &str| {
            let rest = line.split_once(&format!(" {name}="))?.1;
            Some(
                rest.split(' ').next().expect("split returns at least one part").trim_matches('"').to_owned(),
            )
        };
        self.users_url = value("users_url").expect("the line has both URLs");
        self.chat_url = value("chat_url").expect("the line has both URLs");
        let port = |name: &str| value(name)?.rsplit(':').next()?.parse().ok();
        self.users_port = port("users_addr").unwrap_or_default();
        self.chat_port = port("chat_addr").unwrap_or_default();
        let is_known = |other_part, port| self.part == other_part || port > 0;
        assert!(is_known(Part::Chat, self.users_port) && is_known(Part::Users, self.chat_port), "{line}");
    }

    /// Waits until every service of this process is ready.
    ///
    /// # Panics
    /// On a timeout.
    pub async fn becomes_ready(&self) {
        wait::until("Natter becomes ready", async || self.is_ready().await.then_some(())).await;
    }

    /// Whether every service of this process reports that it is ready.
    pub async fn is_ready(&self) -> bool {
        let client = reqwest::Client::new();
        for port in [self.users_port, self.chat_port].into_iter().filter(|port| *port > 0) {
            match client.get(format!("http://127.0.0.1:{port}/health/ready")).send().await {
                Ok(answer) if answer.status() == StatusCode::OK => {}
                _ => return false,
            }
        }
        true
    }

    /// Kills the process and starts it again on the same data, with other ports.
    pub async fn kill_and_restart(mut self) -> Self {
        self.process.signal(Signal::KILL);
        self.process.ended().await;
        self.restart().await
    }

    /// Starts it again on the same data after its end.
    pub async fn restart(self) -> Self {
        let (data, settings) = (Arc::clone(&self.data), self.settings.clone());
        Self::launch_on(data, self.part, settings, command()).wait_ready().await
    }

    /// Sends SIGTERM, as a service manager does.
    pub fn terminate(&self) {
        self.process.signal(Signal::TERM);
    }

    /// Kills the process, as a crash does.
    pub fn kill(&self) {
        self.process.signal(Signal::KILL);
    }

    /// Waits until the process ends.
    pub async fn ended(&mut self) -> ExitStatus {
        self.process.ended().await
    }

    /// The data folder.
    pub fn data_dir(&self) -> &Path {
        self.data.path()
    }

    /// The process id.
    pub fn id(&self) -> i32 {
        self.process.id()
    }

    /// The output and log until now.
    pub fn printed(&self) -> String {
        self.printed.text()
    }

    /// The resident memory in KiB.
    pub fn resident_kib(&self) -> u64 {
        let path = format!("/proc/{}/status", self.id());
        let status = std::fs::read_to_string(path).expect("the process runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("Linux reports VmRSS");
        line.trim().trim_end_matches(" kB").parse().expect("a number of kB")
    }
}

fn new_folder() -> Arc<TempDir> {
    Arc::new(TempDir::with_prefix("natter-e2e-").expect("a temporary folder can be created"))
}
