//! The reports of nodes, on MongoDB. A process on the embedded store is the only one.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ::mongodb::Collection;
use ::mongodb::bson::{Bson, DateTime, Document, Uuid, doc};
use store::{
    LEAVE_GRACE, MAX_REPORTED_PEOPLE, MAX_REPORTED_TYPING, NODE_TIMEOUT, NodeId, NodeReport, Nodes,
    OtherNode, Person, RoomId, TypingReport, UserId,
};

use crate::fixture::Fixture;

fn person(display_name: &str) -> Person {
    let (id, username) = (UserId::new(), "ada".to_owned());
    Person { id, username, display_name: display_name.to_owned(), away: false }
}

/// A report of people. Nobody is typing.
fn report(id: NodeId, version: u64, people: &[Person]) -> NodeReport {
    NodeReport { id, version, count: people.len() as u64, people: people.to_vec(), typing: Vec::new() }
}

/// All of these people are typing in a room.
fn typing(room: RoomId, people: &[Person]) -> TypingReport {
    TypingReport { room, users: people.iter().map(|person| person.id).collect() }
}

fn nodes(fixture: &Fixture) -> Arc<dyn Nodes> {
    fixture.stores.nodes.clone().unwrap()
}

/// The other nodes, with all their reports.
async fn all_others(nodes: &dyn Nodes, node: NodeId) -> Vec<OtherNode> {
    nodes.others(node, &HashMap::new()).await.unwrap()
}

/// The documents as MongoDB keeps them.
async fn documents(fixture: &Fixture) -> Collection<Document> {
    let client = ::mongodb::Client::with_uri_str(fixture.address()).await.unwrap();
    client.default_database().unwrap().collection("nodes")
}

/// Sets the time of every node's last report, by the server's clock.
async fn set_age_of_reports(fixture: &Fixture, time: Duration) {
    let nodes = documents(fixture).await;
    let at = doc! {"$subtract": ["$$NOW", i64::try_from(time.as_millis()).unwrap()]};
    nodes.update_many(doc! {}, vec![doc! {"$set": {"at": at}}]).await.unwrap();
}

#[tokio::test]
async fn a_process_on_the_embedded_store_has_no_other_nodes() {
    assert!(Fixture::sqlite().await.stores.nodes.is_none());
}

#[tokio::test]
async fn the_other_nodes_read_each_report_once() {
    let fixture = Fixture::mongodb().await;
    let other_process = Fixture::open(&fixture.address()).await.nodes.unwrap();
    let (nodes, here, there) = (nodes(&fixture), NodeId::new(), NodeId::new());
    assert_eq!(all_others(&*nodes, here).await, []);
    let people = [person("Ada"), Person { away: true, ..person("Grace") }];
    let mut reported = report(there, 7, &people);
    reported.count = 2_500;
    reported.typing = vec![typing(RoomId::LOBBY, &people[..1]), typing(RoomId::generate(), &people)];
    other_process.report(&reported).await.unwrap();
    nodes.report(&report(here, 1, &[])).await.unwrap();
    let others = |report: Option<&NodeReport>| vec![OtherNode { id: there, new_report: report.cloned() }];
    assert_eq!(all_others(&*nodes, here).await, others(Some(&reported)), "and nothing of itself");
    let known = HashMap::from([(there, 7)]);
    assert_eq!(nodes.others(here, &known).await.unwrap(), others(None));
    let changed = report(there, 8, &[person("Edsger")]);
    other_process.report(&changed).await.unwrap();
    assert_eq!(
        nodes.others(here, &known).await.unwrap(),
        others(Some(&changed)),
        "it replaces the one before"
    );
}

fn bson_array(people: &[Person]) -> Vec<Bson> {
    person_documents(people).into_iter().map(Bson::Document).collect()
}

fn person_documents(people: &[Person]) -> Vec<Document> {
    let document = |person: &Person| {
        let id = Uuid::from_bytes(person.id.0.into_bytes());
        doc! {"id": id, "username": &person.username, "display_name": &person.display_name, "away": person.away}
    };
    people.iter().map(document).collect()
}

