//! The embedded store: one SQLite file in the data directory, owned by one process.
//!
//! One thread writes, in immediate transactions that are synced before they are answered (WAL with
//! `synchronous=FULL`, <https://sqlite.org/pragma.html#pragma_synchronous>); readers have connections of their own
//! and never wait for the writer.

mod backup;
mod connection;
mod log;
mod readers;
mod restore;
mod schema;
mod sent;
mod users;
mod writer;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use backup::{Copied, CopyError, backup};
use readers::Readers;
pub use restore::restore;
use rusqlite::{Connection, Transaction};
use writer::{WriteError, Writer};

use crate::{StoreError, Stores};

/// The file within the data directory.
const FILE: &str = "natter.sqlite";

/// Why the embedded store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory or its lock cannot be made.
    #[error("cannot use the data directory {path}: {cause}")]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// Another process has it.
    #[error(
        "another Natter process is using the data directory {0}; stop it first, or choose another DATA_DIR"
    )]
    InUse(PathBuf),
    /// A later release wrote it.
    #[error(
        "the data directory was written by a later release (schema {found}; this one knows up to {known})"
    )]
    TooNew {
        /// The schema of the file.
        found: i64,
        /// The newest schema that this program knows.
        known: i64,
    },
    /// The file is damaged, or the disk is.
    #[error("cannot open the store: {0}")]
    Database(#[from] rusqlite::Error),
}

/// Opens the store in a directory, which is made when it is missing, and brings its schema up to date.
///
/// # Errors
/// [`OpenError`] says what stands in the way.
pub fn open(dir: &Path) -> Result<Stores, OpenError> {
    let store = Arc::new(Sqlite::open(dir)?);
    Ok(Stores { users: Arc::clone(&store) as _, log: store, nodes: None })
}

/// Both traits' implementation; its halves are in `users.rs` and `log.rs`.
struct Sqlite {
    database: Database,
}

/// The file's connections.
struct Database {
    writer: Writer,
    readers: Readers,
}

impl Sqlite {
    fn open(dir: &Path) -> Result<Self, OpenError> {
        let lock = lock(dir)?;
        let path = dir.join(FILE);
        // SQLite gives the files beside it the same mode.
        private_file(&path).map_err(|cause| OpenError::Directory { path: dir.to_owned(), cause })?;
        let mut connection = connection::writing(&path)?;
        schema::migrate(&mut connection)?;
        let database = Database { readers: Readers::open(&path)?, writer: Writer::start(connection, lock) };
        Ok(Self { database })
    }

    async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.database.readers.read(job).await
    }

    async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.database.writer.write(job).await.map_err(WriteError::into_store_error)
    }
}

/// Held as long as the store is open, so that a second process stops instead of sharing the file.
fn lock(dir: &Path) -> Result<File, OpenError> {
    let failed = |cause| OpenError::Directory { path: dir.to_owned(), cause };
    for_the_owner_alone(std::fs::DirBuilder::new().recursive(true)).create(dir).map_err(failed)?;
    let file = private_file(&dir.join("lock")).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(dir.to_owned())),
        Err(TryLockError::Error(cause)) => Err(failed(cause)),
    }
}

/// Opens a file, which is made readable for its owner alone when it is missing: it holds hashes and words.
fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn for_the_owner_alone(builder: &mut std::fs::DirBuilder) -> &mut std::fs::DirBuilder {
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(builder, 0o700);
    builder
}

fn unavailable(error: &rusqlite::Error) -> StoreError {
    match error {
        rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::IntegralValueOutOfRange(..) => StoreError::Corrupt(error.to_string()),
        _ => StoreError::Unavailable(error.to_string()),
    }
}

/// What a value that this program never writes becomes on reading.
fn corrupt(column: usize, what: &str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, what.to_owned().into())
}

fn begin(connection: &mut Connection, writing: bool) -> rusqlite::Result<Transaction<'_>> {
    use rusqlite::TransactionBehavior::{Deferred, Immediate};
    connection.transaction_with_behavior(if writing { Immediate } else { Deferred })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ClientId, Created, DisplayName, MessageText, NewEntry, NewUser, RoomId, Sender, Timestamp, Username,
    };

    const WORDS: &str = "words that must not stay behind";

    #[test]
    fn connections_are_as_durable_as_promised() {
        let dir = tempfile::tempdir().unwrap();
        let connection = connection::writing(&dir.path().join("natter.sqlite")).unwrap();
        let setting = |name: &str| -> String {
            let read = |row: &rusqlite::Row<'_>| row.get::<_, rusqlite::types::Value>(0);
            match connection.pragma_query_value(None, name, read).unwrap() {
                rusqlite::types::Value::Text(text) => text,
                rusqlite::types::Value::Integer(number) => number.to_string(),
                other => panic!("{name}: {other:?}"),
            }
        };
        let full = "2";
        assert_eq!((setting("journal_mode").as_str(), setting("synchronous").as_str()), ("wal", full));
        assert_eq!(setting("secure_delete"), "1");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn what_is_kept_is_readable_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        let stores = open(&data).unwrap();
        stores.users.ping().await.unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&data), 0o700);
        for file in ["natter.sqlite", "natter.sqlite-wal", "natter.sqlite-shm"] {
            assert_eq!(mode(&data.join(file)), 0o600, "{file}");
        }
    }

    #[tokio::test]
    async fn the_words_of_a_deleted_user_are_in_no_file() {
        let dir = tempfile::tempdir().unwrap();
        let stores = open(dir.path()).unwrap();
        let username = Username::parse("ada").unwrap();
        let new =
            NewUser { display_name: DisplayName::from(&username), username, password_hash: "hash".into() };
        let Created::User(ada) = stores.users.create(new).await.unwrap() else { panic!("ada is taken") };
        let sender = Sender { id: ada.id, username: "ada".into(), display_name: "ada".into() };
        let entry = |number: usize| NewEntry {
            room: RoomId::LOBBY,
            id: ClientId::parse(format!("m{number}")).unwrap(),
            sender: sender.clone(),
            text: MessageText::parse(WORDS).unwrap(),
            sent_at: Timestamp::now(),
        };
        let more_than_one_transaction: Vec<_> = (0..2_500).map(entry).collect();
        stores.log.append(&more_than_one_transaction).await;
        assert!(holds_words(dir.path()), "the control");
        crate::deletion::delete_user(&stores, ada.id).await.unwrap();
        assert!(!holds_words(dir.path()));
    }

    fn holds_words(dir: &Path) -> bool {
        let files = std::fs::read_dir(dir).unwrap().map(|file| file.unwrap().path());
        let holds = |file: PathBuf| {
            std::fs::read(file).unwrap().windows(WORDS.len()).any(|part| part == WORDS.as_bytes())
        };
        files.into_iter().any(holds)
    }
}
