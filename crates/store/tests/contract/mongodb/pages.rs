//! Pages of a log: what they claim when a server has not yet what another one has, and whom their reading does not hold up.

use ::mongodb::Collection;
use ::mongodb::bson::{Document, doc};
use store::{NodeId, NodeReport, StoreError, Timestamp};
use testkit::builders::{new_entry, stored};

use super::proxy::{BACKWARD, Proxy};
use super::{batch, database};
use crate::fixture::{Fixture, LOBBY, seqs};

/// More reads than a pool has connections.
const MANY_READS: usize = 80;
/// The size of a pool.
const POOL: usize = 32;

/// A log of ten messages, and its documents.
async fn ten_messages(fixture: &Fixture) -> Collection<Document> {
    let ada = fixture.user("ada").await;
    fixture.append(&batch(&ada, "m", 10)).await;
    database(fixture).await.collection("entries")
}

#[tokio::test]
async fn a_page_ends_before_an_entry_that_the_answering_server_does_not_have() {
    let fixture = Fixture::mongodb().await;
    let entries = ten_messages(&fixture).await;
    entries.delete_many(doc! {"seq": {"$in": [6_i64, 7_i64]}}).await.unwrap();
    let log = &fixture.stores.log;
    let behind = |page| matches!(page, Err(StoreError::Unavailable(_)));
    for (after, expected) in [(0, vec![1, 2, 3, 4, 5]), (3, vec![4, 5]), (7, vec![8, 9, 10])] {
        for page in [log.page_after(LOBBY, after, 100).await, log.page_to_deliver(LOBBY, after, 100).await] {
            let page = page.unwrap();
            assert_eq!((page.covered_to, page.last_seq), (*expected.last().unwrap(), 10));
            assert_eq!(seqs(&page.messages), expected, "after {after}");
        }
    }
    assert!(behind(log.page_after(LOBBY, 5, 100).await), "nothing is left of this page");
    assert!(behind(log.page_before(LOBBY, None, 100).await));
    assert!(behind(log.page_before(LOBBY, Some(9), 2).await), "8, but not 7");
    assert_eq!(seqs(&log.page_before(LOBBY, None, 3).await.unwrap().messages), [8, 9, 10]);
}

#[tokio::test]
async fn a_log_without_its_first_entries_is_read_from_the_first_that_it_has() {
    let fixture = Fixture::mongodb().await;
    let entries = ten_messages(&fixture).await;
    entries.delete_many(doc! {"seq": {"$lt": 5_i64}}).await.unwrap();
    let log = &fixture.stores.log;
    for (after, first) in [(0, 5), (3, 5), (4, 5), (6, 7)] {
        let page = log.page_after(LOBBY, after, 100).await.unwrap();
        assert_eq!((seqs(&page.messages), page.covered_to), ((first..=10).collect(), 10), "after {after}");
    }
    let page = log.page_before(LOBBY, None, 100).await.unwrap();
    assert_eq!((seqs(&page.messages), page.covered_to), ((5..=10).collect(), 5));
}

#[tokio::test]
async fn a_page_of_messages_may_leave_out_entries_of_other_kinds() {
    let fixture = Fixture::mongodb().await;
    let entries = ten_messages(&fixture).await;
    entries.update_one(doc! {"seq": 6_i64}, doc! {"$set": {"kind": "edit"}}).await.unwrap();
    let page = fixture.stores.log.page_before(LOBBY, None, 6).await.unwrap();
    assert_eq!((seqs(&page.messages), page.covered_to), (vec![4, 5, 7, 8, 9, 10], 4));
}

#[tokio::test]
async fn clients_that_read_as_much_as_they_can_hold_up_nothing_else() {
    let fixture = Fixture::mongodb().await;
    let (ada, proxy) = (fixture.user("ada").await, Proxy::start().await);
    fixture.append(&batch(&ada, "m", 10)).await;
    let stores = proxy.store(&fixture).await;
    proxy.hold(BACKWARD);
    let reads: Vec<_> = (0..MANY_READS)
        .map(|_| {
            let log = stores.log.clone();
            tokio::spawn(async move { log.page_before(LOBBY, None, 10).await })
        })
        .collect();
    while proxy.seen(BACKWARD) < POOL {
        tokio::task::yield_now().await;
    }
    stored(stores.log.append(&[new_entry(&ada, "a", "hello")]).await.remove(0));
    assert_eq!(stores.log.page_to_deliver(LOBBY, 0, 100).await.unwrap().messages.len(), 11);
    assert_eq!(stores.log.last_seqs(&[LOBBY]).await.unwrap()[&LOBBY], 11);
    assert!(stores.tokens.changed_since(Timestamp::from_millis(0)).await.is_ok());
    let report =
        NodeReport { id: NodeId::new(), version: 1, count: 0, people: Vec::new(), typing: Vec::new() };
    stores.nodes.as_ref().unwrap().report(&report).await.unwrap();
    store::deletion::delete_user(&stores, ada.id).await.unwrap();
    assert_eq!(proxy.seen(BACKWARD), POOL, "all of its connections are busy");
    proxy.release();
    let answered = futures_util::future::join_all(reads).await;
    assert!(answered.iter().any(|read| read.as_ref().unwrap().is_ok()), "the control");
}
