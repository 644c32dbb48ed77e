//! The token statuses in MongoDB: fields of the documents of `users`, and what both aggregates in that collection need.

use async_trait::async_trait;
use futures_util::TryStreamExt;
use mongodb::bson::{DateTime, Document, doc};
use mongodb::options::ReturnDocument;

use super::documents::{UserDocument, corrupt, date, key, timestamp};
use super::{Mongo, limited};
use crate::{ChangedTokenStatuses, SessionEnd, StoreError, Timestamp, TokenStatus, Tokens, UserId};

#[async_trait]
impl Tokens for Mongo {
    async fn token_status(&self, id: UserId) -> Result<Option<TokenStatus>, StoreError> {
        self.one(doc! {"_id": key(id)}).await?.map(|document| document.token_status()).transpose()
    }

    async fn changed_since(&self, since: Timestamp) -> Result<ChangedTokenStatuses, StoreError> {
        let now = self.now().await?;
        let found = self.many(doc! {"changed_at": {"$gt": date(since)}}, doc! {"changed_at": 1}, 0).await?;
        let statuses = found.iter().map(|document| Ok((document.user_id(), document.token_status()?)));
        Ok(ChangedTokenStatuses { statuses: statuses.collect::<Result<_, StoreError>>()?, now })
    }

    async fn sign_out(&self, id: UserId, end: SessionEnd) -> Result<(), StoreError> {
        self.change(active(id), without_session(end)).await.map(drop)
    }

    async fn sign_out_everywhere(&self, id: UserId) -> Result<(), StoreError> {
        self.change(active(id), vec![doc! {"$set": next_version()}]).await.map(drop)
    }
}

impl Mongo {
    pub(super) async fn one(&self, filter: Document) -> Result<Option<UserDocument>, StoreError> {
        limited(self.users.find_one(filter)).await
    }

    /// Sorted documents, at most `limit`; 0 means all.
    pub(super) async fn many(
        &self,
        filter: Document,
        order: Document,
        limit: i64,
    ) -> Result<Vec<UserDocument>, StoreError> {
        let reading = async { self.users.find(filter).sort(order).limit(limit).await?.try_collect().await };
        limited(Box::pin(reading)).await
    }

    /// Changes one document, if there is one, and returns it as it is then.
    pub(super) async fn change(
        &self,
        filter: Document,
        stages: Vec<Document>,
    ) -> Result<Option<UserDocument>, StoreError> {
        limited(self.users.find_one_and_update(filter, stages).return_document(ReturnDocument::After)).await
    }

    /// The server's clock.
    pub(super) async fn now(&self) -> Result<Timestamp, StoreError> {
        let hello = limited(self.database.run_command(doc! {"hello": 1})).await?;
        let now = hello.get_datetime("localTime").copied();
        now.map(timestamp).map_err(|_| corrupt("the server's answer has no time"))
    }
}

/// The document of an active account.
pub(super) fn active(id: UserId) -> Document {
    doc! {"_id": key(id), "state": "active"}
}

/// [`TokenStatus::next_version`] by the server.
pub(super) fn next_version() -> Document {
    doc! {"ver": {"$add": ["$ver", 1_i64]}, "signed_out": [], "changed_at": "$$NOW"}
}

/// [`TokenStatus::without_session`] by the server.
fn without_session(end: SessionEnd) -> Vec<Document> {
    let (sid, until): (_, DateTime) =
        (mongodb::bson::Uuid::from_bytes(end.sid.into_bytes()), date(end.until));
    let still_due = doc! {"$and": [{"$gt": ["$$this.until", "$$NOW"]}, {"$ne": ["$$this.sid", sid]}]};
    let kept = doc! {"$filter": {"input": "$signed_out", "cond": still_due}};
    let full = doc! {"$gte": [{"$size": "$signed_out"}, TokenStatus::MAX_SIGNED_OUT as i64]};
    let one_more = doc! {"$concatArrays": ["$signed_out", [{"sid": sid, "until": until}]]};
    let change = doc! {
        "ver": {"$cond": [full.clone(), {"$add": ["$ver", 1_i64]}, "$ver"]},
        "signed_out": {"$cond": [full, [], one_more]},
        "changed_at": "$$NOW",
    };
    vec![doc! {"$set": {"signed_out": kept}}, doc! {"$set": change}]
}
