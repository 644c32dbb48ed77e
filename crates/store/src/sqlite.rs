//! The embedded store: one SQLite file in the data directory, owned by one process.
//!
//! One thread writes, in immediate transactions that are synced before they are acknowledged (WAL with
//! `synchronous=FULL`, <https://sqlite.org/pragma.html#pragma_synchronous>). Readers have their own connections and never
//! wait for the writer. Another thread copies the write-ahead log into the file.

mod accounts;
mod backup;
mod checkpointer;
mod claims;
mod connection;
mod data_dir;
mod entries_by_sender;
mod errors;
mod generations;
mod known_users;
mod log;
mod mentions;
pub(crate) mod moving;
mod readers;
mod restore;
mod retention;
mod room_numbers;
mod rooms;
mod rows;
mod schema;
mod space;
mod tokens;
mod values;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::thread::available_parallelism;

pub use backup::{Copied, CopyError, backup};
use checkpointer::Checkpointer;
use claims::Claims;
pub use errors::OpenError;
use generations::{Generations, Part};
use known_users::KnownUsers;
use log::NewestPages;
use readers::Readers;
pub use restore::restore;
use rusqlite::Transaction;
use space::Space;
use writer::{WriteError, Writer};

use crate::{StoreError, Stores};

/// The name of the file in the data directory.
const FILE: &str = "natter.sqlite";

/// Connections for what the server itself reads, so that a long read does not stop the others.
const OWN_READERS: usize = 2;
/// Minimum number of connections for what clients read. On more cores there is one for each.
const MIN_CLIENT_READERS: usize = 4;

/// Opens the store in a directory, which is created if it is missing, and migrates its schema.
///
/// # Errors
/// [`OpenError`].
pub fn open(dir: &Path) -> Result<Stores, OpenError> {
    let store = Arc::new(Sqlite::open(dir)?);
    Ok(Stores {
        accounts: Arc::clone(&store) as _,
        tokens: Arc::clone(&store) as _,
        rooms: Arc::clone(&store) as _,
        log: Arc::clone(&store) as _,
        entries_by_sender: Arc::clone(&store) as _,
        retention: store,
        nodes: None,
    })
}

/// The connections to the file. It implements the trait of each aggregate in the file of the same name.
struct Sqlite {
    writer: Writer,
    readers: Readers,
    client_readers: Readers,
    space: Arc<Space>,
    generations: Generations,
    newest: NewestPages,
    appending: log::Known,
    users: KnownUsers,
    claims: Claims,
}

fn client_readers() -> usize {
    available_parallelism().map_or(MIN_CLIENT_READERS, usize::from).max(MIN_CLIENT_READERS)
}

impl Sqlite {
    fn open(dir: &Path) -> Result<Self, OpenError> {
        let lock = data_dir::lock(dir)?;
        let path = dir.join(FILE);
        // SQLite gives the files beside it the same mode.
        data_dir::private_file(&path)
            .map_err(|cause| OpenError::Directory { path: dir.to_owned(), cause })?;
        let mut connection = connection::writing(&path)?;
        schema::migrate(&mut connection)?;
        let (space, generations) = (Arc::new(Space::open(dir)), Generations::default());
        let checkpointer = Checkpointer::start(connection::checkpointing(&path)?, Arc::clone(&space));
        checkpointer.follow(&mut connection)?;
        Ok(Self {
            readers: Readers::open(&path, OWN_READERS)?,
            client_readers: Readers::open(&path, client_readers())?,
            writer: Writer::start(connection, checkpointer, lock, generations.clone(), Arc::clone(&space)),
            space,
            appending: log::Known::new(&generations),
            generations,
            newest: NewestPages::default(),
            users: KnownUsers::default(),
            claims: Claims::default(),
        })
    }

    /// Reads what the server itself depends on: it never waits for [`Sqlite::read_for_client`].
    async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.readers.read(job).await
    }

    /// Reads what a client asked for.
    async fn read_for_client<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.client_readers.read(job).await
    }

    /// Writes what has to work also when the disk is full, such as the end of a session.
    async fn write<T: Send + 'static>(
        &self,
        part: Part,
        job: impl Fn(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer.write(part, job).await.map_err(WriteError::into_store_error)
    }

    /// Writes what is refused when the disk is full.
    async fn add<T: Send + 'static>(
        &self,
        part: Part,
        job: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer.add(part, job).await.map_err(WriteError::into_store_error)
    }
}
