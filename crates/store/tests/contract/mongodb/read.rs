//! Reading: what the server examines, the connections of the pool, and the feed.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use ::mongodb::bson::{Document, doc};
use store::{Entry, NodeId, NodeReport, RoomId};
use testkit::builders::{new_entry, stored};
use tokio::sync::mpsc;

use super::proxy::{KILL_CURSORS, NEXT_REPORT, Proxy, SORT};
use super::{batch, database};
use crate::fixture::{Fixture, LOBBY, in_room};

/// The keys that the server examines in the indexes of `entries` while something is done.
pub(super) async fn keys_examined(fixture: &Fixture, deed: impl Future<Output = ()>) -> i64 {
    let database = database(fixture).await;
    database.run_command(doc! {"profile": 2}).await.unwrap();
    deed.await;
    database.run_command(doc! {"profile": 0}).await.unwrap();
    let of_entries = doc! {"ns": format!("{}.entries", database.name()), "keysExamined": {"$exists": true}};
    let mut profile = database.collection::<Document>("system.profile").find(of_entries).await.unwrap();
    let mut keys = Vec::new();
    while profile.advance().await.unwrap() {
        keys.push(profile.current().get_i32("keysExamined").unwrap());
    }
    assert!(!keys.is_empty(), "the control");
    i64::from(keys.into_iter().sum::<i32>())
}

#[tokio::test]
async fn the_ends_of_logs_and_one_senders_entries_are_found_without_reading_others() {
    let fixture = Fixture::mongodb().await;
    let (ada, grace) = (fixture.user("ada").await, fixture.user("grace").await);
    let rooms: Vec<RoomId> = (0..5).map(|_| RoomId::generate()).collect();
    for (place, &room) in rooms.iter().enumerate() {
        let noise = batch(&grace, &format!("g{place}"), 200);
        let mut entries: Vec<_> = noise.into_iter().map(|message| in_room(room, message)).collect();
        entries.push(in_room(room, new_entry(&ada, "a", "hello")));
        fixture.append(&entries).await;
    }
    let stores = &fixture.stores;
    let examined = keys_examined(&fixture, async {
        assert!(stores.log.last_seqs(&rooms).await.unwrap().values().all(|&end| end == 201));
        let (out, mut pages) = mpsc::channel::<Vec<Entry>>(1);
        stores.entries_by_sender.read_all(ada.id, out).await.unwrap();
        assert_eq!(pages.recv().await.unwrap().len(), rooms.len());
        stores.entries_by_sender.erase_all(ada.id).await.unwrap();
    });
    let examined = examined.await;
    assert!(examined <= 12 * rooms.len() as i64, "{examined} keys for 5 entries among 1,005");
}

#[tokio::test]
async fn many_concurrent_exports_leave_connections_for_others() {
    const READERS: usize = 16;
    let fixture = Fixture::mongodb().await;
    let ada = fixture.user("ada").await;
    fixture.append(&batch(&ada, "m", 3)).await;
    let proxy = Proxy::start().await;
    let stores = proxy.store(&fixture).await;
    proxy.hold(SORT);
    let read = || {
        let (store, (out, mut pages)) = (Arc::clone(&stores.entries_by_sender), mpsc::channel(1));
        let reading = tokio::spawn(async move { store.read_all(ada.id, out).await });
        async move { (pages.recv().await.map(|page: Vec<Entry>| page.len()), reading.await.unwrap()) }
    };
    let readings: Vec<_> = (0..READERS).map(|_| read()).collect();
    while proxy.seen(SORT) < 3 {
        tokio::task::yield_now().await;
    }
    let page = stores.log.page_after(LOBBY, 0, 10).await.expect("a connection is free for others");
    assert_eq!((page.messages.len(), proxy.seen(SORT)), (3, 3));
    proxy.release();
    for reading in readings {
        let (given, ended) = reading.await;
        assert_eq!(given, Some(3));
        ended.unwrap();
    }
}

#[tokio::test]
async fn the_feed_has_entries_of_other_processes_and_of_all_rooms() {
    let fixture = Fixture::mongodb().await;
    let ada = fixture.user("ada").await;
    let (arrived, mut arriving) = mpsc::channel(16);
    let log = Arc::clone(&fixture.stores.log);
    let following = tokio::spawn(async move { log.follow(arrived).await });
    assert_eq!(arriving.recv().await.unwrap(), [], "the stream is open: look");
    let other = Fixture::open(&fixture.address()).await;
    for room in [LOBBY, RoomId::generate()] {
        let new = in_room(room, new_entry(&ada, "a", "from afar"));
        let appended = stored(other.log.append(&[new]).await.remove(0));
        let next = tokio::time::timeout(Duration::from_secs(10), arriving.recv()).await.unwrap().unwrap();
        assert_eq!(next, [appended] as [Entry; 1]);
        assert_eq!(next[0].room, room);
    }
    drop(arriving);
    tokio::time::timeout(Duration::from_secs(10), following).await.unwrap().unwrap();
}

#[tokio::test]
async fn the_feed_leaves_out_what_this_process_stored() {
    let fixture = Fixture::mongodb().await;
    let ada = fixture.user("ada").await;
    let other = Fixture::open(&fixture.address()).await;
    let (arrived, mut arriving) = mpsc::channel(16);
    let log = Arc::clone(&fixture.stores.log);
    tokio::spawn(async move { log.follow(arrived).await });
    assert_eq!(arriving.recv().await.unwrap(), [], "the stream is open: look");
    for number in 0..10 {
        fixture.say(&ada, &format!("here-{number}"), "hello").await;
    }
    let last = stored(other.log.append(&[new_entry(&ada, "there", "hello")]).await.remove(0));
    let first = tokio::time::timeout(Duration::from_secs(10), arriving.recv()).await.unwrap().unwrap();
    assert_eq!((first, last.seq), (vec![last.clone()], 11));
}

#[tokio::test]
async fn entries_are_followed_only_while_another_node_is_alive() {
    let fixture = Fixture::mongodb().await;
    let (ada, proxy) = (fixture.user("ada").await, Proxy::start().await);
    let stores = proxy.store(&fixture).await;
    let (other, nodes, here) = (&fixture.stores, stores.nodes.clone().unwrap(), NodeId::new());
    let (arrived, mut arriving) = mpsc::channel(16);
    let mut next =
        async || tokio::time::timeout(Duration::from_secs(10), arriving.recv()).await.unwrap().unwrap();
    tokio::spawn(async move { stores.log.follow(arrived).await });
    assert_eq!(next().await, [], "the stream is open: look");
    assert_eq!(nodes.others(here, &HashMap::new()).await.unwrap(), []);
    while proxy.seen(KILL_CURSORS) == 0 {
        tokio::task::yield_now().await;
    }
    other.log.append(&[new_entry(&ada, "a", "while the stream is closed")]).await;
    let report =
        NodeReport { id: NodeId::new(), version: 1, count: 0, people: Vec::new(), typing: Vec::new() };
    while proxy.seen(NEXT_REPORT) == 0 {
        tokio::task::yield_now().await;
    }
    other.nodes.clone().unwrap().report(&report).await.unwrap();
    assert_eq!(next().await, [], "it is open again, as soon as the other node reports: look");
    let appended = stored(other.log.append(&[new_entry(&ada, "b", "while it is open")]).await.remove(0));
    assert_eq!(next().await, [appended]);
}
