//! Turns at the rooms' logs: a node that others keep overtaking asks them to let it write next.
//!
//! Nodes number their entries without asking each other. An attempt costs the winner one round trip to MongoDB and who lost two,
//! so a node that is further away than a busy one would never write at all. A request is a document: nodes that write
//! look for those of others now and then, beside their inserts, and wait with the next insert to such a room. The unique
//! (room, seq) keeps the numbers right at any time; turns only make it fair. So a request is neither durable nor
//! locked. Only the server's clock counts: the oldest is served first, and one that its node does not renew expires.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use mongodb::bson::{DateTime, Uuid, doc};
use mongodb::options::{Acknowledgment, CollectionOptions, ReadConcern, ReturnDocument, WriteConcern};
use mongodb::{Collection, Database};
use parking_lot::Mutex;
use serde::Deserialize;
use tokio::time::sleep;

use super::super::limited;
use crate::{RoomId, StoreError};

/// Minimum time between two looks of a node that writes.
const LOOK_INTERVAL: Duration = Duration::from_millis(50);
/// Delay between two looks of a node that waits.
const WAITING_LOOK_DELAY: Duration = Duration::from_millis(2);
/// Time until a request expires, unless it is renewed.
const REQUEST_LIFETIME: Duration = Duration::from_millis(1_500);
/// Time after which a request is renewed.
const RENEWAL_INTERVAL: Duration = Duration::from_millis(500);
/// Maximum time that one insert waits for the requests of others. It is longer than a request of a dead node lasts.
const MAX_WAIT: Duration = Duration::from_secs(2);

/// A document of `turns`, as others see it. `until`, when it expires, is for the server only.
#[derive(Clone, Deserialize)]
pub(in crate::mongodb) struct RequestDocument {
    #[serde(rename = "_id")]
    id: Uuid,
    room: String,
    since: DateTime,
}

/// The requests of this process, and what it knows of those of others. Clones share them.
#[derive(Clone)]
pub(in crate::mongodb) struct Turns {
    requests: Collection<RequestDocument>,
    process: Uuid,
    known: Arc<Mutex<Known>>,
}

#[derive(Default)]
struct Known {
    of_others: Vec<RequestDocument>,
    /// Requests that were waited for long enough.
    given_up: HashSet<Uuid>,
    looked_at: Option<Instant>,
}

/// A request of this process. Dropping it removes it.
pub(super) struct Turn {
    turns: Turns,
    request: RequestDocument,
    written_at: Instant,
}

impl Turns {
    pub(in crate::mongodb) fn new(database: &Database) -> Self {
        let quick = CollectionOptions::builder()
            .read_concern(ReadConcern::local())
            .write_concern(WriteConcern::builder().w(Acknowledgment::Nodes(1)).journal(false).build())
            .build();
        let requests = database.collection_with_options("turns", quick);
        Self { requests, process: Uuid::new(), known: Arc::default() }
    }

    /// The collection, for its indexes.
    pub(in crate::mongodb) fn collection(&self) -> &Collection<RequestDocument> {
        &self.requests
    }

    /// Asks the other nodes to let this one write next. `None` if that fails.
    pub(super) async fn request(&self, room: RoomId) -> Option<Turn> {
        let written_at = Instant::now();
        let request = self.write(Uuid::new(), room).await.ok()?;
        Some(Turn { turns: self.clone(), request, written_at })
    }

    /// Looks for requests in the background, unless it did so just now.
    pub(super) fn look_beside(&self) {
        let is_due = |at: Instant| at.elapsed() >= LOOK_INTERVAL;
        if self.known.lock().looked_at.is_none_or(is_due) {
            let turns = self.clone();
            turns.known.lock().looked_at = Some(Instant::now());
            tokio::spawn(async move { turns.look().await });
        }
    }

    /// Waits while other nodes have requests in this room that are known, older than this node's own. Returns whether it
    /// waited: somebody else has probably written then.
    pub(super) async fn let_others_pass(&self, room: RoomId, own: Option<&Turn>) -> bool {
        let (awaited, began) = (self.ahead(room, own), Instant::now());
        let mut open = awaited.clone();
        while !open.is_empty() && began.elapsed() < MAX_WAIT {
            self.look().await;
            // Later requests of the same nodes do not count: they have written in the meantime.
            let ahead = self.ahead(room, own);
            open.retain(|id| ahead.contains(id));
            if !open.is_empty() {
                sleep(WAITING_LOOK_DELAY).await;
            }
        }
        self.known.lock().given_up.extend(open);
        !awaited.is_empty()
    }

