//! How nodes meet: on MongoDB. The embedded store has one process alone.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ::mongodb::bson::{DateTime, Document, doc};
use store::{LEAVE_GRACE, MAX_REPORTED, NODE_TIMEOUT, NodeId, NodeReport, Nodes, OtherNode, Person, UserId};

use crate::fixture::Fixture;

fn person(display_name: &str) -> Person {
    let (id, username) = (UserId::new(), "ada".to_owned());
    Person { id, username, display_name: display_name.to_owned(), away: false }
}

fn report(id: NodeId, version: u64, people: &[Person]) -> NodeReport {
    NodeReport { id, version, count: people.len() as u64, people: people.to_vec(), typing: Vec::new() }
}

fn nodes(fixture: &Fixture) -> Arc<dyn Nodes> {
    fixture.stores.nodes.clone().unwrap()
}

/// The other nodes, to one that knows nothing yet.
async fn all_others(nodes: &dyn Nodes, node: NodeId) -> Vec<OtherNode> {
    nodes.others(node, &HashMap::new()).await.unwrap()
}

/// Sets when every node last reported, by the server's clock.
async fn reported_before(fixture: &Fixture, time: Duration) {
    let client = ::mongodb::Client::with_uri_str(fixture.address()).await.unwrap();
    let nodes = client.default_database().unwrap().collection::<Document>("nodes");
    let at = doc! {"$subtract": ["$$NOW", i64::try_from(time.as_millis()).unwrap()]};
    nodes.update_many(doc! {}, vec![doc! {"$set": {"at": at}}]).await.unwrap();
}

#[tokio::test]
async fn a_process_on_the_embedded_store_is_alone() {
    assert!(Fixture::sqlite().await.stores.nodes.is_none());
}

#[tokio::test]
async fn what_a_node_reports_the_others_read_once() {
    let fixture = Fixture::mongodb().await;
    let other_process = Fixture::open(&fixture.address()).await.nodes.unwrap();
    let (nodes, here, there) = (nodes(&fixture), NodeId::new(), NodeId::new());
    assert_eq!(all_others(&*nodes, here).await, []);
    let mut told = report(there, 7, &[person("Ada"), Person { away: true, ..person("Grace") }]);
    told.typing.push(told.people[0].clone());
    told.count = 2_500;
    other_process.report(&told).await.unwrap();
    nodes.report(&report(here, 1, &[])).await.unwrap();
    let news = |news: Option<&NodeReport>| vec![OtherNode { id: there, news: news.cloned() }];
    assert_eq!(all_others(&*nodes, here).await, news(Some(&told)), "and nothing of itself");
    let known = HashMap::from([(there, 7)]);
    assert_eq!(nodes.others(here, &known).await.unwrap(), news(None));
    let changed = report(there, 8, &[person("Edsger")]);
    other_process.report(&changed).await.unwrap();
    assert_eq!(nodes.others(here, &known).await.unwrap(), news(Some(&changed)), "it replaces the one before");
}

#[tokio::test]
async fn a_node_that_is_silent_for_fifteen_seconds_is_dead_until_it_reports_again() {
    let fixture = Fixture::mongodb().await;
    let (nodes, here, there) = (nodes(&fixture), NodeId::new(), NodeId::new());
    let told = report(there, 1, &[person("Ada")]);
    nodes.report(&told).await.unwrap();
    reported_before(&fixture, NODE_TIMEOUT - Duration::from_secs(5)).await;
    assert_eq!(all_others(&*nodes, here).await.len(), 1);
    reported_before(&fixture, NODE_TIMEOUT).await;
    assert_eq!(all_others(&*nodes, here).await, []);
    nodes.report(&told).await.unwrap();
    assert_eq!(all_others(&*nodes, here).await.len(), 1);
}

#[tokio::test]
async fn a_node_that_takes_leave_is_gone_in_a_moment() {
    let fixture = Fixture::mongodb().await;
    let (nodes, here, there) = (nodes(&fixture), NodeId::new(), NodeId::new());
    nodes.report(&report(there, 1, &[person("Ada")])).await.unwrap();
    nodes.leave(there).await.unwrap();
    let left = Instant::now();
    assert_eq!(all_others(&*nodes, here).await.len(), 1, "its people may come back elsewhere");
    while !all_others(&*nodes, here).await.is_empty() {}
    assert!(left.elapsed() < (LEAVE_GRACE + NODE_TIMEOUT) / 2, "it took {:?}", left.elapsed());
    nodes.leave(there).await.unwrap();
    nodes.leave(NodeId::new()).await.unwrap();
    assert_eq!(all_others(&*nodes, here).await, []);
}

#[tokio::test]
async fn names_in_a_report_that_look_like_fields_or_operators_stay_names() {
    let fixture = Fixture::mongodb().await;
    let (nodes, there) = (nodes(&fixture), NodeId::new());
    let people = ["$people", "$$NOW", "{\"$ne\": 1}", "$", "a.b"].map(person);
    nodes.report(&report(there, 1, &people)).await.unwrap();
    let others = all_others(&*nodes, NodeId::new()).await;
    assert_eq!(others[0].news.as_ref().unwrap().people, people);
}

#[tokio::test]
async fn the_largest_report_is_taken() {
    let fixture = Fixture::mongodb().await;
    let (nodes, there) = (nodes(&fixture), NodeId::new());
    let people = vec![Person { username: "𠮷".repeat(32), ..person(&"🙂".repeat(64)) }; MAX_REPORTED];
    let mut told = report(there, u64::MAX, &people);
    (told.count, told.typing) = (1_000_000, people[..200].to_vec());
    nodes.report(&told).await.unwrap();
    assert_eq!(all_others(&*nodes, NodeId::new()).await[0].news.as_ref(), Some(&told));
}

#[tokio::test]
async fn what_the_dead_reported_is_swept() {
    let fixture = Fixture::mongodb().await;
    let client = ::mongodb::Client::with_uri_str(fixture.address()).await.unwrap();
    let collection = client.default_database().unwrap().collection::<Document>("nodes");
    let mut indexes = collection.list_indexes().await.unwrap();
    let mut expiring = Vec::new();
    while indexes.advance().await.unwrap() {
        let index = indexes.deserialize_current().unwrap();
        expiring.extend(index.options.unwrap().expire_after.map(|after| (index.keys, after)));
    }
    assert_eq!(expiring, [(doc! {"at": 1}, Duration::from_secs(60))]);
    nodes(&fixture).report(&report(NodeId::new(), 1, &[])).await.unwrap();
    let stored = collection.find_one(doc! {}).await.unwrap().unwrap();
    let at: &DateTime = stored.get_datetime("at").unwrap();
    assert!(at.timestamp_millis() > 0, "the index works on dates alone");
}
