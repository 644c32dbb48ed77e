//! A store of an earlier release, as the build 0a326a7 left it, keeps everything and has its users in the lobby.
//!
//! `tests/made_by_0a326a7` has what that build made of four sign-ups, messages of each, a deletion and a log-out: `store.sql`
//! is a dump of the file, `database.json` all documents and indexes of the database.

use std::path::Path;

use store::{AppendOutcome, Entry, RoomKind, UserId};
use testkit::builders::{make_room, new_entry, username};

use crate::fixture::{Fixture, LOBBY};

const STORE: &str = include_str!("../made_by_0a326a7/store.sql");

/// A folder with the file of the earlier release.
fn make_file(dir: &Path) {
    rusqlite::Connection::open(dir.join("natter.sqlite")).unwrap().execute_batch(STORE).unwrap();
}

#[tokio::test]
async fn a_file_of_an_earlier_release_keeps_everything() {
    keeps_everything(Fixture::sqlite_of(make_file).await).await;
}

#[cfg(feature = "mongod")]
#[tokio::test]
async fn a_database_of_an_earlier_release_keeps_everything() {
    keeps_everything(crate::mongodb::earlier_database().await).await;
}

async fn keeps_everything(fixture: Fixture) {
    let log = fixture.whole_log().await;
    let shown: Vec<_> = log.iter().map(shown).collect();
    assert_eq!(shown, (1..=5).flat_map(messages).collect::<Vec<_>>());
    assert!(log.iter().enumerate().all(|(index, entry)| entry.seq == index as u64 + 1));
    let users = are_in_the_lobby(&fixture).await;
    let accounts = &fixture.stores.accounts;
    let ada = accounts.account_by_username(&username("ADA")).await.unwrap().unwrap();
    assert!(ada.password_hash.starts_with("$argon2id$") && ada.user.id == users[0]);
    let ben = accounts.account_by_username(&username("ben")).await.unwrap().unwrap();
    assert_eq!(ben.token_status.signed_out.len(), 1, "the session that he ended");
    let resent = fixture.append(&[new_entry(&ada.user, &log[0].id, "Message 1 of Ada")]).await;
    assert_eq!(resent, [AppendOutcome::Resent(log[0].clone())]);
    fixture.user("Cleo").await;
    let room = make_room(&fixture.stores, RoomKind::Private, "New", &ada.user, &[&ben.user]).await;
    let (fixture, ()) = fixture.closed_during(async |_| ()).await;
    assert_eq!(fixture.whole_log().await, log);
    assert_eq!(fixture.stores.rooms.of_user(users[0]).await.unwrap()[1].0, room);
    assert_eq!(fixture.say(&ben.user, "next", "hello").await.seq, 21);
}

/// The texts that were sent in each of five rounds, with their senders.
fn messages(round: usize) -> [Option<(String, String)>; 4] {
    let of = |name: &str, text: String| Some((name.to_owned(), text));
    let ben = format!("Ben answers {round},\nin two lines: 'quoted', \"twice\", $set {{}} 🐝");
    [
        of("Ada Lovelace", format!("Message {round} of Ada")),
        of("Ben 🐝", ben),
        None,
        of("ДОРА", format!("Сообщение {round}")),
    ]
}

fn shown(entry: &Entry) -> Option<(String, String)> {
    Some((entry.sender.clone()?.display_name, entry.text.clone()?))
}

/// Everybody is a member of the lobby, has read it, and is found there by either name. Returns them by id.
async fn are_in_the_lobby(fixture: &Fixture) -> Vec<UserId> {
    let rooms = &fixture.stores.rooms;
    let members = rooms.members(LOBBY, None, 100).await.unwrap().users;
    let names: Vec<_> = members.iter().map(|user| user.username.as_str()).collect();
    assert_eq!(names, ["Ada", "ben", "дора"], "by id, and without the one who is deleted");
    for user in &members {
        let [(room, membership)] = &rooms.of_user(user.id).await.unwrap()[..] else { panic!("one room") };
        assert_eq!((room.id, membership.read_seq, membership.is_in), (LOBBY, 20, true));
    }
    for (prefix, user) in [("ADA LOVE", 0), ("ben \u{1f41d}", 1), ("Дор", 2)] {
        assert_eq!(rooms.find_members(LOBBY, prefix, 10).await.unwrap(), [members[user].clone()], "{prefix}");
    }
    members.iter().map(|user| user.id).collect()
}
