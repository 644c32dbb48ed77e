//! The built binary as a running system, with a data folder of its own.

mod command;

use std::path::Path;
use std::process::ExitStatus;
use std::sync::{Arc, Mutex};

use reqwest::StatusCode;
use rustix::process::Signal;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::Command;

pub use command::{binary, command, run_to_end};

use crate::process_group::ProcessGroup;
use crate::wait;

/// A running Natter; it is killed when this is dropped.
#[derive(Debug)]
pub struct Natter {
    process: ProcessGroup,
    /// Where the users service is reached, without a slash at the end.
    pub users_url: String,
    /// Where the chat service is reached, without a slash at the end.
    pub chat_url: String,
    /// Where the chat service listens, whatever its URL says.
    pub chat_port: u16,
    data: Arc<TempDir>,
    printed: Printed,
    settings: Vec<(String, String)>,
}

/// All lines that a process printed so far.
type Printed = Arc<Mutex<Vec<String>>>;

impl Natter {
    /// Starts Natter with its defaults on free ports and an empty data folder.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Starts Natter with `settings` in its environment.
    pub async fn start_with(settings: &[(&str, &str)]) -> Self {
        let data = TempDir::with_prefix("natter-e2e-").expect("a temporary folder can be made");
        Self::start_on(Arc::new(data), settings, command()).await
    }

    /// Starts Natter through another command, which must end by running it: a wrapper that limits it.
    pub async fn start_through(command: Command, settings: &[(&str, &str)]) -> Self {
        let data = TempDir::with_prefix("natter-e2e-").expect("a temporary folder can be made");
        Self::start_on(Arc::new(data), settings, command).await
    }

    async fn start_on(data: Arc<TempDir>, settings: &[(&str, &str)], mut command: Command) -> Self {
        command.env("DATA_DIR", data.path()).env("USERS_ADDR", "127.0.0.1:0").env("CHAT_ADDR", "127.0.0.1:0");
        command.envs(settings.iter().copied());
        let mut process = ProcessGroup::start(&mut command);
        let printed = Printed::default();
        collect(process.child.stdout.take().expect("it is piped"), &printed);
        collect(process.child.stderr.take().expect("it is piped"), &printed);
        let owned = |(name, value): &(&str, &str)| (name.to_string(), value.to_string());
        let mut natter = Self {
            process,
            users_url: String::new(),
            chat_url: String::new(),
            chat_port: 0,
            data,
            printed,
            settings: settings.iter().map(owned).collect(),
        };
        natter.learn_addresses().await;
        natter.become_ready().await;
        natter
    }

    /// The addresses stand in the line that is logged once both services listen.
    async fn learn_addresses(&mut self) {
        let line = wait::until("Natter tells where it listens", async || {
            let status = self.process.child.try_wait().expect("its status can be asked for");
            let printed = self.printed();
            assert!(status.is_none(), "Natter stopped at once ({status:?}):\n{printed}");
            printed.lines().find(|line| line.contains("chat_url=")).map(str::to_owned)
        })
        .await;
        let value = |name: &str| {
            let rest = line.split_once(&format!(" {name}=")).expect("the line tells all addresses").1;
            rest.split(' ').next().expect("split gives one part at least").trim_matches('"').to_owned()
        };
        self.users_url = value("users_url");
        self.chat_url = value("chat_url");
        let address = value("chat_addr");
        self.chat_port = address.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    }

    async fn become_ready(&self) {
        let client = reqwest::Client::new();
        let chat = format!("http://127.0.0.1:{}", self.chat_port);
        for url in [&self.users_url, &chat] {
            wait::until("Natter becomes ready", async || {
                let answer = client.get(format!("{url}/health/ready")).send().await.ok()?;
                (answer.status() == StatusCode::OK).then_some(())
            })
            .await;
        }
    }

    /// Kills it without warning and starts it again on the same data, on other ports.
    pub async fn kill_and_restart(mut self) -> Self {
        self.process.signal(Signal::KILL);
        self.process.ended().await;
        self.restart().await
    }

    /// Starts it again on the same data, after it ended.
    pub async fn restart(self) -> Self {
        let settings: Vec<_> = self.settings.iter().map(|(name, value)| (&name[..], &value[..])).collect();
        Self::start_on(Arc::clone(&self.data), &settings, command()).await
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
        self.printed.lock().expect("no holder of the lock panics").join("\n")
    }

    /// The memory that it holds now, in KiB.
    pub fn resident_kib(&self) -> u64 {
        let path = format!("/proc/{}/status", self.id());
        let status = std::fs::read_to_string(path).expect("the process runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("Linux tells it");
        line.trim().trim_end_matches(" kB").parse().expect("a number of kB")
    }
}

fn collect(stream: impl AsyncRead + Unpin + Send + 'static, into: &Printed) {
    let into = Arc::clone(into);
    tokio::spawn(async move {
        let mut lines = BufReader::new(stream).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            into.lock().expect("no holder of the lock panics").push(line);
        }
    });
}
