//! What the embedded store promises beyond the contract: one sync for a batch, private files, nothing left of erased
//! words.

use std::path::{Path, PathBuf};
use std::time::Duration;

use store::deletion::delete_user;
use store::{NewEntry, RoomId, Timestamp, UserId};
use testkit::builders::{new_entry, stored};

use crate::fixture::{Fixture, in_room, interleaved, some_rooms};

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
async fn words_that_are_erased_after_a_drop_are_in_no_file() {
    // What is left begins at many places of a page.
    for kept in 0..5 {
        let fixture = Fixture::sqlite().await;
        let ada = fixture.user("ada").await;
        let old = Timestamp::now().plus_millis(-(HOUR.as_millis() as i64));
        let message = |number: usize| {
            // Of many lengths.
            let new = new_entry(&ada, &format!("m{number}"), &WORDS.repeat(number * number % 13 + 1));
            NewEntry { sent_at: if number < 400 - kept { old } else { Timestamp::now() }, ..new }
        };
        fixture.append(&(0..500).map(message).collect::<Vec<_>>()).await;
        drop_old(&fixture, MINUTE).await;
        assert_eq!(fixture.whole_log().await.len(), 100 + kept);
        assert!(holds_words(&directory(&fixture)), "the control");
        assert!(delete_user(&fixture.stores, ada.id).await.unwrap());
        assert!(!holds_words(&directory(&fixture)), "{kept} kept");
    }
}

#[tokio::test]
async fn what_is_dropped_makes_room_for_what_is_sent() {
    let fixture = Fixture::sqlite().await;
    let ada = fixture.user("ada").await;
    let old = Timestamp::now().plus_millis(-(HOUR.as_millis() as i64));
    // Nobody writes here any more: its newest entry stays, and holds up nothing.
    let silent = NewEntry { sent_at: old, ..in_room(RoomId::generate(), new_entry(&ada, "silent", "hello")) };
    let silent_room = silent.room;
    fixture.append(&[silent]).await;
    let mut sizes = Vec::new();
    for round in 0..6 {
        let message =
            |number| NewEntry { sent_at: old, ..new_entry(&ada, &format!("{round}-{number}"), WORDS) };
        fixture.append(&(0..5_000).map(message).collect::<Vec<_>>()).await;
        drop_old(&fixture, MINUTE).await;
        fixture.stores.retention.purge().await.unwrap();
        sizes.push(std::fs::metadata(directory(&fixture).join("natter.sqlite")).unwrap().len());
    }
    assert!(sizes[5] < sizes[0] * 3 / 2, "{sizes:?}");
    let page = fixture.stores.log.page_after(silent_room, 0, 1).await.unwrap();
    assert_eq!(page.messages[0].text.as_deref(), Some("hello"));
}

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

/// One run over all rooms.
async fn drop_old(fixture: &Fixture, max_age: Duration) {
    let (retention, mut done) = (&fixture.stores.retention, None);
    while let Some(room) = retention.next_room(done).await.unwrap() {
        while retention.drop_oldest(room, max_age).await.unwrap().has_more {}
        done = Some(room);
    }
}

fn holds_words(dir: &Path) -> bool {
    let mut files = std::fs::read_dir(dir).unwrap().map(|file| file.unwrap().path());
    let holds = |file: PathBuf| {
        std::fs::read(file).unwrap().windows(WORDS.len()).any(|part| part == WORDS.as_bytes())
    };
    files.any(holds)
}
