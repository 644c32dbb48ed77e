//! The accounts in MongoDB.
//!
//! Changes are pipelines, so that the server's clock stamps them; a client's text in one is always a `$literal`, or
//! a name such as `$ver` would be read as a field.

use async_trait::async_trait;
use mongodb::bson::{DateTime, Document, doc};
use mongodb::options::ReturnDocument;

use super::documents::{UserDocument, date, key, moment};
use super::{Mongo, failure, limited};
use crate::{
    Account, ChangedTokenStatuses, Created, DisplayName, MAX_PAGE, NewUser, SessionEnd, StoreError,
    Timestamp, TokenStatus, User, UserId, Username, Users,
};

/// An append that was accepted before a deletion began has landed by then, or never will.
const APPENDS_LANDED_MS: i64 = 10_000;

#[async_trait]
impl Users for Mongo {
    async fn create(&self, new: NewUser) -> Result<Created, StoreError> {
        let document = UserDocument::new(&new, Timestamp::now());
        let inserting = async {
            match self.users.insert_one(&document).await {
                Err(error) if failure::is_duplicate(&error) => Ok(false),
                inserted => inserted.map(|_| true),
            }
        };
        let inserted = limited(Box::pin(inserting)).await?;
        Ok(if inserted { Created::User(document.into()) } else { Created::Taken })
    }

    async fn by_id(&self, id: UserId) -> Result<Option<User>, StoreError> {
        Ok(self.one(active(id)).await?.map(User::from))
    }

    async fn by_username(&self, username: &Username) -> Result<Option<User>, StoreError> {
        Ok(self.one(named(username)).await?.map(User::from))
    }

    async fn page(&self, after: Option<UserId>, limit: u32) -> Result<Vec<User>, StoreError> {
        let mut filter = doc! {"state": "active"};
        if let Some(after) = after {
            filter.insert("_id", doc! {"$gt": key(after)});
        }
        let limit = i64::from(limit.clamp(1, MAX_PAGE));
        let found = self.many(filter, doc! {"_id": 1}, limit).await?;
        Ok(found.into_iter().map(User::from).collect())
    }

    async fn account_by_username(&self, username: &Username) -> Result<Option<Account>, StoreError> {
        self.one(named(username)).await?.map(Account::try_from).transpose()
    }

    async fn account_by_id(&self, id: UserId) -> Result<Option<Account>, StoreError> {
        self.one(active(id)).await?.map(Account::try_from).transpose()
    }

    async fn rename(&self, id: UserId, display_name: &DisplayName) -> Result<Option<User>, StoreError> {
        let change = doc! {"display_name": literal(display_name.as_str()), "updated_at": "$$NOW", "changed_at": "$$NOW"};
        Ok(self.change(active(id), vec![doc! {"$set": change}]).await?.map(User::from))
    }

    async fn change_password(
        &self,
        id: UserId,
        old_hash: &str,
        new_hash: &str,
        display_name: Option<&DisplayName>,
    ) -> Result<Option<Account>, StoreError> {
        let mut filter = active(id);
        filter.insert("password_hash", old_hash);
        let mut change = next_version();
        change.insert("password_hash", literal(new_hash));
        change.insert("updated_at", "$$NOW");
        if let Some(display_name) = display_name {
            change.insert("display_name", literal(display_name.as_str()));
        }
        self.change(filter, vec![doc! {"$set": change}]).await?.map(Account::try_from).transpose()
    }

    async fn replace_hash(&self, id: UserId, old_hash: &str, new_hash: &str) -> Result<(), StoreError> {
        let mut filter = active(id);
        filter.insert("password_hash", old_hash);
        self.change(filter, vec![doc! {"$set": {"password_hash": literal(new_hash)}}]).await.map(drop)
    }

    async fn sign_out(&self, id: UserId, end: SessionEnd) -> Result<(), StoreError> {
        self.change(active(id), without_session(end)).await.map(drop)
    }

