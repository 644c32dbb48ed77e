//! The servers that are compared: Natter, other builds of it, and peers.

mod lineup;
mod running;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use auth::TokenKey;
use tempfile::TempDir;

use crate::Result;
use crate::load::Answers;
use running::{Start, free_address};

pub(crate) use lineup::{builds, relays, scripts};
pub(crate) use running::{PASSWORD, Running, log_in_body};

/// More than any scenario needs.
const NATTER_SETTINGS: [(&str, &str); 13] = [
    ("HASH_QUEUE", "1024"),
    ("JOURNAL_QUEUE", "65536"),
    ("MAX_SOCKETS_PER_USER", "20000"),
    ("MAX_SOCKETS_PER_ADDRESS", "20000"),
    ("MAX_CONNECTIONS_PER_ADDRESS", "20000"),
    ("MAX_CONNECTIONS", "30000"),
    ("SEND_RATE", "0"),
    ("SEND_RATE_PER_ADDRESS", "0"),
    ("READ_RATE", "0"),
    ("INVITE_RATE", "0"),
    ("SIGNUP_RATE_PER_ADDRESS", "0"),
    ("LOGIN_RATE_PER_ADDRESS", "0"),
    ("LOGIN_RATE_PER_ACCOUNT", "0"),
];
const SECRET: &str = "a secret for measurements on this machine only";

/// Where Natter keeps its messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    Embedded,
    MongoDb,
}

/// What a server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A build of Natter.
    Natter,
    /// A chat written for another runtime, which keeps its messages in MongoDB.
    Script { file: PathBuf, answers: Answers },
    /// A server that delivers and stores nothing.
    Relay { payload: &'static str },
}

/// A server that takes part.
#[derive(Clone, Debug)]
pub(crate) struct Contender {
    /// Its name in tables.
    pub(crate) name: String,
    pub(crate) program: PathBuf,
    pub(crate) kind: Kind,
}

impl Contender {
    /// Whether it stores messages and has people with tokens.
    pub(crate) fn stores(&self) -> bool {
        !matches!(self.kind, Kind::Relay { .. })
    }

    /// Whether it is a build of Natter.
    pub(crate) fn is_natter(&self) -> bool {
        self.kind == Kind::Natter
    }

    /// Whether it can take part with this store. Peers have no choice.
    pub(crate) fn needs_mongodb(&self, store: Store) -> bool {
        match self.kind {
            Kind::Natter => store == Store::MongoDb,
            Kind::Script { .. } => true,
            Kind::Relay { .. } => false,
        }
    }

    /// Starts it with an empty store. `mongodb` is a replica set's URI, used where it is needed.
    ///
    /// # Errors
    /// When it does not start, or needs a MongoDB that is not there.
    pub(crate) fn start(&self, store: Store, mongodb: Option<&str>) -> Result<Running> {
        let (users, chat) = (free_address()?, free_address()?);
        let data = TempDir::with_prefix("natter-bench-")?;
        let mut command = Command::new(self.program.canonicalize()?);
        // No settings of this shell or of a file `.env`.
        command.env_clear().current_dir(data.path());
        command.env("USERS_ADDR", users.to_string()).env("CHAT_ADDR", chat.to_string());
        command.env("DATA_DIR", data.path()).env("ACCESS_TOKEN_SECRET", SECRET);
        if self.needs_mongodb(store) {
            let uri = mongodb.ok_or("no MongoDB is given")?;
            command.env("MONGODB_URI", with_new_database(uri, chat)?);
        }
        match &self.kind {
            Kind::Natter => command.envs(NATTER_SETTINGS),
            Kind::Script { file, .. } => command.arg(file.canonicalize()?),
            Kind::Relay { payload } => command.arg(payload),
        };
        let answers = match self.kind {
            Kind::Script { answers, .. } => answers,
            _ => Answers::Ack,
        };
        let has_accounts = self.stores();
        let token_key = if self.is_natter() { Some(TokenKey::new(SECRET.as_bytes())?) } else { None };
        Start { command, users, chat, answers, has_accounts, token_key, data }.run()
    }
}

/// The URI with the name of a database that does not exist yet.
fn with_new_database(uri: &str, server: SocketAddr) -> Result<String> {
    let (hosts, options) =
        uri.rsplit_once("/?").ok_or("the MongoDB URI has another form than HOSTS/?OPTIONS")?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    Ok(format!("{hosts}/bench-{now}-{}?{options}", server.port()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_stands_between_hosts_and_options() {
        let server = "127.0.0.1:7".parse().unwrap();
        let uri = with_new_database("mongodb://127.0.0.1:1/?replicaSet=rs0", server).unwrap();
        assert!(
            uri.starts_with("mongodb://127.0.0.1:1/bench-") && uri.ends_with("-7?replicaSet=rs0"),
            "{uri}"
        );
        assert!(with_new_database("mongodb://127.0.0.1:1", server).is_err());
    }
}
