//! Who drops old entries, and what the server examines for it.

use std::time::Duration;

use ::mongodb::bson::{Document, doc};
use store::{MAX_DROPPED, NewEntry, NodeId, Timestamp};

use super::{batch, database};
use crate::fixture::{Fixture, LOBBY};

#[tokio::test]
async fn one_node_at_a_time_has_the_claim_until_it_ends_or_lapses() {
    let fixture = Fixture::mongodb().await;
    let (one, other) = (fixture.stores.retention.clone(), fixture.another_node().await.retention);
    let [first, second, third] = [NodeId::new(), NodeId::new(), NodeId::new()];
    let (claimed, refused) = tokio::join!(one.claim(first), one.claim(first));
    assert!(claimed.unwrap() || refused.unwrap(), "also if both make the document");
    assert!(one.claim(first).await.unwrap(), "it is renewed");
    assert!(!other.claim(second).await.unwrap());
    other.release(second).await.unwrap();
    assert!(!other.claim(second).await.unwrap(), "another's claim is not ended");
    one.release(first).await.unwrap();
    assert!(other.claim(second).await.unwrap());
    assert!(!one.claim(first).await.unwrap());
    let claims = database(&fixture).await.collection::<Document>("claims");
    let lapsed = vec![doc! {"$set": {"until": {"$subtract": ["$$NOW", 1]}}}];
    assert_eq!(claims.update_many(doc! {}, lapsed).await.unwrap().modified_count, 1);
    assert!(one.claim(third).await.unwrap(), "the node before is dead");
    assert!(!other.claim(second).await.unwrap(), "it lost the claim");
}

#[tokio::test]
async fn a_piece_examines_no_more_than_it_drops_however_long_the_log_is() {
    let fixture = Fixture::mongodb().await;
    let ada = fixture.user("ada").await;
    let old = Timestamp::now().plus_millis(-3_600_000);
    let aged = |message| NewEntry { sent_at: old, ..message };
    let messages: Vec<_> = batch(&ada, "m", 4 * MAX_DROPPED).into_iter().map(aged).collect();
    fixture.append(&messages).await;
    let examined = super::read::keys_examined(&fixture, async {
        let retention = &fixture.stores.retention;
        assert_eq!(retention.next_room(None).await.unwrap(), Some(LOBBY));
        assert!(retention.drop_oldest(LOBBY, Duration::from_secs(60)).await.unwrap().has_more);
    });
    let examined = examined.await;
    assert!(examined <= 2 * MAX_DROPPED as i64 + 10, "{examined} keys for {MAX_DROPPED} entries");
}
