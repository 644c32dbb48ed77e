//! The token statuses in MongoDB: fields of the documents of `users`, and what both aggregates in that collection need.

use std::collections::HashMap;

use async_trait::async_trait;
use futures_util::TryStreamExt;
use futures_util::future::try_join;
use mongodb::bson::{DateTime, Document, doc};
use mongodb::options::ReturnDocument;

use super::client::OPERATION_TIMEOUT;
use super::documents::{UserDocument, corrupt, date, key, timestamp};
use super::{Mongo, limited};
use crate::{ChangedTokenStatuses, SessionEnd, StoreError, Timestamp, TokenStatus, Tokens, UserId};

#[async_trait]
impl Tokens for Mongo {
    async fn token_statuses(&self, ids: &[UserId]) -> Result<HashMap<UserId, TokenStatus>, StoreError> {
        let keys: Vec<_> = ids.iter().copied().map(key).collect();
        let found = self.many(doc! {"_id": {"$in": keys}}, doc! {"_id": 1}, 0).await?;
        found.iter().map(|document| Ok((document.user_id(), document.token_status()?))).collect()
    }

    async fn changed_since(&self, since: Timestamp) -> Result<ChangedTokenStatuses, StoreError> {
        let now = self.known_majority_date().await?;
        let changed = doc! {"changed_at": {"$gt": date(since)}};
        let (found, _) =
            try_join(self.many(changed, doc! {"changed_at": 1}, 0), self.read_majority_date()).await?;
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
        let changing = self.users.find_one_and_update(filter, stages).return_document(ReturnDocument::After);
        // The server's own limit bounds the time between the stamp of a change and its commit.
        limited(changing.max_time(OPERATION_TIMEOUT)).await
    }

    /// The time of the last write that a majority had at the answer to an earlier question: the next question finds it.
    pub(super) async fn known_majority_date(&self) -> Result<Timestamp, StoreError> {
        let before = self.majority_date.lock().to_owned();
        match before {
            Some(now) => Ok(now),
            None => self.read_majority_date().await,
        }
    }

    /// The time of the last write that a majority has, in whole seconds. It ends the window of the poll: a change that a majority gets later
    /// is committed later, and so it has a later time, less the few seconds that its update may take, by the clock of the
    /// same primary. However long a majority lags, that holds, while the present time would leave the change behind.
    ///
    /// After a step-down to a member whose clock is behind, this time goes back with the first write of the new primary,
    /// which a majority has before any change that this primary makes. The next question but one is asked since then.
    pub(super) async fn read_majority_date(&self) -> Result<Timestamp, StoreError> {
        let hello = limited(self.database.run_command(doc! {"hello": 1})).await?;
        let date = majority_date(&hello).map(timestamp);
        let date = date.ok_or_else(|| corrupt("the server's answer has no time"))?;
        *self.majority_date.lock() = Some(date);
        Ok(date)
    }
}

/// A member of a replica set says what a majority has. A standalone server has no majority to wait for. A router of a
/// sharded cluster does not say; its own clock is the best that it tells.
fn majority_date(hello: &Document) -> Option<DateTime> {
    let last_write = hello.get_document("lastWrite").ok();
    let date = last_write.and_then(|last| last.get_datetime("majorityWriteDate").ok());
    date.or_else(|| hello.get_datetime("localTime").ok()).copied()
}

/// The document of an active account.
pub(super) fn active(id: UserId) -> Document {
    doc! {"_id": key(id), "state": "active"}
}

/// [`TokenStatus::next_version`] by the server.
pub(super) fn next_version() -> Document {
    let mut change = counted_change();
    change.extend(doc! {"ver": {"$add": ["$ver", 1_i64]}, "signed_out": []});
    change
}

/// What each change of a token status or a display name also changes. The field is absent in what an earlier release stored.
pub(super) fn counted_change() -> Document {
    doc! {"changes": {"$add": [{"$ifNull": ["$changes", 0_i64]}, 1_i64]}, "changed_at": "$$NOW"}
}

/// [`TokenStatus::without_session`] by the server.
fn without_session(end: SessionEnd) -> Vec<Document> {
    let (sid, until): (_, DateTime) =
        (mongodb::bson::Uuid::from_bytes(end.sid.into_bytes()), date(end.until));
    let still_due = doc! {"$and": [{"$gt": ["$$this.until", "$$NOW"]}, {"$ne": ["$$this.sid", sid]}]};
    let kept = doc! {"$filter": {"input": "$signed_out", "cond": still_due}};
    let full = doc! {"$gte": [{"$size": "$signed_out"}, TokenStatus::MAX_SIGNED_OUT as i64]};
    let one_more = doc! {"$concatArrays": ["$signed_out", [{"sid": sid, "until": until}]]};
    let mut change = counted_change();
    change.extend(doc! {
        "ver": {"$cond": [full.clone(), {"$add": ["$ver", 1_i64]}, "$ver"]},
        "signed_out": {"$cond": [full, [], one_more]},
    });
    vec![doc! {"$set": {"signed_out": kept}}, doc! {"$set": change}]
}