    async fn sign_out_everywhere(&self, id: UserId) -> Result<(), StoreError> {
        self.change(active(id), vec![doc! {"$set": next_version()}]).await.map(drop)
    }

    async fn token_status(&self, id: UserId) -> Result<Option<TokenStatus>, StoreError> {
        self.one(doc! {"_id": key(id)}).await?.map(|document| document.token_status()).transpose()
    }

    async fn changed_since(&self, since: Timestamp) -> Result<ChangedTokenStatuses, StoreError> {
        let now = self.now().await?;
        let found = self.many(doc! {"changed_at": {"$gt": date(since)}}, doc! {"changed_at": 1}, 0).await?;
        let statuses = found.iter().map(|document| Ok((document.user_id(), document.token_status()?)));
        Ok(ChangedTokenStatuses { statuses: statuses.collect::<Result<_, StoreError>>()?, now })
    }

    async fn begin_deletion(&self, id: UserId) -> Result<bool, StoreError> {
        let mut change = next_version();
        change.insert("state", "deleting");
        Ok(self.change(active(id), vec![doc! {"$set": change}]).await?.is_some())
    }

    /// Of a user who is deleted already it only notes that the entries were blanked once more.
    async fn finish_deletion(&self, id: UserId) -> Result<(), StoreError> {
        let later = doc! {"$add": ["$$NOW", APPENDS_LANDED_MS]};
        let is_first = doc! {"$eq": ["$state", "deleting"]};
        let erase_after = doc! {"$cond": [is_first, later, "$$REMOVE"]};
        let gone = doc! {
            "username": "", "display_name": "", "password_hash": "", "folded": "$$REMOVE",
            "updated_at": "$$NOW", "state": "deleted", "erase_after": erase_after,
        };
        let filter = doc! {"_id": key(id), "state": {"$in": ["deleting", "deleted"]}};
        self.change(filter, vec![doc! {"$set": gone}]).await.map(drop)
    }

    async fn unfinished_deletions(&self) -> Result<Vec<UserId>, StoreError> {
        let due = doc! {"erase_after": {"$lte": date(self.now().await?)}};
        let filter = doc! {"$or": [{"state": "deleting"}, due]};
        let found = self.many(filter, doc! {"_id": 1}, 0).await?;
        Ok(found.iter().map(UserDocument::user_id).collect())
    }

    async fn ping(&self) -> Result<(), StoreError> {
        limited(self.database.run_command(doc! {"ping": 1})).await.map(drop)
    }
}

impl Mongo {
    async fn one(&self, filter: Document) -> Result<Option<UserDocument>, StoreError> {
        limited(self.users.find_one(filter)).await
    }

    /// Documents in an order; 0 means all.
    async fn many(
        &self,
        filter: Document,
        order: Document,
        limit: i64,
    ) -> Result<Vec<UserDocument>, StoreError> {
        use futures_util::TryStreamExt;
        let reading = async { self.users.find(filter).sort(order).limit(limit).await?.try_collect().await };
        limited(Box::pin(reading)).await
    }

    /// Changes one document, if there is one, and gives what it became.
    async fn change(
        &self,
        filter: Document,
        stages: Vec<Document>,
    ) -> Result<Option<UserDocument>, StoreError> {
        limited(self.users.find_one_and_update(filter, stages).return_document(ReturnDocument::After)).await
    }

    /// The server's clock.
    async fn now(&self) -> Result<Timestamp, StoreError> {
        let hello = limited(self.database.run_command(doc! {"hello": 1})).await?;
        let now = hello.get_datetime("localTime").copied();
        now.map(moment).map_err(|_| StoreError::Corrupt("the server tells no time".to_owned()))
    }
}

fn active(id: UserId) -> Document {
    doc! {"_id": key(id), "state": "active"}
}

fn named(username: &Username) -> Document {
    doc! {"folded": username.folded(), "state": "active"}
}

fn literal(text: &str) -> Document {
    doc! {"$literal": text}
}

/// [`TokenStatus::next_version`] by the server.
fn next_version() -> Document {
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
