//! Opening the store: what an error says, and what it leaves out.

use ::mongodb::bson::{Document, doc};
use store::mongodb::OpenError;

use super::database;
use crate::fixture::Fixture;

#[tokio::test]
async fn the_error_for_an_unusable_uri_does_not_contain_the_password() {
    let error = store::mongodb::open("mongodb://natter:hunter2@/nowhere").await.err().unwrap();
    assert!(matches!(error, OpenError::Uri(_)), "{error}");
    assert!(!error.to_string().contains("hunter2"), "{error}");
    let away = store::mongodb::open("mongodb://127.0.0.1:1/natter").await.err().unwrap();
    assert!(matches!(away, OpenError::Away(_)), "{away}");
}

#[tokio::test]
async fn an_index_that_cannot_be_created_stops_the_start() {
    let fixture = Fixture::mongodb().await;
    let entries = database(&fixture).await.collection::<Document>("entries");
    entries.drop_index("entries_by_seq").await.unwrap();
    let twice =
        || doc! {"room": "lobby", "seq": 1_i64, "sender_id": 1, "id": uuid::Uuid::new_v4().to_string()};
    entries.insert_many([twice(), twice()]).await.unwrap();
    let error = store::mongodb::open(&fixture.address()).await.err().unwrap();
    assert!(matches!(error, OpenError::Indexes(_)), "{error}");
}

/// The error for a URI that does not suit the tests' MongoDB. Its database is `natter_unsuited`.
async fn refusal(change: impl FnOnce(String) -> String) -> OpenError {
    let uri = std::env::var("MONGODB_URI").unwrap();
    assert!(uri.contains("/?replicaSet=rs0"), "the tests' MongoDB is a set: {uri}");
    match store::mongodb::open(&change(uri.replacen("/?", "/natter_unsuited?", 1))).await {
        Ok(_) => panic!("it was opened"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn a_wrong_replica_set_is_an_error_that_names_the_right_one() {
    for direct in ["", "&directConnection=true"] {
        let error = refusal(|uri| uri.replacen("=rs0", "=other", 1) + direct).await;
        let OpenError::Uri(text) = error else { panic!("{error:?}") };
        assert!(text.contains("replicaSet=other") && text.contains("of the replica set \"rs0\""), "{text}");
    }
}

#[tokio::test]
async fn the_error_for_a_refused_user_names_its_database() {
    let error = refusal(|uri| uri.replacen("://", "://ann:hidden@", 1)).await;
    let OpenError::Uri(text) = error else { panic!("{error:?}") };
    assert!(text.contains("\"natter_unsuited\"") && text.contains("authSource=admin"), "{text}");
    let error = refusal(|uri| uri.replacen("://", "://ann:hidden@", 1) + "&authSource=people").await;
    assert!(error.to_string().contains("\"people\"") && !error.to_string().contains("hidden"), "{error}");
}
