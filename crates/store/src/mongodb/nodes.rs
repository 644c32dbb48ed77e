//! The nodes on MongoDB: one document each, under the server's clock. A time-to-live index removes those of dead nodes.
//!
//! Nodes of two releases run side by side during an upgrade. The release before had one room, the lobby: `people` and
//! `count` are the same to it, and `typing`, which has names, is of the lobby. Other rooms are in a field that it does not
//! read.

use std::collections::HashMap;

use async_trait::async_trait;
use futures_util::TryStreamExt;
use mongodb::bson::{Bson, Uuid, doc, serialize_to_bson};
use mongodb::error::Error;
use serde::{Deserialize, Serialize};

use super::documents::{corrupt, key, user_id};
use super::{Mongo, errors, limited};
use crate::nodes::{LEAVE_GRACE, NODE_TIMEOUT};
use crate::{NodeId, NodeReport, Nodes, OtherNode, Person, RoomId, StoreError, TypingReport, UserId};

/// A document of `nodes`, without `at`, the time of the last report, which only the server writes and reads.
#[derive(Deserialize)]
pub(super) struct NodeDocument {
    #[serde(rename = "_id")]
    id: Uuid,
    version: i64,
    people: Vec<PersonDocument>,
    /// The number of people.
    count: i64,
    /// The people who are typing in the lobby.
    typing: Vec<PersonDocument>,
    /// Those who are typing in other rooms.
    #[serde(default)]
    typing_elsewhere: Vec<TypingDocument>,
}

#[derive(Serialize, Deserialize)]
struct TypingDocument {
    room: String,
    users: Vec<Uuid>,
}

#[derive(Serialize, Deserialize)]
struct PersonDocument {
    id: Uuid,
    username: String,
    display_name: String,
    away: bool,
}

/// The part of a document that shows whether the rest must be read.
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "_id")]
    id: Uuid,
    version: i64,
}

#[async_trait]
impl Nodes for Mongo {
    /// `$set` stores values as they are: a name that looks like an expression stays a name.
    async fn report(&self, report: &NodeReport) -> Result<(), StoreError> {
        let is_of_lobby = |typing: &&TypingReport| typing.room == RoomId::LOBBY;
        let lobby = report.typing.iter().find(is_of_lobby);
        let is_typing = |person: &&Person| lobby.is_some_and(|lobby| lobby.users.contains(&person.id));
        let elsewhere = report.typing.iter().filter(|typing| !is_of_lobby(typing));
        let fields = doc! {
            "version": report.version.cast_signed(),
            "count": report.count.cast_signed(),
            "people": bson(report.people.iter().map(PersonDocument::from))?,
            "typing": bson(report.people.iter().filter(is_typing).map(PersonDocument::from))?,
            "typing_elsewhere": bson(elsewhere.map(TypingDocument::from))?,
        };
        let change = doc! {"$set": fields, "$currentDate": {"at": true}};
        limited(self.nodes.update_one(doc! {"_id": node_key(report.id)}, change).upsert(true)).await.map(drop)
    }

    async fn others(&self, node: NodeId, known: &HashMap<NodeId, u64>) -> Result<Vec<OtherNode>, StoreError> {
        let alive = self.alive_besides(node).await?;
        self.has_other_nodes.send_if_modified(|has_others| {
            let had_others = std::mem::replace(has_others, !alive.is_empty());
            had_others == alive.is_empty()
        });
        let is_new = |head: &&Head| known.get(&node_id(head.id)) != Some(&head.version.cast_unsigned());
        let wanted: Vec<Uuid> = alive.iter().filter(is_new).map(|head| head.id).collect();
        let mut reports = self.reports(wanted).await?;
        let other = |head: &Head| OtherNode { id: node_id(head.id), new_report: reports.remove(&head.id) };
        Ok(alive.iter().map(other).collect())
    }

