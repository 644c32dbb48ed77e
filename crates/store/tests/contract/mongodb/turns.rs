//! Several nodes that write to one room: a far one gets its turn, and one that asks and does not write holds up nobody for long.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use ::mongodb::bson::{Document, Uuid, doc};
use store::{AppendOutcome, Entry, Stores, User};
use testkit::builders::{new_entry, stored};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::proxy::{INSERT, LOOK, Proxy};
use super::{batch, database, find_no_others};
use crate::fixture::{Fixture, LOBBY, seqs};

/// Delay in each direction between a far node and MongoDB.
const FAR: Duration = Duration::from_millis(12);
/// Timeout for what other nodes must not hold up for ever.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A node that appends without a pause.
struct Busy {
    appended: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    appending: JoinHandle<()>,
}

impl Busy {
    fn start(stores: Stores, user: User) -> Self {
        let (appended, stop) = (Arc::<AtomicU64>::default(), Arc::<AtomicBool>::default());
        let (count, is_over) = (Arc::clone(&appended), Arc::clone(&stop));
        let appending = tokio::spawn(async move {
            while !is_over.load(Ordering::SeqCst) {
                let round = count.load(Ordering::SeqCst);
                for outcome in stores.log.append(&batch(&user, &format!("near-{round}"), 10)).await {
                    stored(outcome);
                }
                count.fetch_add(10, Ordering::SeqCst);
            }
        });
        Self { appended, stop, appending }
    }

    /// Waits until it has appended more.
    async fn goes_on(&self) {
        let before = self.appended.load(Ordering::SeqCst);
        let going_on = async {
            while self.appended.load(Ordering::SeqCst) == before {
                tokio::task::yield_now().await;
            }
        };
        timeout(TIMEOUT, going_on).await.expect("the near node goes on");
    }

    /// The number of its messages.
    async fn finish(self) -> u64 {
        self.stop.store(true, Ordering::SeqCst);
        self.appending.await.unwrap();
        self.appended.load(Ordering::SeqCst)
    }
}

