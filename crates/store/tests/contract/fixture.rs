//! A fresh store for one test, and verbs to speak of it.

use std::path::Path;

use store::{
    AppendOutcome, ClientId, Created, DisplayName, Entry, MessageText, NewEntry, NewUser, RoomId, Sender,
    Stores, Timestamp, User, Username,
};
use tempfile::TempDir;

pub(crate) const LOBBY: RoomId = RoomId::LOBBY;

/// A store that nobody else uses, and the place where it is kept.
pub(crate) struct Fixture {
    pub(crate) stores: Stores,
    place: Place,
}

enum Place {
    Sqlite(TempDir),
    #[cfg(feature = "mongod")]
    MongoDb(String),
}

impl Fixture {
    pub(crate) async fn sqlite() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { stores: open_sqlite(dir.path()), place: Place::Sqlite(dir) }
    }

    #[cfg(feature = "mongod")]
    /// A database of its own on the MongoDB that `MONGODB_URI` names.
    pub(crate) async fn mongodb() -> Self {
        let uri = std::env::var("MONGODB_URI")
            .expect("MONGODB_URI names a MongoDB for tests; `cargo xtask test` starts one");
        let database = uuid::Uuid::new_v4().simple().to_string();
        let uri = uri.replacen("/?", &format!("/{database}?"), 1);
        Self { stores: store::mongodb::open(&uri).await.unwrap(), place: Place::MongoDb(uri) }
    }

    /// What [`Fixture::open`] needs to find the same store from another process.
    pub(crate) fn address(&self) -> String {
        match &self.place {
            Place::Sqlite(dir) => format!("sqlite:{}", dir.path().display()),
            #[cfg(feature = "mongod")]
            Place::MongoDb(uri) => uri.clone(),
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

    /// Closes the store while something else happens to its place, and opens it again.
    pub(crate) async fn closed_during<T>(self, meanwhile: impl AsyncFnOnce(&str) -> T) -> (Self, T) {
        let address = self.address();
        let Self { stores, place } = self;
        drop(stores);
        let result = meanwhile(&address).await;
        (Self { stores: Self::open(&address).await, place }, result)
    }

    /// Signs somebody up.
    pub(crate) async fn user(&self, name: &str) -> User {
        match self.stores.users.create(new_user(name)).await.unwrap() {
            Created::User(user) => user,
            Created::Taken => panic!("{name} is taken"),
        }
    }

    /// Appends a batch.
    pub(crate) async fn append(&self, batch: &[NewEntry]) -> Vec<AppendOutcome> {
        self.stores.log.append(batch).await
    }

    /// Appends one message that must be stored.
    pub(crate) async fn say(&self, user: &User, id: &str, text: &str) -> Entry {
        stored(self.append(&[message(user, id, text)]).await.remove(0))
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

/// A store that was just closed may take a moment to let go of its lock.
fn open_sqlite(dir: &Path) -> Stores {
    for _ in 0..1_000 {
        match store::sqlite::open(dir) {
            Err(store::sqlite::OpenError::InUse(_)) => std::thread::yield_now(),
            opened => return opened.unwrap(),
        }
    }
    panic!("{} is still locked", dir.display())
}

pub(crate) fn name(name: &str) -> Username {
    Username::parse(name).unwrap()
}

pub(crate) fn new_user(username: &str) -> NewUser {
    let username = name(username);
    NewUser { display_name: DisplayName::from(&username), username, password_hash: "hash".into() }
}

/// A message in another room than the lobby.
pub(crate) fn in_room(room: RoomId, message: NewEntry) -> NewEntry {
    NewEntry { room, ..message }
}

pub(crate) fn message(user: &User, id: &str, text: &str) -> NewEntry {
    NewEntry {
        room: RoomId::LOBBY,
        id: ClientId::parse(id).unwrap(),
        sender: Sender {
            id: user.id,
            username: user.username.clone(),
            display_name: user.display_name.clone(),
        },
        text: MessageText::parse(text).unwrap(),
        sent_at: Timestamp::now(),
    }
}

pub(crate) fn stored(outcome: AppendOutcome) -> Entry {
    match outcome {
        AppendOutcome::Stored(entry) => entry,
        other => panic!("not stored: {other:?}"),
    }
}

pub(crate) fn seqs(entries: &[Entry]) -> Vec<u64> {
    entries.iter().map(|entry| entry.seq).collect()
}
