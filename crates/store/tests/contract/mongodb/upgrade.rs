//! A database of an earlier release is upgraded at the start, and one of a later release is refused.

use ::mongodb::IndexModel;
use ::mongodb::bson::{Document, doc};
use ::mongodb::error::ErrorKind;
use ::mongodb::options::IndexOptions;
use std::time::Duration;
use store::mongodb::OpenError;

use super::database;
use crate::fixture::{Fixture, LOBBY};

const DATABASE: &str = include_str!("../../made_by_0a326a7/database.json");

/// The database that the build 0a326a7 made, opened by this one.
pub(crate) async fn earlier_database() -> Fixture {
    let fixture = Fixture::mongodb().await;
    let (fixture, ()) = fixture.closed_during(make).await;
    fixture
}

async fn make(uri: &str) {
    let database = ::mongodb::Client::with_uri_str(uri).await.unwrap().default_database().unwrap();
    database.drop().await.unwrap();
    let collections: Document = serde_json::from_str(DATABASE).unwrap();
    for (name, contents) in collections {
        let contents = contents.as_document().unwrap();
        let read = |part| contents.get_array(part).unwrap();
        database.run_command(doc! {"createIndexes": &name, "indexes": read("indexes")}).await.unwrap();
        let documents: Vec<_> =
            read("documents").iter().map(|document| document.as_document().unwrap()).collect();
        if !documents.is_empty() {
            database.collection::<Document>(&name).insert_many(documents).await.unwrap();
        }
    }
}

/// What each release before this one does at its start.
async fn earlier_start(fixture: &Fixture) -> ::mongodb::error::Result<()> {
    let options =
        IndexOptions::builder().name("nodes_by_report".to_owned()).expire_after(Duration::from_secs(60));
    let index = IndexModel::builder().keys(doc! {"at": 1}).options(options.build()).build();
    let nodes = database(fixture).await.collection::<Document>("nodes");
    nodes.create_index(index).await.map(drop)
}

#[tokio::test]
async fn an_earlier_release_does_not_start_on_an_upgraded_database() {
    for fixture in [Fixture::mongodb().await, earlier_database().await] {
        let refused = earlier_start(&fixture).await.unwrap_err();
        let ErrorKind::Command(error) = refused.kind.as_ref() else { panic!("{refused}") };
        assert_eq!(error.code_name, "IndexKeySpecsConflict");
        assert!(error.message.contains("upgraded by a later release of Natter"), "{error}");
        fixture.another_node().await;
        assert!(earlier_start(&fixture).await.is_err(), "each start of this one keeps it so");
    }
}

#[tokio::test]
async fn a_database_of_a_later_release_is_left_alone() {
    let fixture = Fixture::mongodb().await;
    let database = database(&fixture).await;
    let schema = database.collection::<Document>("schema");
    schema.update_one(doc! {}, doc! {"$set": {"version": 99_i64}}).await.unwrap();
    database.collection::<Document>("rooms").drop().await.unwrap();
    let error = store::mongodb::open(&fixture.address()).await.err().unwrap();
    assert!(matches!(error, OpenError::TooNew { found: 99, .. }), "{error}");
    let sentence = format!(
        "the database {} was upgraded by a later release (schema 99; this one knows up to 2)",
        database.name()
    );
    assert_eq!(error.to_string(), sentence);
    let names = database.list_collection_names().await.unwrap();
    assert!(!names.contains(&"rooms".to_owned()), "nothing was made: {names:?}");
}

#[tokio::test]
async fn an_upgrade_that_was_interrupted_is_finished_by_the_next_start() {
    let fixture = Fixture::mongodb().await;
    let (ada, ben) = (fixture.user("ada").await, fixture.user("ben").await);
    let database = database(&fixture).await;
    let (users, schema) =
        (database.collection::<Document>("users"), database.collection::<Document>("schema"));
    users.update_one(doc! {"folded": "ben"}, doc! {"$unset": {"folded_display": ""}}).await.unwrap();
    schema.delete_many(doc! {}).await.unwrap();
    let (one, other) = tokio::join!(fixture.another_node(), fixture.another_node());
    for stores in [one, other] {
        for user in [&ada, &ben] {
            let found = stores.rooms.find_members(LOBBY, &user.display_name, 10).await.unwrap();
            assert_eq!(found, std::slice::from_ref(user));
        }
    }
    let unfolded = users.count_documents(doc! {"folded_display": {"$exists": false}}).await.unwrap();
    let version = schema.find_one(doc! {}).await.unwrap().unwrap();
    assert_eq!((unfolded, version.get_i64("version").unwrap()), (0, 2));
}
