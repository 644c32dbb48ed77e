//! What the store promises of the counts of what a user has not read.

use std::collections::HashMap;
use std::time::Duration;

use store::deletion::delete_user;
use store::{MAX_COUNTED_ENTRIES, MAX_UNREAD, NewEntry, RoomId, Timestamp, Unread, User};
use testkit::builders::new_entry;

use crate::fixture::{Fixture, LOBBY, in_room, some_rooms};
use crate::mentions::mentioning;

fn numbered(user: &User, prefix: &str, count: u32) -> Vec<NewEntry> {
    (0..count).map(|number| new_entry(user, &format!("{prefix}{number}"), "hello")).collect()
}

async fn append(fixture: &Fixture, messages: Vec<NewEntry>) {
    for batch in messages.chunks(500) {
        fixture.append(batch).await;
    }
}

async fn unread(fixture: &Fixture, user: &User, read: u64) -> Unread {
    fixture.stores.log.unread(user.id, &[(LOBBY, read)]).await.unwrap()[&LOBBY]
}

pub(crate) async fn messages_of_others_after_the_mark_are_counted_in_each_room(fixture: Fixture) {
    let (ada, grace) = (fixture.user("ada").await, fixture.user("grace").await);
    let rooms = some_rooms(4);
    for (place, &room) in rooms.iter().take(3).enumerate() {
        let mut messages = numbered(&ada, "a", 3 + place as u32);
        messages.push(mentioning(&[&grace], new_entry(&ada, "mention", "@grace")));
        messages.extend(numbered(&grace, "g", 2));
        append(&fixture, messages.into_iter().map(|message| in_room(room, message)).collect()).await;
    }
    let read = [(rooms[0], 0), (rooms[1], 3), (rooms[2], 6), (rooms[3], 0)];
    let expected = HashMap::from([
        (rooms[0], Unread { last_seq: 6, messages: 4, mentions: 1 }),
        (rooms[1], Unread { last_seq: 7, messages: 2, mentions: 1 }),
        (rooms[2], Unread { last_seq: 8, messages: 0, mentions: 0 }),
        (rooms[3], Unread::default()),
    ]);
    assert_eq!(fixture.stores.log.unread(grace.id, &read).await.unwrap(), expected, "own ones are not");
    assert_eq!(unread(&fixture, &ada, 0).await, Unread { last_seq: 6, messages: 2, mentions: 0 });
    assert_eq!(unread(&fixture, &ada, 999).await, Unread { last_seq: 6, messages: 0, mentions: 0 });
    assert_eq!(unread(&fixture, &ada, u64::MAX).await.messages, 0);
    assert_eq!(fixture.stores.log.unread(ada.id, &[]).await.unwrap(), HashMap::new());
}

pub(crate) async fn counts_end_at_a_hundred(fixture: Fixture) {
    let (ada, grace) = (fixture.user("ada").await, fixture.user("grace").await);
    let mention = |message: NewEntry| mentioning(&[&grace], message);
    append(&fixture, numbered(&ada, "a", MAX_UNREAD - 1).into_iter().map(mention).collect()).await;
    let all = |count| Unread { last_seq: u64::from(count), messages: count, mentions: count };
    assert_eq!(unread(&fixture, &grace, 0).await, all(MAX_UNREAD - 1));
    append(&fixture, numbered(&ada, "b", 1).into_iter().map(mention).collect()).await;
    assert_eq!(unread(&fixture, &grace, 0).await, all(MAX_UNREAD));
    append(&fixture, numbered(&ada, "c", 60)).await;
    let more = Unread { last_seq: 160, ..all(MAX_UNREAD) };
    assert_eq!(unread(&fixture, &grace, 0).await, more, "the mentions are before the last hundred");
    assert_eq!(unread(&fixture, &grace, 60).await, Unread { mentions: 40, ..more });
    assert_eq!(unread(&fixture, &grace, 100).await, Unread { last_seq: 160, messages: 60, mentions: 0 });
}

pub(crate) async fn own_messages_hide_no_others_and_cost_a_bounded_look(fixture: Fixture) {
    let (ada, grace) = (fixture.user("ada").await, fixture.user("grace").await);
    append(&fixture, vec![mentioning(&[&grace], new_entry(&ada, "first", "@grace"))]).await;
    append(&fixture, numbered(&grace, "g", MAX_COUNTED_ENTRIES - 2)).await;
    append(&fixture, numbered(&ada, "a", 1)).await;
    let last_seq = u64::from(MAX_COUNTED_ENTRIES);
    assert_eq!(unread(&fixture, &grace, 0).await, Unread { last_seq, messages: 2, mentions: 1 });
    append(&fixture, numbered(&grace, "more", 1)).await;
    let beyond = Unread { last_seq: last_seq + 1, messages: 1, mentions: 1 };
    assert_eq!(unread(&fixture, &grace, 0).await, beyond, "the first one is too far away");
}

pub(crate) async fn what_is_erased_or_dropped_is_not_unread(fixture: Fixture) {
    let (ada, grace, hedy) =
        (fixture.user("ada").await, fixture.user("grace").await, fixture.user("hedy").await);
    let old = Timestamp::now().plus_millis(-3_600_000);
    let mut messages = numbered(&ada, "a", 10);
    messages.iter_mut().take(4).for_each(|message| message.sent_at = old);
    messages
        .iter_mut()
        .step_by(2)
        .for_each(|message| message.mentions = vec![crate::mentions::mention(&hedy)]);
    append(&fixture, messages).await;
    append(&fixture, numbered(&grace, "g", 5)).await;
    assert_eq!(unread(&fixture, &hedy, 0).await, Unread { last_seq: 15, messages: 15, mentions: 5 });
    fixture.stores.retention.drop_oldest(LOBBY, Duration::from_secs(60)).await.unwrap();
    assert_eq!(unread(&fixture, &hedy, 0).await, Unread { last_seq: 15, messages: 11, mentions: 3 });
    delete_user(&fixture.stores, ada.id).await.unwrap();
    assert_eq!(unread(&fixture, &hedy, 0).await, Unread { last_seq: 15, messages: 5, mentions: 0 });
}

/// A room that nobody wrote in for long is moved within a store's files when old entries around it are dropped.
pub(crate) async fn mentions_of_a_silent_room_stay_while_others_are_dropped(fixture: Fixture) {
    let (ada, grace) = (fixture.user("ada").await, fixture.user("grace").await);
    let (silent, old) = (RoomId::generate(), Timestamp::now().plus_millis(-3_600_000));
    let aged = |message| NewEntry { sent_at: old, ..message };
    let only = mentioning(&[&grace], new_entry(&ada, "silent", "@grace"));
    append(&fixture, vec![aged(in_room(silent, only))]).await;
    append(&fixture, numbered(&ada, "a", 3_000).into_iter().map(aged).collect()).await;
    for room in [silent, LOBBY, silent, LOBBY] {
        while fixture.stores.retention.drop_oldest(room, Duration::from_secs(60)).await.unwrap().has_more {}
    }
    let found = fixture.stores.log.unread(grace.id, &[(silent, 0)]).await.unwrap();
    assert_eq!(found[&silent], Unread { last_seq: 1, messages: 1, mentions: 1 });
    assert_eq!(fixture.log_of(silent).await[0].mentions.len(), 1);
}
