//! Backing the embedded store up and restoring it, as an operator does.

#![expect(clippy::unwrap_used, reason = "a test that fails tells where")]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use store::sqlite::{Copied, CopyError, OpenError, backup, open, restore};
use store::{
    AppendOutcome, ClientId, Created, DisplayName, Entry, MessageText, NewEntry, NewUser, RoomId, Sender,
    Stores, Timestamp, User, Username,
};
use tempfile::TempDir;

const KEY: &str = "the key that signs tokens";
const WORDS: &str = "words that must not stay behind";

/// A store with two people and three messages, and a place for its backup.
struct Scene {
    folder: TempDir,
    stores: Stores,
    ada: User,
}

impl Scene {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let stores = open(&folder.path().join("data")).unwrap();
        let ada = sign_up(&stores, "ada").await;
        sign_up(&stores, "bob").await;
        let batch: Vec<_> = (0..3).map(|number| message(&ada, number, "hello")).collect();
        stores.log.append(&batch).await;
        Self { folder, stores, ada }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn back_up(&self) -> PathBuf {
        let file = self.path("backup");
        backup(&self.path("data"), &file, Some(KEY)).unwrap();
        file
    }

    /// A restore that must fail, before the key was handed over.
    fn fail_to_restore(&self, file: &Path, dir: &str) -> CopyError {
        restore(file, &self.path(dir), |_| panic!("it fails before")).unwrap_err()
    }
}

async fn sign_up(stores: &Stores, name: &str) -> User {
    let username = Username::parse(name).unwrap();
    let new = NewUser { display_name: DisplayName::from(&username), username, password_hash: "hash".into() };
    match stores.users.create(new).await.unwrap() {
        Created::User(user) => user,
        Created::Taken => panic!("{name} is taken"),
    }
}

fn message(user: &User, number: u64, text: &str) -> NewEntry {
    let (id, username) = (user.id, user.username.clone());
    NewEntry {
        room: RoomId::LOBBY,
        id: ClientId::parse(format!("m{number}")).unwrap(),
        sender: Sender { id, username, display_name: user.display_name.clone() },
        text: MessageText::parse(text).unwrap(),
        sent_at: Timestamp::now(),
    }
}

