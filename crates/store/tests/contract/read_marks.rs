//! What the store promises of read marks and of settings.

use store::{Membership, Notify, ReadMark, RoomId, RoomKind, User};
use testkit::builders::{make_room, remove_member};

use crate::fixture::{Fixture, LOBBY};

fn mark(room: RoomId, user: &User, seq: u64) -> ReadMark {
    ReadMark { room, user: user.id, seq }
}

async fn read_seq(fixture: &Fixture, room: RoomId, user: &User) -> Option<u64> {
    let (_, membership) = fixture.stores.rooms.membership(room, user.id).await.unwrap().unwrap();
    membership.map(|membership| membership.read_seq)
}

pub(crate) async fn many_marks_move_at_once_and_also_back(fixture: Fixture) {
    let (stores, ada, ben) = (&fixture.stores, fixture.user("ada").await, fixture.user("ben").await);
    let one = make_room(stores, RoomKind::Public, "one", &ada, &[&ben]).await.id;
    let two = make_room(stores, RoomKind::Private, "two", &ada, &[]).await.id;
    let marks = [
        mark(one, &ada, 5),
        mark(two, &ada, 9),
        mark(one, &ben, 3),
        mark(LOBBY, &ada, 2),
        mark(one, &ada, 4),
    ];
    let mut moved = stores.rooms.set_read(&marks).await.unwrap();
    moved.sort_by_key(|membership| membership.read_seq);
    moved.dedup();
    let seqs: Vec<u64> = moved.iter().map(|membership| membership.read_seq).collect();
    assert_eq!(seqs, [2, 3, 4, 9], "the later mark of two counts");
    for membership in &moved {
        let (_, stored) = stores.rooms.membership(membership.room, membership.user).await.unwrap().unwrap();
        assert_eq!(stored.as_ref(), Some(membership));
    }
    stores.rooms.set_read(&[mark(two, &ada, 1)]).await.unwrap();
    assert_eq!(read_seq(&fixture, two, &ada).await, Some(1));
    assert!(stores.rooms.set_read(&[]).await.unwrap().is_empty());
    let far = stores.rooms.set_read(&[mark(two, &ada, u64::MAX)]).await.unwrap();
    assert_eq!(far[0].read_seq, i64::MAX as u64, "as far as any log goes");
}

pub(crate) async fn marks_and_settings_of_others_do_nothing(fixture: Fixture) {
    let (stores, ada, ben) = (&fixture.stores, fixture.user("ada").await, fixture.user("ben").await);
    let room = make_room(stores, RoomKind::Public, "one", &ada, &[&ben]).await;
    remove_member(stores, &room, &ben).await;
    stores.accounts.begin_deletion(ben.id).await.unwrap();
    let marks = [mark(room.id, &ben, 5), mark(RoomId::generate(), &ada, 9), mark(LOBBY, &ben, 1)];
    assert!(stores.rooms.set_read(&marks).await.unwrap().is_empty());
    assert_eq!(read_seq(&fixture, room.id, &ben).await, Some(0));
    for room in [room.id, LOBBY] {
        assert_eq!(stores.rooms.set_notify(room, ben.id, Notify::None).await.unwrap(), None);
    }
}

pub(crate) async fn a_setting_is_kept_for_each_room(fixture: Fixture) {
    let (stores, ada) = (&fixture.stores, fixture.user("ada").await);
    let room = make_room(stores, RoomKind::Public, "one", &ada, &[]).await.id;
    for (room, notify) in [(room, Notify::Mentions), (LOBBY, Notify::None), (room, Notify::All)] {
        let set = stores.rooms.set_notify(room, ada.id, notify).await.unwrap().unwrap();
        assert_eq!(set.notify, notify);
        let (_, stored) = stores.rooms.membership(room, ada.id).await.unwrap().unwrap();
        assert_eq!(stored, Some(set));
    }
}

pub(crate) async fn the_polls_tell_marks_apart_from_other_changes(fixture: Fixture) {
    let (stores, ada, ben) = (&fixture.stores, fixture.user("ada").await, fixture.user("ben").await);
    let room = make_room(stores, RoomKind::Public, "one", &ada, &[]).await;
    let start = store::Timestamp::from_millis(0);
    let changed = stores.rooms.changed_since(start).await.unwrap();
    assert_eq!((&changed.rooms[..], changed.memberships.len()), (&[room.clone()][..], 1));
    let read = stores.rooms.read_since(start).await.unwrap();
    assert!(read.memberships.is_empty() && read.rooms.is_empty(), "{read:?}");
    stores.rooms.add(room.id, ben.id).await.unwrap();
    let before = stores.rooms.changed_since(start).await.unwrap();
    let marked = stores.rooms.set_read(&[mark(room.id, &ada, 3)]).await.unwrap();
    let since = before.now.plus_millis(-10_000);
    assert_eq!(stores.rooms.read_since(since).await.unwrap().memberships, marked);
    let is_later = |earlier: &Membership| marked[0].changes > earlier.changes;
    assert!(before.memberships.iter().any(|earlier| earlier.user == ada.id && is_later(earlier)));
    remove_member(stores, &room, &ben).await;
    let seen = stores.rooms.changed_since(since).await.unwrap();
    let of_ben = seen.memberships.iter().find(|membership| membership.user == ben.id).unwrap();
    assert!(!of_ben.is_in && seen.now >= before.now);
}

pub(crate) async fn the_polls_see_nothing_that_changed_long_ago(fixture: Fixture) {
    let (stores, ada) = (&fixture.stores, fixture.user("ada").await);
    let room = make_room(stores, RoomKind::Public, "one", &ada, &[]).await.id;
    stores.rooms.set_read(&[mark(room, &ada, 3)]).await.unwrap();
    let now = stores.rooms.changed_since(store::Timestamp::from_millis(0)).await.unwrap().now;
    // MongoDB tells the time in whole seconds.
    let later = now.plus_millis(1_000);
    let changed = stores.rooms.changed_since(later).await.unwrap();
    let read = stores.rooms.read_since(later).await.unwrap();
    assert!(changed.rooms.is_empty() && changed.memberships.is_empty() && read.memberships.is_empty());
}
