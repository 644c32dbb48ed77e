//! What the store promises of the mentions in entries.

use store::deletion::delete_user;
use store::{Entry, Mention, NewEntry, RoomId, Unread, User};
use testkit::builders::{new_entry, stored};

use crate::fixture::{Fixture, LOBBY, in_room};

pub(crate) fn mention(user: &User) -> Mention {
    Mention { id: user.id, username: user.username.clone() }
}

pub(crate) fn mentioning(users: &[&User], message: NewEntry) -> NewEntry {
    NewEntry { mentions: users.iter().map(|user| mention(user)).collect(), ..message }
}

async fn say(fixture: &Fixture, message: NewEntry) -> Entry {
    stored(fixture.append(&[message]).await.remove(0))
}

async fn mentions_of(fixture: &Fixture, user: &User) -> u32 {
    let unread = fixture.stores.log.unread(user.id, &[(LOBBY, 0)]).await.unwrap();
    unread[&LOBBY].mentions
}

pub(crate) async fn mentions_come_back_with_their_entry_and_no_other(fixture: Fixture) {
    let (ada, grace, hedy) =
        (fixture.user("ada").await, fixture.user("Grace").await, fixture.user("hedy").await);
    let message = |id| new_entry(&ada, id, "hello");
    let batch = [message("a"), mentioning(&[&grace, &hedy], message("b")), message("c")];
    let appended: Vec<Entry> = fixture.append(&batch).await.into_iter().map(stored).collect();
    let found = fixture.whole_log().await;
    assert_eq!(found, appended);
    let mentions: Vec<_> = found.into_iter().map(|entry| entry.mentions).collect();
    assert_eq!(mentions, [vec![], vec![mention(&grace), mention(&hedy)], vec![]]);
    let again = fixture.append(&[mentioning(&[&hedy], message("b"))]).await;
    assert_eq!(again, [store::AppendOutcome::Resent(appended[1].clone())], "the first send counts");
    let newest = fixture.stores.log.newest(LOBBY).await.unwrap();
    assert_eq!(newest.messages, appended);
    assert_eq!((mentions_of(&fixture, &grace).await, mentions_of(&fixture, &hedy).await), (1, 1));
}

pub(crate) async fn erasing_an_entry_blanks_its_mentions(fixture: Fixture) {
    let (ada, grace) = (fixture.user("ada").await, fixture.user("grace").await);
    say(&fixture, mentioning(&[&grace], new_entry(&ada, "a", "hello @grace"))).await;
    let before = fixture.stores.log.newest(LOBBY).await.unwrap();
    assert_eq!((before.messages[0].mentions.len(), mentions_of(&fixture, &grace).await), (1, 1));
    delete_user(&fixture.stores, ada.id).await.unwrap();
    let log = fixture.whole_log().await;
    assert!(log[0].is_erased() && log[0].mentions.is_empty());
    assert_eq!(fixture.stores.log.newest(LOBBY).await.unwrap().messages, log);
    let unread = fixture.stores.log.unread(grace.id, &[(LOBBY, 0)]).await.unwrap();
    assert_eq!(unread[&LOBBY], Unread { last_seq: 1, messages: 0, mentions: 0 });
}

pub(crate) async fn a_deleted_user_vanishes_from_the_mentions_of_others(fixture: Fixture) {
    let (ada, grace, hedy) =
        (fixture.user("ada").await, fixture.user("grace").await, fixture.user("hedy").await);
    let room = RoomId::generate();
    for (id, room) in [("a", LOBBY), ("b", room)] {
        let message = in_room(room, new_entry(&ada, id, "hello @grace and @hedy"));
        say(&fixture, mentioning(&[&grace, &hedy], message)).await;
    }
    say(&fixture, mentioning(&[&grace], new_entry(&ada, "c", "@grace?"))).await;
    let before = fixture.stores.log.newest(LOBBY).await.unwrap();
    assert_eq!(before.messages[1].mentions, [mention(&grace)]);
    delete_user(&fixture.stores, grace.id).await.unwrap();
    let newest = fixture.stores.log.newest(LOBBY).await.unwrap();
    let rest = [vec![mention(&hedy)], vec![]];
    assert_eq!(newest.messages.iter().map(|entry| entry.mentions.clone()).collect::<Vec<_>>(), rest);
    assert_eq!(newest.messages, fixture.whole_log().await);
    assert_eq!(fixture.log_of(room).await[0].mentions, [mention(&hedy)]);
    let texts: Vec<_> = newest.messages.iter().filter_map(|entry| entry.text.as_deref()).collect();
    assert_eq!(texts, ["hello @grace and @hedy", "@grace?"], "the words are others'");
    assert_eq!((mentions_of(&fixture, &grace).await, mentions_of(&fixture, &hedy).await), (0, 1));
}

pub(crate) async fn a_user_in_many_mentions_is_deleted_piece_by_piece(fixture: Fixture) {
    const COUNT: usize = 1_100;
    let (ada, grace) = (fixture.user("ada").await, fixture.user("grace").await);
    let message = |number| mentioning(&[&grace], new_entry(&ada, &format!("m{number}"), "@grace"));
    for batch in (0..COUNT).map(message).collect::<Vec<_>>().chunks(500) {
        fixture.append(batch).await;
    }
    delete_user(&fixture.stores, grace.id).await.unwrap();
    let log = fixture.whole_log().await;
    assert!(log.len() == COUNT && log.iter().all(|entry| entry.mentions.is_empty()));
}

pub(crate) async fn who_is_mentioned_during_a_deletion_is_not_in_the_end(fixture: Fixture) {
    let (ada, grace) = (fixture.user("ada").await, fixture.user("grace").await);
    let say_again = async |id| say(&fixture, mentioning(&[&grace], new_entry(&ada, id, "@grace"))).await;
    say_again("before").await;
    assert!(fixture.stores.accounts.begin_deletion(grace.id).await.unwrap());
    say_again("during").await;
    store::deletion::finish(&fixture.stores, grace.id).await.unwrap();
    let log = fixture.whole_log().await;
    assert!(log.len() == 2 && log.iter().all(|entry| entry.mentions.is_empty()), "{log:?}");
    assert_eq!(mentions_of(&fixture, &grace).await, 0);
}
