//! The nodes on MongoDB: one document each, under the server's clock. A time-to-live index sweeps those of the dead.

use std::collections::HashMap;

use async_trait::async_trait;
use futures_util::TryStreamExt;
use mongodb::bson::{Bson, Uuid, doc, serialize_to_bson};
use mongodb::error::Error;
use serde::{Deserialize, Serialize};

use super::documents::{corrupt, key, user_id};
use super::{Mongo, failure, limited};
use crate::nodes::{LEAVE_GRACE, NODE_TIMEOUT};
use crate::{NodeId, NodeReport, Nodes, OtherNode, Person, StoreError};

/// A document of `nodes`, besides `at`, when it last reported, which the server alone writes and reads.
#[derive(Deserialize)]
pub(super) struct NodeDocument {
    #[serde(rename = "_id")]
    id: Uuid,
    version: i64,
    count: i64,
    people: Vec<PersonDocument>,
    typing: Vec<PersonDocument>,
}

#[derive(Serialize, Deserialize)]
struct PersonDocument {
    id: Uuid,
    username: String,
    display_name: String,
    away: bool,
}

/// As much of a document as tells whether the rest must be read.
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "_id")]
    id: Uuid,
    version: i64,
}

#[async_trait]
impl Nodes for Mongo {
    /// `$set` takes values as they are, so a name that looks like an expression stays a name.
    async fn report(&self, report: &NodeReport) -> Result<(), StoreError> {
        let told = doc! {
            "version": report.version.cast_signed(),
            "count": report.count.cast_signed(),
            "people": people(&report.people)?,
            "typing": people(&report.typing)?,
        };
        let change = doc! {"$set": told, "$currentDate": {"at": true}};
        limited(self.nodes.update_one(doc! {"_id": node_key(report.id)}, change).upsert(true)).await.map(drop)
    }

    async fn others(&self, node: NodeId, known: &HashMap<NodeId, u64>) -> Result<Vec<OtherNode>, StoreError> {
        let alive = self.alive_besides(node).await?;
        let is_news = |head: &&Head| known.get(&node_id(head.id)) != Some(&head.version.cast_unsigned());
        let wanted: Vec<Uuid> = alive.iter().filter(is_news).map(|head| head.id).collect();
        let mut news = self.reports(wanted).await?;
        let others = alive.iter().map(|head| OtherNode { id: node_id(head.id), news: news.remove(&head.id) });
        Ok(others.collect())
    }

    async fn leave(&self, node: NodeId) -> Result<(), StoreError> {
        let nearly_dead = doc! {"$subtract": ["$$NOW", millis(NODE_TIMEOUT - LEAVE_GRACE)]};
        // Never later than it was: a second leave would bring it back.
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
        let person = |person: PersonDocument| Person {
            id: user_id(person.id),
            username: person.username,
            display_name: person.display_name,
            away: person.away,
        };
        Ok(Self {
            id: node_id(document.id),
            version: document.version.cast_unsigned(),
            count: u64::try_from(document.count).map_err(|_| corrupt("a negative number of people"))?,
            people: document.people.into_iter().map(person).collect(),
            typing: document.typing.into_iter().map(person).collect(),
        })
    }
}

fn people(people: &[Person]) -> Result<Bson, StoreError> {
    let document = |person: &Person| PersonDocument {
        id: key(person.id),
        username: person.username.clone(),
        display_name: person.display_name.clone(),
        away: person.away,
    };
    let documents: Vec<_> = people.iter().map(document).collect();
    serialize_to_bson(&documents).map_err(|error| failure::store_error(&Error::from(error)))
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
