//! The log grows while it cannot be copied, and shrinks afterwards; and nobody waits for that.

use std::path::Path;

use rusqlite::Transaction;

use super::super::connection::{self, MAX_KEPT_LOG_BYTES, begin_read};
use super::super::generations::Part;
use super::super::{FILE, Sqlite};
use super::*;
use crate::{
    Accounts, AppendOutcome, ClientId, Created, DisplayName, EntriesBySender, Log, MessageText, NewEntry,
    NewUser, RoomId, Sender, Timestamp, UserId, Username,
};

async fn user(store: &Sqlite) -> UserId {
    named(store, "ada").await
}

async fn named(store: &Sqlite, name: &str) -> UserId {
    let username = Username::parse(name).unwrap();
    let display_name = DisplayName::from(&username);
    let new = NewUser { username, display_name, password_hash: "hash".into() };
    let Created::User(user) = store.create(new).await.unwrap() else { panic!("the name is free") };
    user.id
}

async fn say(store: &Sqlite, id: UserId, count: usize) {
    let sender = Sender { id, username: "ada".into(), display_name: "ada".into() };
    let message = || NewEntry {
        room: RoomId::LOBBY,
        id: ClientId::generate(),
        sender: sender.clone(),
        text: MessageText::parse(&"x".repeat(MessageText::MAX_CHARS)).unwrap(),
        mentions: Vec::new(),
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
    let mut erasing = tokio::spawn(async move { erased.finish_deletion(UserId::new()).await });
    for _ in 0..100 {
        say(&store, ada, 1).await;
    }
    let early = tokio::time::timeout(Duration::ZERO, &mut erasing).await;
    assert!(early.is_err(), "the control: the reader keeps the log from being emptied");
    drop(long_read);
    erasing.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_deletion_during_a_long_read_waits_with_its_last_step_only() {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(Sqlite::open(dir.path()).unwrap());
    let (ada, grace) = (user(&store).await, named(&store, "grace").await);
    say(&store, ada, 10).await;
    let mut reader = connection::reading(&dir.path().join(FILE)).unwrap();
    let long_read = snapshot(&mut reader);
    assert!(store.begin_deletion(ada).await.unwrap());
    store.erase_all(ada).await.unwrap();
    let finished = Arc::clone(&store);
    let mut finishing = tokio::spawn(async move { finished.finish_deletion(ada).await });
    let name_is_free = async { while store.read(|tx| is_taken(tx, "ada")).await.unwrap() {} };
    tokio::time::timeout(Duration::from_secs(30), name_is_free).await.unwrap();
    user(&store).await;
    for _ in 0..100 {
        say(&store, grace, 1).await;
    }
    let erased = store.page_before(RoomId::LOBBY, Some(11), 10).await.unwrap().messages;
    assert!(erased.len() == 10 && erased.iter().all(crate::Entry::is_erased));
    let written = store.generations.of(Part::Log);
    store.erase_all(ada).await.unwrap();
    assert_eq!(store.generations.of(Part::Log), written, "nothing is erased anew");
    let early = tokio::time::timeout(Duration::ZERO, &mut finishing).await;
    assert!(early.is_err(), "the control: the reader keeps the log from being emptied");
    assert_eq!(store.due_deletions().await.unwrap(), [ada]);
    drop(long_read);
    finishing.await.unwrap().unwrap();
    assert_eq!(store.due_deletions().await.unwrap(), []);
}

fn is_taken(tx: &Transaction<'_>, folded: &str) -> rusqlite::Result<bool> {
    tx.prepare("SELECT 1 FROM users WHERE folded = ?1")?.exists([folded])
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
        emptied = store.finish_deletion(UserId::new()) => emptied.unwrap(),
        () = async { tokio::join!(writing(), writing(), writing()); } => unreachable!("they write for ever"),
    }
}
