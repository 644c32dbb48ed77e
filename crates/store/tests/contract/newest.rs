//! What the store promises of what it keeps in memory: the newest pages of rooms, and users. Each test writes on one node
//! and reads on another one, which has read before. (SQLite has one node, so it is both.)

use std::sync::Arc;

use store::deletion::delete_user;
use store::{DisplayName, LogPage, NEWEST_MESSAGES, RoomId, Stores};
use testkit::builders::{new_entry, stored};

use crate::fixture::{Fixture, LOBBY, in_room, seqs};

async fn newest(node: &Stores, room: RoomId) -> Arc<LogPage> {
    node.log.newest(room).await.unwrap()
}

pub(crate) async fn the_newest_page_is_the_one_before_the_end(fixture: Fixture) {
    let (ada, reader) = (fixture.user("ada").await, fixture.another_node().await);
    for count in [0, 1, 2, NEWEST_MESSAGES - 3, 1, 30] {
        let id = |number| format!("{count}-{number}");
        let batch: Vec<_> = (0..count).map(|number| new_entry(&ada, &id(number), "hello")).collect();
        fixture.append(&batch).await;
        let page = newest(&reader, LOBBY).await;
        assert_eq!(*page, fixture.stores.log.page_before(LOBBY, None, NEWEST_MESSAGES).await.unwrap());
        assert!(Arc::ptr_eq(&page, &newest(&reader, LOBBY).await), "nothing changed");
    }
}

pub(crate) async fn the_newest_page_is_the_same_while_only_others_change(fixture: Fixture) {
    let (ada, ben) = (fixture.user("ada").await, fixture.user("ben").await);
    let (room, reader) = (RoomId::generate(), fixture.another_node().await);
    fixture.say(&ada, "a", "hello").await;
    let page = newest(&reader, LOBBY).await;
    fixture.append(&[in_room(room, new_entry(&ben, "b", "elsewhere"))]).await;
    assert_eq!(seqs(&newest(&reader, room).await.messages), [1]);
    delete_user(&fixture.stores, ben.id).await.unwrap();
    assert!(newest(&reader, room).await.messages[0].is_erased());
    assert!(Arc::ptr_eq(&page, &newest(&reader, LOBBY).await));
}

pub(crate) async fn what_was_appended_is_in_the_next_newest_page(fixture: Fixture) {
    const WRITERS: usize = 4;
    const EACH: usize = 30;
    let reader = fixture.another_node().await;
    let mut users = Vec::new();
    for number in 0..WRITERS {
        users.push(fixture.user(&format!("user{number}")).await);
    }
    let writing = users.iter().map(async |user| {
        for number in 0..EACH {
            let message = new_entry(user, &format!("m{number}"), "hello");
            let entry = stored(fixture.append(&[message]).await.remove(0));
            let page = newest(&reader, LOBBY).await;
            assert!(
                page.last_seq >= entry.seq,
                "{} was answered, and {} is the end",
                entry.seq,
                page.last_seq
            );
            let expected = page.last_seq.saturating_sub(u64::from(NEWEST_MESSAGES)) + 1..=page.last_seq;
            assert_eq!(seqs(&page.messages), expected.collect::<Vec<_>>());
        }
    });
    futures_util::future::join_all(writing).await;
    assert_eq!(newest(&reader, LOBBY).await.last_seq, (WRITERS * EACH) as u64);
}

pub(crate) async fn no_erased_message_is_in_the_next_newest_page(fixture: Fixture) {
    let grace = fixture.user("grace").await;
    let reader = fixture.another_node().await;
    fixture.say(&grace, "g", "kept").await;
    for round in 0..10 {
        let ada = fixture.user(&format!("ada{round}")).await;
        fixture.say(&ada, "a", "private").await;
        let before = newest(&reader, LOBBY).await;
        assert_eq!(before.messages.last().unwrap().text.as_deref(), Some("private"));
        // Readers that come during the erasure must not keep what they found for those after it.
        let reading = async {
            for _ in 0..20 {
                newest(&reader, LOBBY).await;
            }
        };
        tokio::join!(reading, async { delete_user(&fixture.stores, ada.id).await.unwrap() });
        let after = newest(&reader, LOBBY).await;
        assert!(after.messages.iter().all(|entry| entry.text.as_deref() != Some("private")));
        assert_eq!(after.messages[0].text.as_deref(), Some("kept"));
    }
}

pub(crate) async fn a_changed_user_is_read_as_changed(fixture: Fixture) {
    let (ada, reader) = (fixture.user("ada").await, fixture.another_node().await);
    let accounts = &fixture.stores.accounts;
    for round in 0..10 {
        let name = DisplayName::parse(&format!("Ada {round}")).unwrap();
        let reading = async {
            for _ in 0..5 {
                reader.accounts.by_id(ada.id).await.unwrap();
                reader.accounts.page(None, 10).await.unwrap();
            }
        };
        let (_, renamed) = tokio::join!(reading, accounts.rename(ada.id, &name));
        let renamed = renamed.unwrap();
        assert_eq!(reader.accounts.by_id(ada.id).await.unwrap(), renamed);
        assert_eq!(reader.accounts.page(None, 10).await.unwrap().users, [renamed.unwrap()]);
    }
    let ben = fixture.user("ben").await;
    assert_eq!(reader.accounts.page(None, 10).await.unwrap().users.last(), Some(&ben));
    accounts.begin_deletion(ben.id).await.unwrap();
    assert_eq!(reader.accounts.by_id(ben.id).await.unwrap(), None);
    assert_eq!(reader.accounts.page(None, 10).await.unwrap().users.len(), 1);
}
