//! The log grows while it cannot be copied, and shrinks afterwards; and nobody waits for that.

use std::path::Path;

use rusqlite::Transaction;

use super::super::connection::{self, MAX_KEPT_LOG_BYTES, begin_read};
use super::super::{FILE, Sqlite};
use super::*;
use crate::{
    Accounts, AppendOutcome, ClientId, Created, DisplayName, EntriesBySender, Log, MessageText, NewEntry,
    NewUser, RoomId, Sender, Timestamp, UserId, Username,
};

async fn user(store: &Sqlite) -> UserId {
    let username = Username::parse("ada").unwrap();
    let display_name = DisplayName::from(&username);
    let new = NewUser { username, display_name, password_hash: "hash".into() };
    let Created::User(ada) = store.create(new).await.unwrap() else { panic!("ada is new") };
    ada.id
}

async fn say(store: &Sqlite, id: UserId, count: usize) {
    let sender = Sender { id, username: "ada".into(), display_name: "ada".into() };
    let message = || NewEntry {
        room: RoomId::LOBBY,
        id: ClientId::generate(),
        sender: sender.clone(),
        text: MessageText::parse(&"x".repeat(MessageText::MAX_CHARS)).unwrap(),
        sent_at: Timestamp::now(),
        sender_checked_at: None,
    };
    let batch: Vec<_> = std::iter::repeat_with(message).take(count).collect();
    let outcomes = store.append(&batch).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, AppendOutcome::Stored(_))), "{outcomes:?}");
}

fn snapshot(connection: &mut Connection) -> Transaction<'_> {
    let snapshot = begin_read(connection).unwrap();
    snapshot.query_row("SELECT count(*) FROM users", [], |row| row.get::<_, i64>(0)).unwrap();
    snapshot
}

fn log_bytes(dir: &Path) -> i64 {
    dir.join(format!("{FILE}-wal")).metadata().unwrap().len().cast_signed()
}

#[tokio::test]
async fn a_log_that_a_long_read_made_grow_shrinks_after_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = Sqlite::open(dir.path()).unwrap();
    let ada = user(&store).await;
    let mut reader = connection::reading(&dir.path().join(FILE)).unwrap();
    let long_read = snapshot(&mut reader);
    while log_bytes(dir.path()) <= 2 * MAX_KEPT_LOG_BYTES {
        say(&store, ada, 500).await;
    }
    drop(long_read);
    let shrinking = async {
        while log_bytes(dir.path()) > MAX_KEPT_LOG_BYTES {
            say(&store, ada, 1).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), shrinking).await.expect("it is copied and begins anew");
}

#[tokio::test]
async fn a_log_without_a_pause_between_commits_stays_short() {
    let dir = tempfile::tempdir().unwrap();
    let store = Sqlite::open(dir.path()).unwrap();
    let ada = user(&store).await;
    for _ in 0..40 {
        tokio::join!(say(&store, ada, 250), say(&store, ada, 250));
        assert!(log_bytes(dir.path()) <= 2 * MAX_KEPT_LOG_BYTES);
    }
}

#[tokio::test]
async fn no_commit_waits_while_the_log_is_to_be_emptied() {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(Sqlite::open(dir.path()).unwrap());
    let ada = user(&store).await;
    say(&store, ada, 10).await;
    let mut reader = connection::reading(&dir.path().join(FILE)).unwrap();
    let long_read = snapshot(&mut reader);
    let erased = Arc::clone(&store);
    let mut erasing = tokio::spawn(async move { erased.erase_all(UserId::new()).await });
    for _ in 0..100 {
        say(&store, ada, 1).await;
    }
    let early = tokio::time::timeout(Duration::ZERO, &mut erasing).await;
    assert!(early.is_err(), "the control: the reader keeps the log from being emptied");
    drop(long_read);
    erasing.await.unwrap().unwrap();
}

#[tokio::test]
async fn the_log_is_emptied_while_others_write_without_a_pause() {
    let dir = tempfile::tempdir().unwrap();
    let store = Sqlite::open(dir.path()).unwrap();
    let ada = user(&store).await;
    let writing = async || loop {
        say(&store, ada, 1).await;
    };
    tokio::select! {
        emptied = store.erase_all(UserId::new()) => emptied.unwrap(),
        () = async { tokio::join!(writing(), writing(), writing()); } => unreachable!("they write for ever"),
    }
}