async fn whole_log(stores: &Stores) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let after = entries.last().map_or(0, |entry| entry.seq);
        let page = stores.log.page_after(RoomId::LOBBY, after, 100).await.unwrap();
        entries.extend(page.messages);
        if page.covered_to == page.last_seq {
            return entries;
        }
    }
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        dir.read_dir().unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn all_that_was_kept_is_there_again_and_goes_on() {
    let scene = Scene::new().await;
    let file = scene.back_up();
    let (restored, mut key) = (scene.path("restored"), None);
    let copied = restore(&file, &restored, |kept| {
        key = kept.map(str::to_owned);
        Ok(())
    });
    assert_eq!(copied.unwrap(), Copied { accounts: 2, messages: 3 });
    assert_eq!(key.as_deref(), Some(KEY));
    assert_eq!(names(&restored), ["lock", "natter.sqlite"], "neither a draft nor the key is left");
    let stores = open(&restored).unwrap();
    assert_eq!(stores.users.by_id(scene.ada.id).await.unwrap().as_ref(), Some(&scene.ada));
    assert_eq!(whole_log(&stores).await, whole_log(&scene.stores).await);
    let outcomes =
        stores.log.append(&[message(&scene.ada, 0, "hello"), message(&scene.ada, 9, "hello")]).await;
    assert!(matches!(&outcomes[0], AppendOutcome::Resent(entry) if entry.seq == 1), "{outcomes:?}");
    assert!(matches!(&outcomes[1], AppendOutcome::Stored(entry) if entry.seq == 4), "{outcomes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_a_stream_of_writes_holds_all_that_was_acknowledged_before_and_no_half() {
    let scene = Scene::new().await;
    let (acknowledged, enough) = (AtomicU64::new(0), AtomicBool::new(false));
    let writing = async {
        for batch in 1.. {
            let entries: Vec<_> =
                (0..5).map(|number| message(&scene.ada, batch * 5 + number, "hello")).collect();
            let outcomes = scene.stores.log.append(&entries).await;
            assert!(
                outcomes.iter().all(|outcome| matches!(outcome, AppendOutcome::Stored(_))),
                "{outcomes:?}"
            );
            acknowledged.store(3 + batch * 5, Ordering::SeqCst);
            if enough.load(Ordering::SeqCst) {
                return;
            }
        }
    };
    let copying = async {
        for round in 0..5_u64 {
            while acknowledged.load(Ordering::SeqCst) < 100 * (round + 1) {
                tokio::task::yield_now().await;
            }
            let before = acknowledged.load(Ordering::SeqCst);
            let (data, file) = (scene.path("data"), scene.path(&format!("backup-{round}")));
            let made = file.clone();
            tokio::task::spawn_blocking(move || backup(&data, &made, None)).await.unwrap().unwrap();
            let restored = scene.path(&format!("restored-{round}"));
            restore(&file, &restored, |key| key.map_or(Ok(()), |_| Err("there was none".into()))).unwrap();
            let log = whole_log(&open(&restored).unwrap()).await;
            assert!(log.len() as u64 >= before, "{before} were acknowledged, {} are there", log.len());
            assert!((log.len() - 3).is_multiple_of(5), "a batch is there whole or not at all");
            assert!(log.iter().zip(1..).all(|(entry, seq)| entry.seq == seq), "no hole");
        }
        enough.store(true, Ordering::SeqCst);
    };
    tokio::join!(writing, copying);
}

#[tokio::test]
async fn a_store_that_a_crash_left_is_backed_up_with_all_that_was_acknowledged() {
    let scene = Scene::new().await;
    let crashed = scene.path("crashed");
    std::fs::create_dir(&crashed).unwrap();
    for part in ["natter.sqlite", "natter.sqlite-wal"] {
        std::fs::copy(scene.path("data").join(part), crashed.join(part)).unwrap();
    }
    let copied = backup(&crashed, &scene.path("backup"), None).unwrap();
    assert_eq!(copied, Copied { accounts: 2, messages: 3 });
}

#[tokio::test]
async fn a_backup_is_one_file_for_its_owner_alone_and_holds_nothing_that_was_erased() {
    let scene = Scene::new().await;
    let bob = scene.stores.users.by_username(&Username::parse("bob").unwrap()).await.unwrap().unwrap();
    scene.stores.log.append(&[message(&bob, 0, WORDS)]).await;
    let holds_words =
        |file: &Path| std::fs::read(file).unwrap().windows(WORDS.len()).any(|part| part == WORDS.as_bytes());
    backup(&scene.path("data"), &scene.path("earlier"), None).unwrap();
    assert!(holds_words(&scene.path("earlier")), "the control");
    store::deletion::delete_user(&scene.stores, bob.id).await.unwrap();
    let file = scene.back_up();
    assert_eq!(mode(&file), 0o600);
    assert!(!holds_words(&file));
    assert_eq!(names(scene.folder.path()), ["backup", "data", "earlier"]);
}

#[tokio::test]
async fn nothing_is_overwritten() {
    let scene = Scene::new().await;
    let file = scene.back_up();
    let before = std::fs::read(&file).unwrap();
    let again = backup(&scene.path("data"), &file, None).unwrap_err();
    assert!(matches!(&again, CopyError::Exists(path) if *path == file), "{again}");
    assert_eq!(std::fs::read(&file).unwrap(), before);

    let in_use = scene.fail_to_restore(&file, "data");
    assert!(matches!(in_use, CopyError::Open(OpenError::InUse(_))), "{in_use}");
    let other = scene.path("other");
    drop(open(&other).unwrap());
    // The store that was just closed may take a moment to let go of its lock.
    let lock = std::fs::File::options().write(true).open(other.join("lock")).unwrap();
    lock.lock().unwrap();
    lock.unlock().unwrap();
    assert!(matches!(scene.fail_to_restore(&file, "other"), CopyError::HasData(_)));
    std::fs::rename(other.join("natter.sqlite"), other.join("natter.sqlite-wal")).unwrap();
    assert!(matches!(scene.fail_to_restore(&file, "other"), CopyError::HasData(_)), "a left-over counts");
}

#[tokio::test]
async fn a_file_that_is_no_good_backup_is_told_and_touches_nothing() {
    let scene = Scene::new().await;
    let text = scene.path("text");
    std::fs::write(&text, "not a database, though long enough to be looked at as one ".repeat(50)).unwrap();
    let empty = scene.path("empty");
    std::fs::write(&empty, "").unwrap();
    let (folder, store) = (scene.path("data"), scene.path("data/natter.sqlite"));
    for wrong in [text, empty, folder, store] {
        let error = scene.fail_to_restore(&wrong, "restored");
        assert!(
            matches!(&error, CopyError::NotABackup(path) if *path == wrong),
            "{}: {error}",
            wrong.display()
        );
    }
    let missing = scene.fail_to_restore(&scene.path("missing"), "restored");
    assert!(
        matches!(missing, CopyError::File { .. }) && missing.to_string().contains("missing"),
        "{missing}"
    );

    let later = scene.back_up();
    rusqlite::Connection::open(&later).unwrap().pragma_update(None, "user_version", 999).unwrap();
    let error = scene.fail_to_restore(&later, "restored");
    assert!(matches!(error, CopyError::Open(OpenError::TooNew { found: 999, .. })), "{error}");
    assert!(!scene.path("restored").exists());
}

#[tokio::test]
async fn a_damaged_backup_is_told_and_leaves_no_store() {
    let scene = Scene::new().await;
    let good = std::fs::read(scene.back_up()).unwrap();
    let file = scene.path("damaged");
    let mut flipped = good.clone();
    flipped[good.len() / 2..][..4096].fill(0xa5);
    for (what, bytes) in [("cut", &good[..good.len() - 8192]), ("flipped", &flipped[..])] {
        std::fs::write(&file, bytes).unwrap();
        let error = scene.fail_to_restore(&file, "restored");
        assert!(matches!(&error, CopyError::Damaged { .. }), "{what}: {error:?}");
        assert!(error.to_string().contains("damaged"), "{what}: {error}");
        let left = scene.path("restored");
        assert!(!left.exists() || names(&left) == ["lock"], "{what}: {:?}", names(&left));
    }
}

#[tokio::test]
async fn a_restore_that_stopped_half_way_is_no_obstacle_and_a_key_that_cannot_be_kept_leaves_no_store() {
    let scene = Scene::new().await;
    let (file, restored) = (scene.back_up(), scene.path("restored"));
    std::fs::create_dir(&restored).unwrap();
    std::fs::write(restored.join("natter.sqlite.new"), "half").unwrap();
    let refused = restore(&file, &restored, |_| Err("the key cannot be kept".into())).unwrap_err();
    assert_eq!(refused.to_string(), "the key cannot be kept");
    assert_eq!(names(&restored), ["lock"]);
    restore(&file, &restored, |_| Ok(())).unwrap();
    assert_eq!(mode(&restored.join("natter.sqlite")), 0o600);
}

#[test]
fn where_nothing_is_kept_there_is_nothing_to_back_up() {
    let folder = tempfile::tempdir().unwrap();
    let error = backup(folder.path(), &folder.path().join("backup"), None).unwrap_err();
    assert!(matches!(error, CopyError::NoStore(_)), "{error}");
    assert!(names(folder.path()).is_empty());
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_told() {
    let scene = Scene::new().await;
    let nowhere = scene.path("no such folder/backup");
    let error = backup(&scene.path("data"), &nowhere, None).unwrap_err();
    assert!(error.to_string().contains("no such folder/backup"), "{error}");
}