    /// Whether other nodes have requests in this room that are known.
    pub(super) fn are_awaited(&self, room: RoomId) -> bool {
        !self.ahead(room, None).is_empty()
    }

    /// Learns the requests of the other nodes in all rooms. If it fails, none are known: the insert does not wait.
    pub(super) async fn look(&self) {
        let of_others = self.valid_requests().await.unwrap_or_default();
        let mut known = self.known.lock();
        known.given_up.retain(|id| of_others.iter().any(|request| request.id == *id));
        (known.of_others, known.looked_at) = (of_others, Some(Instant::now()));
    }

    async fn valid_requests(&self) -> Result<Vec<RequestDocument>, StoreError> {
        let is_valid = doc! {"$gt": ["$until", "$$NOW"]};
        let finding = self.requests.find(doc! {"process": {"$ne": self.process}, "$expr": is_valid});
        let reading = async { finding.await?.try_collect::<Vec<_>>().await };
        limited(Box::pin(reading)).await
    }

    fn ahead(&self, room: RoomId, own: Option<&Turn>) -> Vec<Uuid> {
        self.known.lock().ahead(&room.to_string(), own.map(|own| &own.request))
    }

    /// Writes a request, or renews it.
    async fn write(&self, id: Uuid, room: RoomId) -> Result<RequestDocument, StoreError> {
        let lifetime = REQUEST_LIFETIME.as_millis() as i64;
        let request = doc! {
            "room": room.to_string(),
            "process": self.process,
            "since": {"$ifNull": ["$since", "$$NOW"]},
            "until": {"$add": ["$$NOW", lifetime]},
        };
        let writing = self
            .requests
            .find_one_and_update(doc! {"_id": id}, vec![doc! {"$set": request}])
            .upsert(true)
            .return_document(ReturnDocument::After);
        limited(writing).await?.ok_or_else(|| StoreError::Corrupt("no request was written".to_owned()))
    }
}

impl Known {
    /// The requests in a room that come before this node's own, or before its insert if it has none.
    fn ahead(&self, room: &str, own: Option<&RequestDocument>) -> Vec<Uuid> {
        let is_ahead = |request: &&RequestDocument| {
            request.room == room
                && !self.given_up.contains(&request.id)
                && own.is_none_or(|own| request.place() < own.place())
        };
        self.of_others.iter().filter(is_ahead).map(|request| request.id).collect()
    }
}

impl RequestDocument {
    /// Its place among the requests: the oldest is the first.
    fn place(&self) -> (DateTime, [u8; 16]) {
        (self.since, self.id.bytes())
    }
}

impl Turn {
    /// Renews the request when that is due.
    pub(super) async fn keep(&mut self, room: RoomId) {
        let began = Instant::now();
        if began.duration_since(self.written_at) >= RENEWAL_INTERVAL
            && let Ok(request) = self.turns.write(self.request.id, room).await
        {
            (self.request, self.written_at) = (request, began);
        }
    }
}

impl Drop for Turn {
    /// In the background. If it fails, the request expires.
    fn drop(&mut self) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (requests, id) = (self.turns.requests.clone(), self.request.id);
        runtime.spawn(async move { drop(limited(requests.delete_one(doc! {"_id": id})).await) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(room: &str, since: i64) -> RequestDocument {
        RequestDocument { id: Uuid::new(), room: room.to_owned(), since: DateTime::from_millis(since) }
    }

    #[test]
    fn the_oldest_request_of_a_room_comes_first() {
        let (old, new, elsewhere) = (request("lobby", 1), request("lobby", 3), request("another", 1));
        let (own, as_old) = (request("lobby", 2), request("lobby", 1));
        let mut known =
            Known { of_others: vec![old.clone(), new.clone(), elsewhere.clone()], ..Known::default() };
        assert_eq!(known.ahead("lobby", None), [old.id, new.id], "who asked for nothing lets all pass");
        assert_eq!(known.ahead("lobby", Some(&own)), [old.id]);
        assert_eq!(known.ahead("lobby", Some(&old)), Vec::<Uuid>::new());
        let ahead = known.ahead("lobby", Some(&as_old)).len();
        known.of_others[0] = as_old;
        assert_eq!(ahead + known.ahead("lobby", Some(&old)).len(), 1, "one of two of the same time");
        known.given_up.extend([new.id]);
        assert_eq!(known.ahead("another", None), [elsewhere.id]);
        assert_eq!(known.ahead("lobby", Some(&request("lobby", 9))).len(), 1, "given up");
    }
}