#[tokio::test]
async fn a_report_of_the_release_before_which_had_one_room_is_of_everybody() {
    let fixture = Fixture::mongodb().await;
    let (people, there) = ([person("Ada"), person("Grace")], NodeId::new());
    let ids: Vec<Uuid> = people.iter().map(|person| Uuid::from_bytes(person.id.0.into_bytes())).collect();
    let written = doc! {
        "version": 3_i64,
        "count": 40_i64,
        "people": person_documents(&people),
        "typing": person_documents(&people[..1]),
        "rooms": [doc! {"room": "lobby", "count": 40_i64, "people": &ids, "typing": &ids[..1]}],
    };
    let update = doc! {"$set": written, "$currentDate": {"at": true}};
    let id = doc! {"_id": Uuid::from_bytes(there.0.into_bytes())};
    documents(&fixture).await.update_one(id, update).upsert(true).await.unwrap();
    let mut expected = report(there, 3, &people);
    (expected.count, expected.typing) = (40, vec![typing(RoomId::LOBBY, &people[..1])]);
    let others = all_others(&*nodes(&fixture), NodeId::new()).await;
    assert_eq!(others, [OtherNode { id: there, new_report: Some(expected) }]);
}

#[tokio::test]
async fn a_node_of_the_release_before_reads_everybody_and_the_lobby() {
    let fixture = Fixture::mongodb().await;
    let people = [person("Ada"), Person { away: true, ..person("Grace") }];
    let mut reported = report(NodeId::new(), 7, &people);
    reported.count = 2_500;
    reported.typing = vec![typing(RoomId::LOBBY, &people[..1]), typing(RoomId::generate(), &people)];
    nodes(&fixture).report(&reported).await.unwrap();
    let read = documents(&fixture).await.find_one(doc! {}).await.unwrap().unwrap();
    assert_eq!((read.get_i64("version").unwrap(), read.get_i64("count").unwrap()), (7, 2_500));
    assert_eq!(read.get_array("people").unwrap(), &bson_array(&people));
    assert_eq!(read.get_array("typing").unwrap(), &bson_array(&people[..1]));
    assert!(!read.contains_key("rooms"), "without it, the fields before are read");
}

#[tokio::test]
async fn a_node_that_is_silent_for_fifteen_seconds_is_dead_until_it_reports_again() {
    let fixture = Fixture::mongodb().await;
    let (nodes, here, there) = (nodes(&fixture), NodeId::new(), NodeId::new());
    let reported = report(there, 1, &[person("Ada")]);
    nodes.report(&reported).await.unwrap();
    set_age_of_reports(&fixture, NODE_TIMEOUT - Duration::from_secs(5)).await;
    assert_eq!(all_others(&*nodes, here).await.len(), 1);
    set_age_of_reports(&fixture, NODE_TIMEOUT).await;
    assert_eq!(all_others(&*nodes, here).await, []);
    nodes.report(&reported).await.unwrap();
    assert_eq!(all_others(&*nodes, here).await.len(), 1);
}

#[tokio::test]
async fn a_node_that_leaves_is_gone_after_the_grace() {
    let fixture = Fixture::mongodb().await;
    let (nodes, here, there) = (nodes(&fixture), NodeId::new(), NodeId::new());
    nodes.report(&report(there, 1, &[person("Ada")])).await.unwrap();
    nodes.leave(there).await.unwrap();
    let left = Instant::now();
    assert_eq!(all_others(&*nodes, here).await.len(), 1, "its people may connect to other nodes");
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
    assert_eq!(others[0].new_report.as_ref().unwrap().people, people);
}

#[tokio::test]
async fn the_largest_report_is_accepted() {
    let fixture = Fixture::mongodb().await;
    let (nodes, there) = (nodes(&fixture), NodeId::new());
    let largest = || Person { username: "𠮷".repeat(32), ..person(&"🙂".repeat(64)) };
    let people: Vec<Person> = (0..MAX_REPORTED_PEOPLE).map(|_| largest()).collect();
    let mut reported = report(there, u64::MAX, &people);
    (reported.count, reported.typing) = (1_000_000, vec![typing(RoomId::LOBBY, &people)]);
    let left = (MAX_REPORTED_TYPING - 1 - MAX_REPORTED_PEOPLE) / 2;
    reported.typing.extend((0..left).map(|_| typing(RoomId::generate(), &people[..1])));
    nodes.report(&reported).await.unwrap();
    let others = all_others(&*nodes, NodeId::new()).await;
    assert!(others[0].new_report.as_ref() == Some(&reported), "it is read back as it was written");
}

#[tokio::test]
async fn the_reports_of_dead_nodes_are_removed() {
    let fixture = Fixture::mongodb().await;
    let collection = documents(&fixture).await;
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
    assert!(at.timestamp_millis() > 0, "the index needs a date");
}
