//! The stores that a Natter under test can use.

use uuid::Uuid;

const MISSING: &str = "MONGODB_URI does not name a MongoDB for tests: run `cargo xtask test`, or `cargo xtask mongod` \
                       and the settings that it prints";

/// The store of a Natter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// The embedded store in its own folder.
    Embedded,
    /// Its own database on the MongoDB that all tests share.
    MongoDb,
}

impl Backend {
    /// The settings for a new, empty store.
    pub(crate) fn settings(self) -> Vec<(String, String)> {
        match self {
            Self::Embedded => Vec::new(),
            Self::MongoDb => on_database(&fresh_database(&shared_uri())),
        }
    }
}

/// The URI of the MongoDB that all tests share. Each test uses its own database.
///
/// # Panics
/// When `MONGODB_URI` is not set, with the command that starts one.
pub fn shared_uri() -> String {
    std::env::var("MONGODB_URI").unwrap_or_else(|_| panic!("{MISSING}"))
}

/// `uri` with a new database.
///
/// # Panics
/// When `uri` already names a database.
pub fn fresh_database(uri: &str) -> String {
    let (servers, options) = uri.split_once('?').unwrap_or((uri, ""));
    assert!(servers.ends_with('/'), "{servers} must not name a database");
    format!("{servers}{}?{options}", Uuid::new_v4().simple())
}

/// The settings of a Natter on this database, with a new token key.
pub fn on_database(uri: &str) -> Vec<(String, String)> {
    let key = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    vec![("MONGODB_URI".to_owned(), uri.to_owned()), ("ACCESS_TOKEN_SECRET".to_owned(), key)]
}
