//! What the embedded store promises beyond the contract: one sync for a batch, private files, nothing left of erased
//! words.

use std::path::{Path, PathBuf};
use std::time::Duration;

use store::deletion::delete_user;
use store::{NewEntry, Timestamp, UserId};
use testkit::builders::{new_entry, stored};

use crate::fixture::{Fixture, LOBBY, interleaved, some_rooms};

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

#[tokio::test]
async fn erased_words_that_lay_between_others_are_in_no_file() {
    let fixture = Fixture::sqlite().await;
    let (ada, grace) = (fixture.user("ada").await, fixture.user("grace").await);
    let rooms = some_rooms(7);
    // Rooms that grow beside each other have their pages split, and rows moved.
    for number in 0..1_500 {
        let words = |times: usize| WORDS.repeat(1 + number * times % 60);
        let pair = vec![
            new_entry(&ada, &format!("a{number}"), &words(7)),
            new_entry(&grace, &format!("g{number}"), &"harmless ".repeat(1 + number * 11 % 200)),
        ];
        let places = [rooms[number % 7], rooms[number * 3 % 7]];
        fixture
            .append(&interleaved(&places, pair))
            .await
            .into_iter()
            .for_each(|outcome| drop(stored(outcome)));
    }
    assert!(holds_words(&directory(&fixture)), "the control");
    delete_user(&fixture.stores, ada.id).await.unwrap();
    assert!(!holds_words(&directory(&fixture)));
}

/// The bytes of the file for a message, once the log is copied into it.
async fn bytes_of_a_message(text_bytes: usize) -> u64 {
    const MESSAGES: u64 = 2_000;
    let fixture = Fixture::sqlite().await;
    let people = [fixture.user("ada").await, fixture.user("grace").await, fixture.user("linus").await];
    for batch in 0..MESSAGES / 100 {
        let message = |number: u64| {
            let id = uuid::Uuid::from_u128(
                u128::from(batch * 100 + number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15 << 64 | 1),
            );
            new_entry(&people[number as usize % 3], &id.to_string(), &"x".repeat(text_bytes))
        };
        let outcomes = fixture.append(&(0..100).map(message).collect::<Vec<_>>()).await;
        outcomes.into_iter().for_each(|outcome| drop(stored(outcome)));
    }
    // A deletion has the log copied and emptied.
    fixture.stores.accounts.finish_deletion(UserId::new()).await.unwrap();
    std::fs::metadata(directory(&fixture).join("natter.sqlite")).unwrap().len() / MESSAGES
}

#[tokio::test]
async fn a_text_of_a_kilobyte_costs_less_than_two_on_disk() {
    let kilobyte = bytes_of_a_message(1_024).await;
    assert!((1_024..2_048).contains(&kilobyte), "{kilobyte} bytes");
    let short = bytes_of_a_message(50).await;
    assert!(short < 256, "{short} bytes for 50");
}

#[tokio::test]
async fn the_words_of_dropped_messages_are_in_no_file() {
    let fixture = Fixture::sqlite().await;
    let ada = fixture.user("ada").await;
    let old = Timestamp::now().plus_millis(-3_600_000);
    let entry = |number| NewEntry { sent_at: old, ..new_entry(&ada, &format!("m{number}"), WORDS) };
    fixture.append(&(0..2_500).map(entry).collect::<Vec<_>>()).await;
    fixture.say(&ada, "young", "other words").await;
    assert!(holds_words(&directory(&fixture)), "the control");
    let retention = &fixture.stores.retention;
    while retention.drop_oldest(LOBBY, Duration::from_secs(60)).await.unwrap().has_more {}
    retention.purge().await.unwrap();
    assert!(!holds_words(&directory(&fixture)));
    assert_eq!(fixture.whole_log().await.len(), 1);
}

fn holds_words(dir: &Path) -> bool {
    let mut files = std::fs::read_dir(dir).unwrap().map(|file| file.unwrap().path());
    let holds = |file: PathBuf| {
        std::fs::read(file).unwrap().windows(WORDS.len()).any(|part| part == WORDS.as_bytes())
    };
    files.any(holds)
}
