//! A running server: its process on the server's core, its ports, and people who are signed up.

use std::fs::File;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use auth::{Claims, Lifetimes, TokenKey, now_secs};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use tempfile::TempDir;

use crate::Result;
use crate::load::{Answers, Swarm};
use crate::machine::spawn_on_server_core;
use crate::net::request::{is_answered, post_once};

const START_TIMEOUT: Duration = Duration::from_secs(30);
/// Interval between looks whether a server listens; also the precision of a start's time.
const LOOK_INTERVAL: Duration = Duration::from_millis(1);
const STOP_TIMEOUT: Duration = Duration::from_secs(15);

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Clients that connect at a time when only the result matters.
const CONNECTING: usize = 64;

/// A running server. Dropping it ends the process.
#[derive(Debug)]
pub(crate) struct Running {
    process: Child,
    pub(crate) users: SocketAddr,
    pub(crate) chat: SocketAddr,
    pub(crate) answers: Answers,
    /// Whether people sign up and connect with tokens.
    pub(crate) has_accounts: bool,
    /// What signs the tokens, where it is known.
    token_key: Option<TokenKey>,
    /// Time from the start of the process to the first answer.
    pub(crate) start_took: Duration,
    data: TempDir,
}

/// How to start a server.
pub(super) struct Start {
    pub(super) command: Command,
    pub(super) users: SocketAddr,
    pub(super) chat: SocketAddr,
    pub(super) answers: Answers,
    pub(super) has_accounts: bool,
    pub(super) token_key: Option<TokenKey>,
    pub(super) data: TempDir,
}

impl Start {
    /// Starts the process and waits until it answers.
    ///
    /// # Errors
    /// When it ends or does not answer in time, with its last lines.
    pub(super) fn run(mut self) -> Result<Running> {
        let log = File::create(self.data.path().join("log"))?;
        self.command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let start = Instant::now();
        let process = spawn_on_server_core(&mut self.command)?;
        let Self { users, chat, answers, has_accounts, token_key, data, .. } = self;
        let start_took = Duration::ZERO;
        let mut running =
            Running { process, users, chat, answers, has_accounts, token_key, start_took, data };
        while !is_answered(chat, "/health/live") {
            if running.process.try_wait()?.is_some() || start.elapsed() > START_TIMEOUT {
                return Err(format!("the server does not start:\n{}", running.last_lines()).into());
            }
            std::thread::sleep(LOOK_INTERVAL);
        }
        running.start_took = start.elapsed();
        Ok(running)
    }
}

impl Running {
    /// The id of the process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Signs somebody up and returns a token. Where there are no accounts, the token is empty.
    ///
    /// # Errors
    /// When the server refuses.
    pub(crate) fn sign_up(&self, username: &str) -> Result<String> {
        if !self.has_accounts {
            return Ok(String::new());
        }
        let person = log_in_body(username);
        post_once(self.users, "/users", "", &person)?;
        let answer = post_once(self.users, "/login", "", &person)?;
        Ok(answer["token"].as_str().ok_or("a log-in without a token")?.to_owned())
    }

    /// Signs somebody up and returns a token for each of a number of sessions. Those of Natter are signed here, with the secret that it
    /// was started with, because as many log-ins would take minutes. Scripts judge a token each time anew, so that they get
    /// the same one again and again.
    ///
    /// # Errors
    /// When the server refuses, or its token cannot be read.
    pub(crate) fn tokens(&self, username: &str, sessions: usize) -> Result<Vec<String>> {
        let token = self.sign_up(username)?;
        let Some(key) = &self.token_key else { return Ok(vec![token; sessions]) };
        let Claims { sub, name, ver, iat, exp, .. } =
            key.verify(&token).map_err(|error| error.to_string())?;
        let lifetime = Duration::from_secs(exp - iat);
        let lifetimes = Lifetimes { token: lifetime, session: lifetime };
        Ok((0..sessions).map(|_| key.sign(&Claims::issue(sub, &name, ver, now_secs(), lifetimes))).collect())
    }

    /// Connects `senders` clients of different people, then others of one person, until there are `clients`.
    ///
    /// # Errors
    /// When the server refuses.
    pub(crate) fn swarm(&self, clients: u32, senders: u32) -> Result<Swarm> {
        let mut swarm = Swarm::new(self.chat)?;
        let tokens = (0..senders).map(|sender| self.sign_up(&format!("sender{sender:02}")));
        let tokens = tokens.collect::<Result<Vec<_>>>()?;
        // In their own order, because the first ones send.
        swarm.connect(&tokens.iter().map(String::as_str).collect::<Vec<_>>(), CONNECTING)?;
        let reader = self.sign_up("reader")?;
        swarm.connect(&vec![reader.as_str(); (clients - senders) as usize], CONNECTING)?;
        Ok(swarm)
    }

    /// The last lines that the server printed.
    pub(crate) fn last_lines(&self) -> String {
        let text = std::fs::read_to_string(self.data.path().join("log")).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(10)..].join("\n")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(pid) = i32::try_from(self.id()).ok().and_then(Pid::from_raw) {
            // A process that has ended cannot get a signal, which is fine.
            let _ = kill_process(pid, Signal::TERM);
        }
        let start = Instant::now();
        while matches!(self.process.try_wait(), Ok(None)) && start.elapsed() < STOP_TIMEOUT {
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The body of a sign-up and a log-in.
pub(crate) fn log_in_body(username: &str) -> serde_json::Value {
    json!({"username": username, "password": PASSWORD})
}

/// A free port of this machine.
pub(super) fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}
