//! A file of each earlier schema keeps what it holds.

use std::path::Path;

use super::super::{FILE, Sqlite, connection};
use super::*;
use crate::{
    Accounts, AppendOutcome, ClientId, EntriesBySender, Entry, Log, MessageText, NewEntry, RoomId, Sender,
    Timestamp, UserId,
};

#[test]
fn a_file_of_a_later_release_is_left_alone() {
    let mut connection = Connection::open_in_memory().unwrap();
    migrate(&mut connection).unwrap();
    migrate(&mut connection).expect("running again changes nothing");
    connection.pragma_update(None, "user_version", 999).unwrap();
    assert!(matches!(migrate(&mut connection), Err(OpenError::TooNew { found: 999, .. })));
}

/// What an earlier release stored.
struct Earlier {
    sender: UserId,
    rooms: [RoomId; 3],
}

impl Earlier {
    /// More entries than one transaction moves, in three rooms, with every form of an id; the lobby's second half is erased.
    fn write(dir: &Path, schema: usize) -> Self {
        let file = connection::writing(&dir.join(FILE)).unwrap();
        for migration in &MIGRATIONS[..schema] {
            let Sql(sql) = migration else { panic!("no released file is half moved") };
            file.execute_batch(sql).unwrap();
        }
        file.pragma_update(None, "user_version", schema as i64).unwrap();
        let earlier =
            Self { sender: UserId::new(), rooms: [RoomId::LOBBY, RoomId::generate(), RoomId::generate()] };
        let account =
            "INSERT INTO users VALUES (?1, 'ada', 'ada', 'Ada', 'hash', 1, 1, 'active', 1, '[]', 1)";
        file.execute(account, [earlier.sender]).unwrap();
        file.execute_batch("BEGIN").unwrap();
        let sql = "INSERT INTO entries VALUES (?1, ?2, 'message', ?3, ?4, ?5, ?5, ?6, ?2)";
        for room in earlier.rooms {
            for seq in 1..=LAST_SEQ {
                let text = earlier.text(room, seq);
                let name = text.as_ref().map(|_| "ada");
                file.execute(
                    sql,
                    rusqlite::params![room, seq.cast_signed(), id(seq), earlier.sender, name, text],
                )
                .unwrap();
            }
        }
        file.execute_batch("COMMIT").unwrap();
        earlier
    }

    fn text(&self, room: RoomId, seq: u64) -> Option<String> {
        let is_erased = room == RoomId::LOBBY && seq > LAST_SEQ / 2;
        (!is_erased).then(|| format!("{room} {seq} {}end", "long ".repeat(seq as usize)))
    }

    fn entry(&self, room: RoomId, seq: u64) -> Entry {
        let text = self.text(room, seq);
        let sender =
            |_: &String| Sender { id: self.sender, username: "ada".into(), display_name: "ada".into() };
        let sent_at = Timestamp::from_millis(seq.cast_signed());
        Entry {
            room,
            seq,
            kind: crate::Kind::Message,
            id: id(seq),
            sender: text.as_ref().map(sender),
            text,
            mentions: Vec::new(),
            sent_at,
        }
    }
}

/// The number of entries in each room.
const LAST_SEQ: u64 = 1_100;

fn id(seq: u64) -> String {
    let uuid = uuid::Uuid::from_u128(u128::from(seq) << 64 | 0xabc);
    match seq % 6 {
        0 => uuid.hyphenated().to_string(),
        1 => uuid.simple().to_string(),
        2 => format!("{:X}", uuid.simple()),
        3 => format!("{seq:032}-").replacen('0', "-", 4),
        4 => format!("{}_", &uuid.hyphenated().to_string()[1..]),
        _ => format!("{seq}"),
    }
}

/// The log of each room is what was written, and each entry is found by its id.
async fn keeps_everything(store: &Sqlite, earlier: &Earlier) {
    for room in earlier.rooms {
        let mut after = 0;
        while after < LAST_SEQ {
            let page = store.page_after(room, after, 100).await.unwrap();
            assert_eq!(page.last_seq, LAST_SEQ);
            for entry in &page.messages {
                after += 1;
                assert_eq!(*entry, earlier.entry(room, after));
            }
        }
        let resent = |seq| NewEntry {
            room,
            id: ClientId::parse(id(seq)).unwrap(),
            sender: Sender { id: earlier.sender, username: "ada".into(), display_name: "ada".into() },
            text: MessageText::parse(earlier.text(room, seq).as_deref().unwrap_or("unknown")).unwrap(),
            mentions: Vec::new(),
            sent_at: Timestamp::now(),
            sender_checked_at: None,
        };
        let batch: Vec<_> = (1..=12).map(resent).collect();
        for (seq, outcome) in (1..).zip(store.append(&batch).await) {
            assert_eq!(outcome, AppendOutcome::Resent(earlier.entry(room, seq)));
        }
    }
}

#[tokio::test]
async fn a_file_of_each_earlier_schema_keeps_everything() {
    for schema in [1, 2] {
        let dir = tempfile::tempdir().unwrap();
        let earlier = Earlier::write(dir.path(), schema);
        let store = Sqlite::open(dir.path()).unwrap();
        keeps_everything(&store, &earlier).await;
        assert!(store.begin_deletion(earlier.sender).await.unwrap());
        store.erase_all(earlier.sender).await.unwrap();
        store.finish_deletion(earlier.sender).await.unwrap();
        for room in earlier.rooms {
            let page = store.page_before(room, None, 100).await.unwrap();
            assert!(page.messages.len() == 100 && page.messages.iter().all(Entry::is_erased));
        }
        drop(store);
        // The writing thread closes the file, and then releases the lock.
        std::fs::File::open(dir.path().join("lock")).unwrap().lock().unwrap();
        for file in std::fs::read_dir(dir.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!bytes.windows(10).any(|part| part == b"long long "), "erased words are in no file");
        }
    }
}

#[tokio::test]
async fn a_move_that_was_interrupted_anywhere_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let earlier = Earlier::write(dir.path(), 2);
    let mut interrupted = connection::writing(&dir.path().join(FILE)).unwrap();
    let (Sql(tables), Migration::Pieces(pieces)) = (&MIGRATIONS[2], &MIGRATIONS[3]) else {
        panic!("it moves entries")
    };
    finish(begin_write(&mut interrupted).unwrap(), tables, 3).unwrap();
    for _ in 0..3 {
        let transaction = begin_write(&mut interrupted).unwrap();
        assert!((pieces.piece)(&transaction).unwrap());
        transaction.commit().unwrap();
        // One that is cut off leaves nothing.
        assert!((pieces.piece)(&begin_write(&mut interrupted).unwrap()).unwrap());
    }
    let moved = |table| {
        interrupted.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0))
    };
    assert_eq!(
        moved("entries").unwrap() + moved("entries_without_rowid").unwrap(),
        3 * LAST_SEQ.cast_signed()
    );
    drop(interrupted);
    keeps_everything(&Sqlite::open(dir.path()).unwrap(), &earlier).await;
}
