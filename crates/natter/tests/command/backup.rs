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
async fn messages_acknowledged_before_a_backup_are_there_after_the_restore_and_old_tokens_are_valid() {
    let folder = TempDir::new().unwrap();
    let [data, file, restored] = ["data", "natter.backup", "restored"].map(|name| folder.path().join(name));
    let system = System::start(&data).await;
    let ann = system.sign_up("Ann").await;
    let (acknowledged, enough) = (AtomicU64::new(0), AtomicBool::new(false));
    let talking = async {
        while !enough.load(Ordering::SeqCst) {
            let number = acknowledged.load(Ordering::SeqCst) + 1;
            assert_eq!(system.send(&ann, &format!("message {number}")).await, number);
            acknowledged.store(number, Ordering::SeqCst);
        }
    };
    let copying = async {
        while acknowledged.load(Ordering::SeqCst) < 20 {
            tokio::task::yield_now().await;
        }
        let before = acknowledged.load(Ordering::SeqCst);
        let (status, output) = run(&["backup", shown(&file)], &[("DATA_DIR", shown(&data))]).await;
        enough.store(true, Ordering::SeqCst);
        assert_eq!(status, Some(0), "{output}");
        assert!(
            output.starts_with("Backed up 1 account and ") && output.contains("token key is in it"),
            "{output}"
        );
        before
    };
    let ((), before) = tokio::join!(talking, copying);

    let (status, output) = run(&["restore", shown(&file)], &[("DATA_DIR", shown(&restored))]).await;
    assert_eq!(status, Some(0), "{output}");
    assert!(output.starts_with("Restored 1 account and "), "{output}");
    let system = System::start(&restored).await;
    let texts = system.texts(&ann).await;
    assert!(texts.len() as u64 >= before, "{before} were acknowledged, {} are there", texts.len());
    assert!(texts.iter().zip(1..).all(|(text, number)| *text == format!("message {number}")));
    assert_eq!(system.send(&ann, "and it continues").await, texts.len() as u64 + 1);
    assert_eq!(system.natter.end().await.0, Some(0));
}

#[tokio::test]
async fn a_failure_is_printed_and_changes_nothing() {
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
        let (status, output) = run(&words, &in_data).await;
        assert_eq!(status, Some(1), "{words:?}: {output}");
        assert!(output.contains(reason), "{words:?}: {output}");
    }
    let (status, output) = run(&["backup", shown(&file)], &in_data).await;
    assert!(status == Some(0) && output.contains("token key is in it"), "{output}");
    let (status, output) = run(&["restore", shown(&file)], &in_data).await;
    assert!(status == Some(1) && output.contains("another Natter process"), "{output}");
    system.natter.end().await;
    let (status, output) = run(&["restore", shown(&file)], &in_data).await;
    assert!(status == Some(1) && output.contains("exists already"), "{output}");

    std::fs::create_dir(&other).unwrap();
    let key = other.join("secret");
    std::fs::write(&key, "0123456789abcdef0123456789abcdef").unwrap();
    std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let (status, output) = run(&["restore", shown(&file)], &[("DATA_DIR", shown(&other))]).await;
    assert!(status == Some(1) && output.contains("another token key"), "{output}");
    assert!(!output.contains("0123456789abcdef") && !other.join("natter.sqlite").exists(), "{output}");
}

#[tokio::test]
async fn a_full_disk_is_reported_and_leaves_nothing_behind() {
    let folder = TempDir::new().unwrap();
    let [data, file] = ["data", "natter.backup"].map(|name| folder.path().join(name));
    let system = System::start(&data).await;
    system.sign_up("Ann").await;
    // A limit of 8 KiB a file, at which a write fails as on a full disk.
    let script = "trap '' XFSZ; ulimit -f 8; exec \"$0\" backup \"$1\"";
    let mut shell = Command::new("bash");
    shell.args(["-c", script, env!("CARGO_BIN_EXE_natter"), shown(&file)]).env_clear().env("DATA_DIR", &data);
    let output = shell.output().await.unwrap();
    let printed = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{printed}");
    assert!(printed.contains("cannot copy the store to") && printed.contains("natter.backup"), "{printed}");
    let names: Vec<_> = folder.path().read_dir().unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names, ["data"]);
}
