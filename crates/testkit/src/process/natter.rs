//! The built binary as a running system, or as one of its services, with a data folder of its own.

mod behind;
mod command;

use std::path::Path;
use std::process::ExitStatus;
use std::sync::Arc;

use reqwest::StatusCode;
use rustix::process::Signal;
use tempfile::TempDir;
use tokio::process::Command;

pub use behind::ON_LAN;
pub use command::{binary, command, run_to_end};

use crate::process::PrintedLines;
use crate::process::ProcessGroup;
use crate::process::backend::Store;
use crate::wait;

/// A running Natter; it is killed when this is dropped.
#[derive(Debug)]
pub struct Natter {
    process: ProcessGroup,
    /// Where the users service is reached, without a slash at the end.
    pub users_url: String,
    /// Where the chat service is reached, without a slash at the end.
    pub chat_url: String,
    /// Where the users service listens, whatever its URL says; 0 where it does not run.
    pub users_port: u16,
    /// Where the chat service listens, whatever its URL says; 0 where it does not run.
    pub chat_port: u16,
    part: Part,
    data: Arc<TempDir>,
    printed: PrintedLines,
    settings: Vec<(String, String)>,
}

/// What one process runs.
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
    /// Starts Natter with its defaults on free ports and an empty data folder.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Starts Natter with `settings` in its environment.
    pub async fn start_with(settings: &[(&str, &str)]) -> Self {
        Self::start_on_with(Store::Embedded, settings).await
    }

    /// Starts Natter on this store, where it finds nothing yet.
    pub async fn start_on(store: Store) -> Self {
        Self::start_on_with(store, &[]).await
    }

    /// Starts Natter on this store, where it finds nothing yet, with `settings` in its environment.
    pub async fn start_on_with(store: Store, settings: &[(&str, &str)]) -> Self {
        let mut all = store.settings();
        all.extend(settings.iter().map(|(name, value)| (name.to_string(), value.to_string())));
        Self::start_part(Part::Both, all).await
    }

    /// Starts one of the services, or both, with `settings` in its environment.
    pub async fn start_part(part: Part, settings: Vec<(String, String)>) -> Self {
        Self::launch(part, settings).is_up().await
    }

    /// Starts Natter through another command, which must end by running it: a wrapper that limits it.
    pub async fn start_through(command: Command, settings: &[(&str, &str)]) -> Self {
        let settings = settings.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        Self::launch_on(new_folder(), Part::Both, settings, command).is_up().await
    }

    /// Starts one of the services, or both, and does not wait for it: its addresses are unknown until
    /// [`Natter::is_up`].
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
    /// When it is not in time, or stops, with what it printed.
    pub async fn is_up(mut self) -> Self {
        self.learn_addresses().await;
        self.becomes_ready().await;
        self
    }

    /// The addresses stand in the line that is logged once all services listen.
    async fn learn_addresses(&mut self) {
        let line = wait::until("Natter tells where it listens", async || {
            let status = self.process.child.try_wait().expect("its status can be asked for");
            let printed = self.printed();
            assert!(status.is_none(), "Natter stopped at once ({status:?}):\n{printed}");
            printed.lines().find(|line| line.contains("chat_url=")).map(str::to_owned)
        })
        .await;
        let value = |name: &str| {
            let rest = line.split_once(&format!(" {name}="))?.1;
            Some(rest.split(' ').next().expect("split gives one part at least").trim_matches('"').to_owned())
        };
        self.users_url = value("users_url").expect("the line tells both URLs");
        self.chat_url = value("chat_url").expect("the line tells both URLs");
        let port = |name: &str| value(name)?.rsplit(':').next()?.parse().ok();
        self.users_port = port("users_addr").unwrap_or_default();
        self.chat_port = port("chat_addr").unwrap_or_default();
        let is_told = |part, port| self.part == part || port > 0;
        assert!(is_told(Part::Chat, self.users_port) && is_told(Part::Users, self.chat_port), "{line}");
    }

    /// Waits until all that runs in this process is ready.
    ///
    /// # Panics
    /// When it is not in time.
    pub async fn becomes_ready(&self) {
        wait::until("Natter becomes ready", async || self.is_ready().await.then_some(())).await;
    }

    /// Whether all that runs in this process says that it is ready now.
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

    /// Kills it without warning and starts it again on the same data, on other ports.
    pub async fn kill_and_restart(mut self) -> Self {
        self.process.signal(Signal::KILL);
        self.process.ended().await;
        self.restart().await
    }

    /// Starts it again on the same data, after it ended.
    pub async fn restart(self) -> Self {
        let (data, settings) = (Arc::clone(&self.data), self.settings.clone());
        Self::launch_on(data, self.part, settings, command()).is_up().await
    }

    /// Asks it to end, as a service manager does.
    pub fn terminate(&self) {
        self.process.signal(Signal::TERM);
    }

    /// Ends it, as a crash does.
    pub fn kill(&self) {
        self.process.signal(Signal::KILL);
    }

    /// Waits for its end.
    pub async fn ended(&mut self) -> ExitStatus {
        self.process.ended().await
    }

    /// Its data folder.
    pub fn data_dir(&self) -> &Path {
        self.data.path()
    }

    /// Its process id.
    pub fn id(&self) -> i32 {
        self.process.id()
    }

    /// All that it printed and logged so far.
    pub fn printed(&self) -> String {
        self.printed.text()
    }

    /// The memory that it holds now, in KiB.
    pub fn resident_kib(&self) -> u64 {
        let path = format!("/proc/{}/status", self.id());
        let status = std::fs::read_to_string(path).expect("the process runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("Linux tells it");
        line.trim().trim_end_matches(" kB").parse().expect("a number of kB")
    }
}

fn new_folder() -> Arc<TempDir> {
    Arc::new(TempDir::with_prefix("natter-e2e-").expect("a temporary folder can be made"))
}
