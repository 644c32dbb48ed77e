//! The stores on which a Natter under test may run.

use uuid::Uuid;

const MISSING: &str = "MONGODB_URI does not name a MongoDB for tests: run `cargo xtask test`, or `cargo xtask mongod` \
                       and what it tells";

/// Where a Natter keeps everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// The embedded store, in a folder of its own.
    Embedded,
    /// A database of its own on the MongoDB that all tests share.
    MongoDb,
}

impl Store {
    /// The settings of a Natter on this store that nobody else uses.
    pub(crate) fn settings(self) -> Vec<(String, String)> {
        match self {
            Self::Embedded => Vec::new(),
            Self::MongoDb => on_database(&fresh_database(&shared_uri())),
        }
    }
}

/// The MongoDB that all tests share, each with a database of its own.
///
/// # Panics
/// When `MONGODB_URI` is not set, with the command that starts one.
pub fn shared_uri() -> String {
    std::env::var("MONGODB_URI").unwrap_or_else(|_| panic!("{MISSING}"))
}

/// `uri` with a database that nobody else uses.
///
/// # Panics
/// When `uri` names a database already.
pub fn fresh_database(uri: &str) -> String {
    let (servers, options) = uri.split_once('?').unwrap_or((uri, ""));
    assert!(servers.ends_with('/'), "{servers} names no database yet");
    format!("{servers}{}?{options}", Uuid::new_v4().simple())
}

/// The settings of a Natter on this database. The key is fresh too, as there is no folder to keep one in.
pub fn on_database(uri: &str) -> Vec<(String, String)> {
    let key = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    vec![("MONGODB_URI".to_owned(), uri.to_owned()), ("ACCESS_TOKEN_SECRET".to_owned(), key)]
}
