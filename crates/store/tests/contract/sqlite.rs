//! What the embedded store promises beyond the contract: one sync for a batch, private files, nothing left of erased
//! words.

use std::path::{Path, PathBuf};

use store::deletion::delete_user;
use testkit::builders::{new_entry, stored};

use crate::fixture::{Fixture, interleaved, some_rooms};

const WORDS: &str = "words that must not stay behind";

/// A commit of SQLite ends with a frame in the write-ahead log that says how large the database is now
/// (<https://sqlite.org/fileformat2.html#the_write_ahead_log>).
fn commits(fixture: &Fixture) -> usize {
    const HEADER: usize = 32;
    const FRAME_HEADER: usize = 24;
    let log = std::fs::read(directory(fixture).join("natter.sqlite-wal")).unwrap();
    let (header, frames) = log.split_at(HEADER);
    let page_size = u32::from_be_bytes(header[8..12].try_into().unwrap()) as usize;
    // Frames of an earlier use of the file have another salt.
    let is_commit = |frame: &&[u8]| frame[8..16] == header[16..24] && frame[4..8] != [0; 4];
    frames.chunks_exact(FRAME_HEADER + page_size).filter(is_commit).count()
}

#[tokio::test]
async fn five_hundred_messages_to_fifty_rooms_cost_one_commit() {
    let fixture = Fixture::sqlite().await;
    let ada = fixture.user("ada").await;
    let rooms = some_rooms(50);
    let before = commits(&fixture);
    assert!(before > 0, "the control: an account was committed");
    let messages = (0..500).map(|number| new_entry(&ada, &format!("m{number}"), "hello")).collect();
    fixture
        .append(&interleaved(&rooms, messages))
        .await
        .into_iter()
        .for_each(|outcome| drop(stored(outcome)));
    assert_eq!(commits(&fixture), before + 1);
    let ends = fixture.stores.log.last_seqs(&rooms).await.unwrap();
    assert!(ends.len() == 50 && ends.values().all(|&end| end == 10), "{ends:?}");
    fixture.say(&ada, "one-more", "hello").await;
    assert_eq!(commits(&fixture), before + 2, "the count counts");
}

fn directory(fixture: &Fixture) -> PathBuf {
    let address = fixture.address();
    let (_, dir) = address.split_once(':').unwrap();
    PathBuf::from(dir)
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let stores = store::sqlite::open(&data).unwrap();
    stores.accounts.ping().await.unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    for file in ["natter.sqlite", "natter.sqlite-wal", "natter.sqlite-shm"] {
        assert_eq!(mode(&data.join(file)), 0o600, "{file}");
    }
}

#[tokio::test]
async fn the_words_of_a_deleted_user_are_in_no_file() {
    let fixture = Fixture::sqlite().await;
    let ada = fixture.user("ada").await;
    // More than one transaction erases.
    let entries: Vec<_> = (0..2_500).map(|number| new_entry(&ada, &format!("m{number}"), WORDS)).collect();
    fixture.append(&entries).await;
    assert!(holds_words(&directory(&fixture)), "the control");
    delete_user(&fixture.stores, ada.id).await.unwrap();
    assert!(!holds_words(&directory(&fixture)));
}

fn holds_words(dir: &Path) -> bool {
    let mut files = std::fs::read_dir(dir).unwrap().map(|file| file.unwrap().path());
    let holds = |file: PathBuf| {
        std::fs::read(file).unwrap().windows(WORDS.len()).any(|part| part == WORDS.as_bytes())
    };
    files.any(holds)
}
