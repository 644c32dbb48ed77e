//! Making a backup.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use store::AppendOutcome;
use store::sqlite::{Copied, CopyError, backup, open, restore};
use testkit::builders::whole_log;

use crate::scene::{Scene, entry, mode, names};

const WORDS: &str = "words that must not stay behind";

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_during_writes_has_everything_acknowledged_before_and_only_whole_batches() {
    let scene = Scene::new().await;
    let (acknowledged, enough) = (AtomicU64::new(0), AtomicBool::new(false));
    let writing = async {
        for batch in 1.. {
            let entries: Vec<_> =
                (0..5).map(|number| entry(&scene.ada, batch * 5 + number, "hello")).collect();
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
            assert!(log.iter().zip(1..).all(|(entry, seq)| entry.seq == seq), "no gap");
        }
        enough.store(true, Ordering::SeqCst);
    };
    tokio::join!(writing, copying);
}

#[tokio::test]
async fn a_backup_after_a_crash_has_everything_that_was_acknowledged() {
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
async fn a_backup_is_one_private_file_without_erased_data() {
    let scene = Scene::new().await;
    scene.stores.log.append(&[entry(&scene.bob, 0, WORDS)]).await;
    let holds_words =
        |file: &Path| std::fs::read(file).unwrap().windows(WORDS.len()).any(|part| part == WORDS.as_bytes());
    backup(&scene.path("data"), &scene.path("earlier"), None).unwrap();
    assert!(holds_words(&scene.path("earlier")), "the control");
    store::deletion::delete_user(&scene.stores, scene.bob.id).await.unwrap();
    let file = scene.back_up();
    assert_eq!(mode(&file), 0o600);
    assert!(!holds_words(&file));
    assert_eq!(names(scene.folder.path()), ["backup", "data", "earlier"]);
}

#[test]
fn a_directory_without_a_store_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let error = backup(folder.path(), &folder.path().join("backup"), None).unwrap_err();
    assert!(matches!(error, CopyError::NoStore(_)), "{error}");
    assert!(names(folder.path()).is_empty());
}

#[tokio::test]
async fn a_path_that_cannot_be_written_is_an_error() {
    let scene = Scene::new().await;
    let nowhere = scene.path("no such folder/backup");
    let error = backup(&scene.path("data"), &nowhere, None).unwrap_err();
    assert!(error.to_string().contains("no such folder/backup"), "{error}");
}
