//! What the embedded store promises on a full disk. The disk is a real one: a small file system in memory, in a namespace
//! of its own, so that no privilege is needed.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use store::deletion::delete_user;
use store::{AppendOutcome, NewUser, SessionEnd, StoreError, Timestamp};
use testkit::builders::{new_entry, username};
use tokio::process::Command;
use tokio::time::timeout;

use crate::fixture::{Fixture, seqs};

/// Set for the process on the small disk: where it is.
const DISK: &str = "NATTER_CONTRACT_DISK";
const ON_THE_DISK: &str = "full_disk::on_a_small_disk";

#[tokio::test]
async fn sign_outs_and_deletions_work_on_a_full_disk() {
    // Root may mount where user namespaces are forbidden.
    let (is_ok, mut output) = run_on_a_small_disk(&["--user", "--map-root-user", "--mount"]).await;
    if !is_ok && output.contains("unshare") {
        output = match run_on_a_small_disk(&["--mount"]).await {
            (true, _) => return,
            (false, as_root) => output + &as_root,
        };
    }
    assert!(is_ok, "it needs user namespaces, or root\n{output}");
}

/// Runs the test below in namespaces of its own. Returns whether it passed, and what it printed.
async fn run_on_a_small_disk(namespaces: &[&str]) -> (bool, String) {
    let dir = tempfile::tempdir().unwrap();
    let mut test = Command::new("unshare");
    test.args(namespaces)
        .args(["sh", "-c", r#"mount -t tmpfs -o size=64m,mode=0700 none "$0" && exec "$@""#])
        .args([dir.path(), &std::env::current_exe().unwrap()])
        .args(["--exact", ON_THE_DISK, "--nocapture"])
        .env(DISK, dir.path());
    let output = test.output().await.expect("`unshare` is in Debian's util-linux");
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8_lossy(&printed).into_owned();
    (printed.contains("test result: ok. 1 passed"), printed)
}

/// The test on the small disk. It does nothing without an address in its environment.
#[tokio::test]
async fn on_a_small_disk() {
    let Ok(dir) = std::env::var(DISK) else { return };
    let fixture = Fixture::sqlite_in(Path::new(&dir)).await;
    let (ada, grace) = (fixture.user("ada").await, fixture.user("grace").await);
    let words: Vec<_> =
        (0..2_000).map(|number| new_entry(&grace, &format!("g{number}"), &"words ".repeat(150))).collect();
    fixture.append(&words).await;
    let filler = Path::new(&dir).join("filler");
    fill(&filler);
    let mut number = 0;
    let mut is_stored = async || {
        number += 1;
        let message = new_entry(&ada, &format!("a{number}"), &"x".repeat(4_000));
        matches!(fixture.append(&[message]).await[0], AppendOutcome::Stored(_))
    };
    // The write-ahead log may have room that it had before.
    while is_stored().await {}
    assert!(matches!(fixture.stores.accounts.ping().await, Err(StoreError::Full)));

    let (accounts, tokens) = (&fixture.stores.accounts, &fixture.stores.tokens);
    for _ in 0..200 {
        let end = SessionEnd { sid: uuid::Uuid::new_v4(), until: Timestamp::from_millis(i64::MAX / 2) };
        tokens.sign_out(ada.id, end).await.unwrap();
    }
    tokens.sign_out_everywhere(ada.id).await.unwrap();
    let old_hash = accounts.account_by_id(ada.id).await.unwrap().unwrap().password_hash;
    assert!(accounts.change_password(ada.id, &old_hash, "new hash", None).await.unwrap().is_some());
    assert!(delete_user(&fixture.stores, grace.id).await.unwrap());
    assert!(fixture.whole_log().await[..2_000].iter().all(store::Entry::is_erased));

    // Messages and accounts do not take the room that this needs.
    fill(&filler);
    assert!(!is_stored().await);
    let name = username("linus");
    let new = NewUser { display_name: (&name).into(), username: name, password_hash: "hash".into() };
    assert!(matches!(accounts.create(new.clone()).await, Err(StoreError::Full)));
    tokens.sign_out_everywhere(ada.id).await.unwrap();

    std::fs::remove_file(&filler).unwrap();
    let again = async { while accounts.ping().await.is_err() {} };
    timeout(Duration::from_secs(30), again).await.expect("the room is found");
    assert!(is_stored().await);
    let numbers = seqs(&fixture.whole_log().await);
    assert!(numbers.iter().copied().eq(1..=numbers.len() as u64), "what was not stored leaves no gap");
    accounts.create(new).await.unwrap();
    let address = fixture.address();
    let (_, data) = address.split_once(':').unwrap();
    assert!(Path::new(data).join("reserve").metadata().unwrap().len() > 0, "for the next time");
}

/// Fills the disk to the last byte.
fn fill(path: &Path) {
    let mut file = File::options().create(true).append(true).open(path).unwrap();
    while file.write(&[1; 4_096]).is_ok_and(|written| written > 0) {}
}
