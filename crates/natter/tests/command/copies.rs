//! `natter backup` and `natter restore`.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tempfile::TempDir;
use tokio::process::Command;

use crate::natter::{System, run};

fn shown(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test]
async fn what_was_acknowledged_before_a_backup_is_there_after_the_restore_and_the_old_tokens_are_good() {
    let folder = TempDir::new().unwrap();
    let [data, file, restored] = ["data", "natter.backup", "restored"].map(|name| folder.path().join(name));
    let system = System::start(&data).await;
    let ann = system.sign_up("Ann").await;
    let (acknowledged, enough) = (AtomicU64::new(0), AtomicBool::new(false));
    let talking = async {
        while !enough.load(Ordering::SeqCst) {
            let number = acknowledged.load(Ordering::SeqCst) + 1;
            assert_eq!(system.say(&ann, &format!("message {number}")).await, number);
            acknowledged.store(number, Ordering::SeqCst);
        }
    };
    let copying = async {
        while acknowledged.load(Ordering::SeqCst) < 20 {
            tokio::task::yield_now().await;
        }
        let before = acknowledged.load(Ordering::SeqCst);
        let (status, told) = run(&["backup", shown(&file)], &[("DATA_DIR", shown(&data))]).await;
        enough.store(true, Ordering::SeqCst);
        assert_eq!(status, Some(0), "{told}");
        assert!(
            told.starts_with("Backed up 1 account and ") && told.contains("token key is in it"),
            "{told}"
        );
        before
    };
    let ((), before) = tokio::join!(talking, copying);

    let (status, told) = run(&["restore", shown(&file)], &[("DATA_DIR", shown(&restored))]).await;
    assert_eq!(status, Some(0), "{told}");
    assert!(told.starts_with("Restored 1 account and "), "{told}");
    let system = System::start(&restored).await;
    let texts = system.texts(&ann).await;
    assert!(texts.len() as u64 >= before, "{before} were acknowledged, {} are there", texts.len());
    assert!(texts.iter().zip(1..).all(|(text, number)| *text == format!("message {number}")));
    assert_eq!(system.say(&ann, "and it goes on").await, texts.len() as u64 + 1);
    assert_eq!(system.natter.end().await.0, Some(0));
}

#[tokio::test]
async fn what_is_not_done_is_told_and_fails() {
    let folder = TempDir::new().unwrap();
    let [data, file, other] = ["data", "natter.backup", "other"].map(|name| folder.path().join(name));
    let system = System::start(&data).await;
    let in_data = [("DATA_DIR", shown(&data))];
    for (words, reason) in [
        (["backup", shown(&data)], "overwrites nothing"),
        (["backup", "/proc/natter.backup"], "cannot use /proc/natter.backup"),
        (["restore", shown(&file)], "No such file"),
        (["restore", "/proc/version"], "is not a backup that Natter made"),
    ] {
        let (status, told) = run(&words, &in_data).await;
        assert_eq!(status, Some(1), "{words:?}: {told}");
        assert!(told.contains(reason), "{words:?}: {told}");
    }
    let (status, told) = run(&["backup", shown(&file)], &in_data).await;
    assert!(status == Some(0) && told.contains("token key is in it"), "{told}");
    let (status, told) = run(&["restore", shown(&file)], &in_data).await;
    assert!(status == Some(1) && told.contains("another Natter process"), "{told}");
    system.natter.end().await;
    let (status, told) = run(&["restore", shown(&file)], &in_data).await;
    assert!(status == Some(1) && told.contains("exists already"), "{told}");

    std::fs::create_dir(&other).unwrap();
    let key = other.join("secret");
    std::fs::write(&key, "0123456789abcdef0123456789abcdef").unwrap();
    std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let (status, told) = run(&["restore", shown(&file)], &[("DATA_DIR", shown(&other))]).await;
    assert!(status == Some(1) && told.contains("another token key"), "{told}");
    assert!(!told.contains("0123456789abcdef") && !other.join("natter.sqlite").exists(), "{told}");
}

#[tokio::test]
async fn a_full_disk_is_told_and_leaves_nothing_behind() {
    let folder = TempDir::new().unwrap();
    let [data, file] = ["data", "natter.backup"].map(|name| folder.path().join(name));
    let system = System::start(&data).await;
    system.sign_up("Ann").await;
    // A limit of 8 KiB a file, at which a write fails as on a full disk.
    let script = "trap '' XFSZ; ulimit -f 8; exec \"$0\" backup \"$1\"";
    let mut shell = Command::new("bash");
    shell.args(["-c", script, env!("CARGO_BIN_EXE_natter"), shown(&file)]).env_clear().env("DATA_DIR", &data);
    let output = shell.output().await.unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("cannot copy the store to") && told.contains("natter.backup"), "{told}");
    let names: Vec<_> = folder.path().read_dir().unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names, ["data"]);
}
