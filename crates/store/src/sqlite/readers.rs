//! A pool of connections that read, on the blocking threads, each job in one snapshot.

use std::path::Path;
use std::sync::Arc;

use parking_lot::Mutex;
use rusqlite::{Connection, Transaction};
use tokio::sync::Semaphore;

use super::connection::{self, begin_read};
use super::errors::store_error;
use crate::StoreError;

/// The pool. Clones share it.
#[derive(Clone)]
pub(super) struct Readers {
    idle: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn open(path: &Path, count: usize) -> rusqlite::Result<Self> {
        let idle = (0..count).map(|_| connection::reading(path)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { idle: Arc::new(Mutex::new(idle)), permits: Arc::new(Semaphore::new(count)) })
    }

    /// Runs a job in a snapshot, once a connection is free.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let closed = || StoreError::Unavailable("the reading connections are closed".to_owned());
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| closed())?;
        let idle = Arc::clone(&self.idle);
        let work = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let Some(mut connection) = idle.lock().pop() else { return Err(closed()) };
            let result = begin_read(&mut connection).and_then(|snapshot| job(&snapshot));
            idle.lock().push(connection);
            result.map_err(|error| store_error(&error))
        });
        work.await.map_err(|_| closed())?
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::super::{Sqlite, client_readers};
    use super::*;
    use crate::{
        Accounts, AppendOutcome, ClientId, Created, DisplayName, EntriesBySender, Log, MessageText, NewEntry,
        NewUser, RoomId, Sender, Timestamp, Tokens, User, Username,
    };

    async fn user(store: &Sqlite, name: &str) -> User {
        let username = Username::parse(name).unwrap();
        let display_name = DisplayName::from(&username);
        let new = NewUser { username, display_name, password_hash: "hash".into() };
        let Created::User(user) = store.create(new).await.unwrap() else { panic!("{name} is new") };
        user
    }

    fn message(user: &User) -> NewEntry {
        NewEntry {
            room: RoomId::LOBBY,
            id: ClientId::generate(),
            sender: Sender::from(user),
            text: MessageText::parse("hello").unwrap(),
            mentions: Vec::new(),
            sent_at: Timestamp::now(),
            sender_checked_at: None,
        }
    }

    /// Keeps every reader for clients busy, and has as many more wait, until the result is dropped.
    async fn block_clients(store: &Arc<Sqlite>) -> Vec<std::sync::mpsc::Sender<()>> {
        let (began, mut begun) = tokio::sync::mpsc::unbounded_channel();
        let block = |_| {
            let (store, began) = (Arc::clone(store), began.clone());
            let (open, closed) = std::sync::mpsc::channel::<()>();
            tokio::spawn(async move {
                store.read_for_client(move |_| Ok((began.send(()), closed.recv()).1.is_err())).await
            });
            open
        };
        let blocked = (0..2 * client_readers()).map(block).collect();
        for _ in 0..client_readers() {
            begun.recv().await.unwrap();
        }
        blocked
    }

    async fn use_as_server(store: &Sqlite, ada: &User) {
        store.ping().await.unwrap();
        store.token_status(ada.id).await.unwrap().unwrap();
        store.account_by_username(&Username::parse("ada").unwrap()).await.unwrap().unwrap();
        store.by_id(ada.id).await.unwrap().unwrap();
        store.account_by_id(ada.id).await.unwrap().unwrap();
        assert!(matches!(store.append(&[message(ada)]).await[0], AppendOutcome::Stored(_)));
        assert_eq!(store.last_seqs(&[RoomId::LOBBY]).await.unwrap()[&RoomId::LOBBY], 1);
        assert_eq!(store.page_to_deliver(RoomId::LOBBY, 0, 10).await.unwrap().messages.len(), 1);
        assert!(store.begin_deletion(ada.id).await.unwrap());
        store.erase_all(ada.id).await.unwrap();
        store.finish_deletion(ada.id).await.unwrap();
    }

    #[tokio::test]
    async fn what_the_server_itself_reads_never_waits_for_clients() {
        let dir = tempfile::tempdir().unwrap();
        let store = Arc::new(Sqlite::open(dir.path()).unwrap());
        let ada = user(&store, "ada").await;
        let blocked = block_clients(&store).await;
        let of_client = store.page_after(RoomId::LOBBY, 0, 10);
        assert!(
            timeout(Duration::from_millis(1), of_client).await.is_err(),
            "the control: no reader is left"
        );
        timeout(Duration::from_secs(30), use_as_server(&store, &ada)).await.expect("it has its own readers");
        drop(blocked);
    }
}
