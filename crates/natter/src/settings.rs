//! The settings: one typed value from flags, environment and `.env`, complete before any port is open.
//!
//! Every invalid setting is reported, with its name and what is allowed. A secret's value is never shown. Nothing is
//! bound, opened or written here.

mod catalog;
mod command;
mod mongodb_uri;
mod parse;
mod read;
mod reader;
mod rules;
mod secret;
mod sources;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use web::Origin;

pub(crate) use command::{Command, Services, command};
pub(crate) use mongodb_uri::MongoDbUri;
use reader::Reader;
pub(crate) use reader::SettingError;
pub(crate) use secret::Secret;
use sources::Sources;

/// The format of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// All settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) users_addr: SocketAddr,
    pub(crate) chat_addr: SocketAddr,
    /// Unset: made from the address and the bound port.
    pub(crate) users_url: Option<Origin>,
    /// Unset: made from the address and the bound port.
    pub(crate) chat_url: Option<Origin>,
    pub(crate) allowed_origins: Vec<Origin>,
    pub(crate) allowed_hosts: Vec<String>,
    pub(crate) trusted_proxy_hops: u32,
    pub(crate) data_dir: PathBuf,
    /// Unset: the embedded store.
    pub(crate) mongodb_uri: Option<MongoDbUri>,
    /// 0: entries are kept for ever.
    pub(crate) retention_days: u32,
    /// Unset: created once and kept in the data folder.
    pub(crate) access_token_secret: Option<Secret>,
    pub(crate) token_lifetime_secs: u32,
    pub(crate) session_lifetime_secs: u32,
    pub(crate) metrics_addr: Option<SocketAddr>,
    /// A filter that `EnvFilter` has accepted.
    pub(crate) log: String,
    pub(crate) log_format: LogFormat,
    pub(crate) rates: Rates,
    pub(crate) limits: Limits,
}

/// The rates of a node; 0 is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rates {
    pub(crate) send_per_second: u32,
    pub(crate) send_per_address_per_second: u32,
    pub(crate) read_per_second: u32,
    pub(crate) invite_per_minute: u32,
    pub(crate) login_per_address_per_minute: u32,
    pub(crate) login_per_account_per_minute: u32,
    pub(crate) signup_per_address_per_hour: u32,
}

/// The limits of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) max_sockets: u32,
    pub(crate) max_sockets_per_address: u32,
    pub(crate) max_sockets_per_user: u32,
    pub(crate) max_connections: u32,
    pub(crate) max_connections_per_address: u32,
    pub(crate) journal_queue: u32,
    pub(crate) hash_queue: u32,
}

impl Settings {
    /// Reads the settings for `command` from its flags, the environment and `./.env`.
    ///
    /// # Errors
    /// Every error.
    pub(crate) fn load(command: &Command, flags: &ArgMatches) -> Result<Self, Vec<SettingError>> {
        Self::load_from(command, flags, |name| std::env::var_os(name), Path::new(".env"))
    }

    fn load_from(
        command: &Command,
        flags: &ArgMatches,
        environment: impl Fn(&str) -> Option<OsString>,
        dotenv: &Path,
    ) -> Result<Self, Vec<SettingError>> {
        let (lines, unreadable) = match sources::read_dotenv(dotenv) {
            Ok(lines) => (lines, None),
            Err(error) => (Default::default(), Some(SettingError::new(error))),
        };
        let sources = Sources::gather(flags, environment, &lines);
        let mut reader = Reader::new(&sources);
        unreadable.into_iter().for_each(|error| reader.add(error));
        let settings = read::settings(&mut reader);
        rules::check(&settings, command, &mut reader);
        let errors = reader.into_errors();
        if errors.is_empty() { Ok(settings) } else { Err(errors) }
    }
}

#[cfg(test)]
mod tests;
