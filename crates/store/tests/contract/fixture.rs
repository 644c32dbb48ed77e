//! A new store for one test, and helpers for its entries.

use std::path::Path;
use std::time::{Duration, Instant};

use store::{AppendOutcome, ClientId, Entry, NewEntry, RoomId, Stores, User};
use tempfile::TempDir;
use testkit::builders::{new_entry, sign_up, stored};

pub(crate) const LOBBY: RoomId = RoomId::LOBBY;
/// Timeout for the lock of a store that was just closed.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);

/// A store that no other test uses, and its location.
pub(crate) struct Fixture {
    pub(crate) stores: Stores,
    location: Location,
}

enum Location {
    Sqlite(TempDir),
    #[cfg(feature = "mongod")]
    MongoDb(String),
}

impl Fixture {
    pub(crate) async fn sqlite() -> Self {
        Self::sqlite_in(&std::env::temp_dir()).await
    }

    /// A store in a folder of its own in this one.
    pub(crate) async fn sqlite_in(dir: &Path) -> Self {
        let dir = tempfile::tempdir_in(dir).unwrap();
        Self { stores: open_sqlite(dir.path()), location: Location::Sqlite(dir) }
    }

    /// A store whose file is made before it is opened.
    pub(crate) async fn sqlite_of(make: impl FnOnce(&Path)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        make(dir.path());
        Self { stores: open_sqlite(dir.path()), location: Location::Sqlite(dir) }
    }

    #[cfg(feature = "mongod")]
    /// A database of its own on the MongoDB that `MONGODB_URI` names.
    pub(crate) async fn mongodb() -> Self {
        let uri = std::env::var("MONGODB_URI")
            .expect("MONGODB_URI names a MongoDB for tests; `cargo xtask test` starts one");
        let database = uuid::Uuid::new_v4().simple().to_string();
        let uri = uri.replacen("/?", &format!("/{database}?"), 1);
        Self { stores: store::mongodb::open(&uri).await.unwrap(), location: Location::MongoDb(uri) }
    }

    /// The address for [`Fixture::open`], also in another process.
    pub(crate) fn address(&self) -> String {
        match &self.location {
            Location::Sqlite(dir) => format!("sqlite:{}", dir.path().display()),
            #[cfg(feature = "mongod")]
            Location::MongoDb(uri) => uri.clone(),
        }
    }

    /// The store at an address.
    pub(crate) async fn open(address: &str) -> Stores {
        match address.split_once(':') {
            Some(("sqlite", dir)) => open_sqlite(Path::new(dir)),
            Some(("mongodb", _)) => store::mongodb::open(address).await.unwrap(),
            _ => panic!("no store is at {address}"),
        }
    }

    /// Another node of the same system. SQLite has one only: the same one.
    pub(crate) async fn another_node(&self) -> Stores {
        match &self.location {
            Location::Sqlite(_) => self.stores.clone(),
            #[cfg(feature = "mongod")]
            Location::MongoDb(uri) => store::mongodb::open(uri).await.unwrap(),
        }
    }

    /// Closes the store, does something to its location, and opens it again.
    pub(crate) async fn closed_during<T>(self, deed: impl AsyncFnOnce(&str) -> T) -> (Self, T) {
        let address = self.address();
        let Self { stores, location } = self;
        drop(stores);
        let result = deed(&address).await;
        (Self { stores: Self::open(&address).await, location }, result)
    }

    /// Creates an account.
    pub(crate) async fn user(&self, name: &str) -> User {
        sign_up(&self.stores, name).await
    }

    /// Appends a batch.
    pub(crate) async fn append(&self, batch: &[NewEntry]) -> Vec<AppendOutcome> {
        self.stores.log.append(batch).await
    }

    /// Appends one message that must be stored.
    pub(crate) async fn say(&self, user: &User, id: &str, text: &str) -> Entry {
        stored(self.append(&[new_entry(user, id, text)]).await.remove(0))
    }

    /// Every entry of the lobby.
    pub(crate) async fn whole_log(&self) -> Vec<Entry> {
        self.log_of(LOBBY).await
    }

    /// Every entry of a room.
    pub(crate) async fn log_of(&self, room: RoomId) -> Vec<Entry> {
        let mut entries = Vec::new();
        loop {
            let after = entries.last().map_or(0, |entry: &Entry| entry.seq);
            let page = self.stores.log.page_after(room, after, 100).await.unwrap();
            entries.extend(page.messages);
            if page.covered_to == page.last_seq {
                return entries;
            }
        }
    }
}

/// A store that was just closed may still hold its lock for a moment.
fn open_sqlite(dir: &Path) -> Stores {
    let began = Instant::now();
    while began.elapsed() < LOCK_TIMEOUT {
        match store::sqlite::open(dir) {
            Err(store::sqlite::OpenError::InUse(_)) => std::thread::yield_now(),
            opened => return opened.unwrap(),
        }
    }
    panic!("{} is still locked", dir.display())
}

/// Messages of a user, each with an id of its own.
pub(crate) fn messages(user: &User, count: usize) -> Vec<NewEntry> {
    let message = || NewEntry { id: ClientId::generate(), ..new_entry(user, "none", "hello") };
    std::iter::repeat_with(message).take(count).collect()
}

/// Messages to each room in turn.
pub(crate) fn interleaved(rooms: &[RoomId], messages: Vec<NewEntry>) -> Vec<NewEntry> {
    messages.into_iter().zip(rooms.iter().cycle()).map(|(message, &room)| in_room(room, message)).collect()
}

/// The lobby and other rooms.
pub(crate) fn some_rooms(count: usize) -> Vec<RoomId> {
    std::iter::once(LOBBY).chain(std::iter::repeat_with(RoomId::generate)).take(count).collect()
}

/// A message in another room than the lobby.
pub(crate) fn in_room(room: RoomId, message: NewEntry) -> NewEntry {
    NewEntry { room, ..message }
}

pub(crate) fn seqs(entries: &[Entry]) -> Vec<u64> {
    entries.iter().map(|entry| entry.seq).collect()
}
