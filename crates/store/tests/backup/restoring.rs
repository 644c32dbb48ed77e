//! Restoring a backup.

use store::AppendOutcome;
use store::sqlite::{Copied, CopyError, OpenError, backup, open, restore};
use testkit::builders::whole_log;

use crate::scene::{KEY, Scene, entry, mode, names};

#[tokio::test]
async fn a_restored_store_has_everything_and_continues() {
    let scene = Scene::new().await;
    let file = scene.back_up();
    let (restored, mut key) = (scene.path("restored"), None);
    let copied = restore(&file, &restored, |kept| {
        key = kept.map(str::to_owned);
        Ok(())
    });
    assert_eq!(copied.unwrap(), Copied { accounts: 2, messages: 3 });
    assert_eq!(key.as_deref(), Some(KEY));
    assert_eq!(names(&restored), ["lock", "natter.sqlite"], "neither a temporary file nor the key is left");
    let stores = open(&restored).unwrap();
    assert_eq!(stores.accounts.by_id(scene.ada.id).await.unwrap().as_ref(), Some(&scene.ada));
    assert_eq!(whole_log(&stores).await, whole_log(&scene.stores).await);
    let outcomes = stores.log.append(&[entry(&scene.ada, 0, "hello"), entry(&scene.ada, 9, "hello")]).await;
    assert!(matches!(&outcomes[0], AppendOutcome::Resent(entry) if entry.seq == 1), "{outcomes:?}");
    assert!(matches!(&outcomes[1], AppendOutcome::Stored(entry) if entry.seq == 4), "{outcomes:?}");
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
    // The store that was just closed may still hold its lock for a moment.
    let lock = std::fs::File::options().write(true).open(other.join("lock")).unwrap();
    lock.lock().unwrap();
    lock.unlock().unwrap();
    assert!(matches!(scene.fail_to_restore(&file, "other"), CopyError::HasData(_)));
    std::fs::rename(other.join("natter.sqlite"), other.join("natter.sqlite-wal")).unwrap();
    assert!(matches!(scene.fail_to_restore(&file, "other"), CopyError::HasData(_)), "a left-over counts");
}

#[tokio::test]
async fn a_file_that_is_no_backup_is_an_error_and_changes_nothing() {
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
async fn a_damaged_backup_is_an_error_and_leaves_no_store() {
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
async fn an_interrupted_restore_can_be_repeated_and_a_key_that_cannot_be_stored_leaves_no_store() {
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