    async fn leave(&self, node: NodeId) -> Result<(), StoreError> {
        let nearly_dead = doc! {"$subtract": ["$$NOW", millis(NODE_TIMEOUT - LEAVE_GRACE)]};
        // `$min`, because a second leave must not make the node alive again.
        let change = vec![doc! {"$set": {"at": {"$min": ["$at", nearly_dead]}}}];
        limited(self.nodes.update_one(doc! {"_id": node_key(node)}, change)).await.map(drop)
    }
}

impl Mongo {
    async fn alive_besides(&self, node: NodeId) -> Result<Vec<Head>, StoreError> {
        let lately = doc! {"$gt": ["$at", {"$subtract": ["$$NOW", millis(NODE_TIMEOUT)]}]};
        let filter = doc! {"_id": {"$ne": node_key(node)}, "$expr": lately};
        let heads = self.nodes.clone_with_type::<Head>();
        let reading = async {
            heads.find(filter).projection(doc! {"version": 1}).await?.try_collect::<Vec<Head>>().await
        };
        limited(Box::pin(reading)).await
    }

    async fn reports(&self, wanted: Vec<Uuid>) -> Result<HashMap<Uuid, NodeReport>, StoreError> {
        if wanted.is_empty() {
            return Ok(HashMap::new());
        }
        let reading = async {
            let found = self.nodes.find(doc! {"_id": {"$in": wanted}}).await?;
            found.try_collect::<Vec<NodeDocument>>().await
        };
        let found = limited(Box::pin(reading)).await?;
        found.into_iter().map(|document| Ok((document.id, NodeReport::try_from(document)?))).collect()
    }
}

impl TryFrom<NodeDocument> for NodeReport {
    type Error = StoreError;

    fn try_from(document: NodeDocument) -> Result<Self, StoreError> {
        let people = document.people.into_iter().map(Person::from).collect();
        let users: Vec<UserId> = document.typing.into_iter().map(|person| user_id(person.id)).collect();
        let lobby = Some(TypingReport { room: RoomId::LOBBY, users }).filter(|lobby| !lobby.users.is_empty());
        let elsewhere = document.typing_elsewhere.into_iter().map(TypingReport::try_from);
        let typing = lobby.map(Ok).into_iter().chain(elsewhere).collect::<Result<_, _>>()?;
        let (id, version) = (node_id(document.id), document.version.cast_unsigned());
        Ok(Self { id, version, count: count(document.count)?, people, typing })
    }
}

impl TryFrom<TypingDocument> for TypingReport {
    type Error = StoreError;

    fn try_from(document: TypingDocument) -> Result<Self, StoreError> {
        let room = RoomId::parse(&document.room).ok_or_else(|| corrupt("a room of no known name"))?;
        Ok(Self { room, users: document.users.into_iter().map(user_id).collect() })
    }
}

impl From<&TypingReport> for TypingDocument {
    fn from(report: &TypingReport) -> Self {
        Self { room: report.room.to_string(), users: report.users.iter().copied().map(key).collect() }
    }
}

impl From<PersonDocument> for Person {
    fn from(document: PersonDocument) -> Self {
        let PersonDocument { id, username, display_name, away } = document;
        Self { id: user_id(id), username, display_name, away }
    }
}

impl From<&Person> for PersonDocument {
    fn from(person: &Person) -> Self {
        let Person { id, username, display_name, away } = person.clone();
        Self { id: key(id), username, display_name, away }
    }
}

fn count(people: i64) -> Result<u64, StoreError> {
    u64::try_from(people).map_err(|_| corrupt("a negative number of people"))
}

fn bson<T: Serialize>(documents: impl Iterator<Item = T>) -> Result<Bson, StoreError> {
    let documents: Vec<T> = documents.collect();
    serialize_to_bson(&documents).map_err(|error| errors::store_error(&Error::from(error)))
}

fn node_key(node: NodeId) -> Uuid {
    Uuid::from_bytes(node.0.into_bytes())
}

fn node_id(key: Uuid) -> NodeId {
    NodeId(uuid::Uuid::from_bytes(key.bytes()))
}

fn millis(time: std::time::Duration) -> i64 {
    time.as_millis() as i64
}