/// Checks that a log has these many entries, numbered without a gap, each id once.
fn assert_whole(log: &[Entry], count: u64) {
    assert_eq!(seqs(log), (1..=count).collect::<Vec<_>>());
    let mut ids: Vec<_> = log.iter().map(|entry| entry.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len() as u64, count, "nothing twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_far_node_gets_its_turn_beside_a_busy_near_one() {
    let fixture = Fixture::mongodb().await;
    let ada = fixture.user("ada").await;
    let far = Proxy::at_distance(FAR).await.store(&fixture).await;
    let near = Busy::start(fixture.stores.clone(), ada.clone());
    for number in 0..10 {
        near.goes_on().await;
        let outcomes = far.log.append(&[new_entry(&ada, &format!("far-{number}"), "hello")]).await;
        assert!(matches!(outcomes[..], [AppendOutcome::Stored(_)]), "message {number}: {outcomes:?}");
    }
    near.goes_on().await;
    let of_near = near.finish().await;
    assert_whole(&fixture.whole_log().await, of_near + 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_far_nodes_and_a_near_one_all_get_their_turns() {
    let fixture = Fixture::mongodb().await;
    let ada = fixture.user("ada").await;
    let (one, other) = (Proxy::at_distance(FAR).await, Proxy::at_distance(2 * FAR).await);
    let (one, other) = (one.store(&fixture).await, other.store(&fixture).await);
    let near = Busy::start(fixture.stores.clone(), ada.clone());
    let send = async |stores: Stores, name: &str| {
        for number in 0..5 {
            let sent = stores.log.append(&[new_entry(&ada, &format!("{name}-{number}"), "hello")]).await;
            assert!(matches!(sent[..], [AppendOutcome::Stored(_)]), "{name} {number}: {sent:?}");
        }
    };
    tokio::join!(send(one, "one"), send(other, "other"));
    near.goes_on().await;
    let of_near = near.finish().await;
    assert_whole(&fixture.whole_log().await, of_near + 10);
}

/// The request of a node that never writes, valid for a time.
async fn ask(fixture: &Fixture, room: &str, lifetime: Duration) -> Uuid {
    let id = Uuid::new();
    let until = doc! {"$add": ["$$NOW", lifetime.as_millis() as i64]};
    let request = doc! {"room": room, "process": Uuid::new(), "since": "$$NOW", "until": until};
    let turns = database(fixture).await.collection::<Document>("turns");
    turns.update_one(doc! {"_id": id}, vec![doc! {"$set": request}]).upsert(true).await.unwrap();
    id
}

/// Waits until a store behind a proxy waits with its next insert.
async fn waits(proxy: &Proxy) {
    let waiting = async {
        loop {
            let (inserts, looks) = (proxy.seen(INSERT), proxy.seen(LOOK));
            while proxy.seen(LOOK) < looks + 5 {
                tokio::task::yield_now().await;
            }
            if proxy.seen(INSERT) == inserts {
                return;
            }
        }
    };
    timeout(TIMEOUT, waiting).await.expect("it waits");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_waits_until_a_request_is_gone() {
    let fixture = Fixture::mongodb().await;
    let (ada, proxy) = (fixture.user("ada").await, Proxy::start().await);
    let stores = proxy.store(&fixture).await;
    ask(&fixture, "another", TIMEOUT).await;
    let id = ask(&fixture, "lobby", TIMEOUT).await;
    let near = Busy::start(stores, ada);
    waits(&proxy).await;
    database(&fixture).await.collection::<Document>("turns").delete_one(doc! {"_id": id}).await.unwrap();
    near.goes_on().await;
    near.goes_on().await;
    let of_near = near.finish().await;
    assert_whole(&fixture.whole_log().await, of_near);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_of_nodes_that_do_not_write_hold_up_others_once_and_for_a_moment() {
    let fixture = Fixture::mongodb().await;
    let (ada, proxy) = (fixture.user("ada").await, Proxy::start().await);
    let near = Busy::start(proxy.store(&fixture).await, ada);
    for lifetime in [Duration::from_secs(1), 10 * TIMEOUT] {
        ask(&fixture, "lobby", lifetime).await;
        waits(&proxy).await;
        for _ in 0..50 {
            near.goes_on().await;
        }
    }
    let of_near = near.finish().await;
    assert_whole(&fixture.whole_log().await, of_near);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_insert_that_arrives_after_its_turn_leaves_no_gap() {
    let fixture = Fixture::mongodb().await;
    let (ada, proxy) = (fixture.user("ada").await, Proxy::at_distance(FAR).await);
    let far = proxy.store(&fixture).await;
    let near = Busy::start(fixture.stores.clone(), ada.clone());
    let late = batch(&ada, "far", 5);
    stored(far.log.append(&late[..1]).await.remove(0));
    proxy.hold(INSERT);
    let appending = tokio::spawn({
        let (far, late) = (far.clone(), late.clone());
        async move { far.log.append(&late).await }
    });
    let inserts = proxy.seen(INSERT);
    while proxy.seen(INSERT) == inserts {
        tokio::task::yield_now().await;
    }
    let outcomes = appending.await.unwrap();
    assert!(
        outcomes.iter().all(|outcome| *outcome == AppendOutcome::Unknown || is_resent(outcome)),
        "{outcomes:?}"
    );
    near.goes_on().await;
    proxy.release();
    near.goes_on().await;
    for outcome in far.log.append(&late).await {
        assert!(matches!(outcome, AppendOutcome::Stored(_) | AppendOutcome::Resent(_)), "{outcome:?}");
    }
    let of_near = near.finish().await;
    assert_whole(&fixture.whole_log().await, of_near + 5);
}

fn is_resent(outcome: &AppendOutcome) -> bool {
    matches!(outcome, AppendOutcome::Resent(_))
}

#[tokio::test]
async fn a_node_alone_looks_for_no_requests() {
    let fixture = Fixture::mongodb().await;
    let (ada, proxy) = (fixture.user("ada").await, Proxy::start().await);
    let stores = proxy.store(&fixture).await;
    find_no_others(&stores).await;
    for number in 0..5 {
        stored(stores.log.append(&[new_entry(&ada, &number.to_string(), "hello")]).await.remove(0));
    }
    assert_eq!((proxy.seen(INSERT), proxy.seen(LOOK)), (5, 0));
    assert_eq!(stores.log.last_seqs(&[LOBBY]).await.unwrap()[&LOBBY], 5);
}
