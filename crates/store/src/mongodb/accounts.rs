//! The accounts in MongoDB.
//!
//! Changes are pipelines, so that the server's clock stamps them. A client's text in a pipeline is always a `$literal`: the
//! server would read a name like `$ver` as a field.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::TryStreamExt;
use futures_util::future::join_all;
use mongodb::bson::{Document, Uuid, doc};
use mongodb::options::ReturnDocument;

use super::client::{OPERATION_TIMEOUT, unless_duplicate};
use super::documents::{UserDocument, corrupt, key};
use super::tokens::{active, counted_change, next_version};
use super::{Mongo, limited};
use crate::{
    Account, Accounts, ClaimId, Created, DELETION_CLAIM_TIMEOUT, DisplayName, MAX_PAGE, NewUser, StoreError,
    User, UserId, UserPage, Username,
};

/// Maximum time until an append that was accepted before a deletion began is stored, if it ever is: the check of its sender
/// may be from before the deletion.
const APPEND_GRACE_MS: i64 = 10_000;

#[async_trait]
impl Accounts for Mongo {
    async fn create(&self, new: NewUser) -> Result<Created, StoreError> {
        // An update, since the server stamps no insert with this kind of time.
        let user = UserDocument::new(&new);
        let times = doc! {"created_at": "$$NOW", "updated_at": "$$NOW", "changed_at": "$$NOW"};
        let created = doc! {"$replaceWith": {"$mergeObjects": [{"$literal": user.to_document()?}, times]}};
        let id = doc! {"_id": user.id};
        let creating = self.users.find_one_and_update(id, vec![created]).upsert(true);
        let creating = creating.return_document(ReturnDocument::After).max_time(OPERATION_TIMEOUT);
        let created = unless_duplicate(creating).await?.flatten();
        Ok(created.map_or(Created::Taken, |user| Created::User(user.into())))
    }

    async fn by_id(&self, id: UserId) -> Result<Option<User>, StoreError> {
        let store = self.clone();
        let read = |ids: Vec<UserId>| async move { store.by_ids(&ids).await };
        self.users_by_id.read(id, read).await
    }

    async fn by_ids(&self, ids: &[UserId]) -> Result<HashMap<UserId, User>, StoreError> {
        let keys: Vec<_> = ids.iter().copied().map(key).collect();
        let found = self.many(doc! {"_id": {"$in": keys}, "state": "active"}, doc! {"_id": 1}, 0).await?;
        Ok(found.into_iter().map(User::from).map(|user| (user.id, user)).collect())
    }

    async fn by_usernames(&self, usernames: &[Username]) -> Result<Vec<User>, StoreError> {
        let folded: Vec<_> = usernames.iter().map(Username::folded).collect();
        let found =
            self.many(doc! {"folded": {"$in": folded}, "state": "active"}, doc! {"_id": 1}, 0).await?;
        Ok(found.into_iter().map(User::from).collect())
    }

    async fn by_username(&self, username: &Username) -> Result<Option<User>, StoreError> {
        Ok(limited(self.for_clients.users.find_one(named(username))).await?.map(User::from))
    }

    async fn page(&self, after: Option<UserId>, limit: u32) -> Result<Arc<UserPage>, StoreError> {
        let store = self.clone();
        let read = |parts: Vec<_>| async move {
            let pages = join_all(parts.iter().map(|&(after, limit)| store.list(after, limit))).await;
            Ok(parts.into_iter().zip(pages).collect())
        };
        let found = self.user_pages.read((after, limit.clamp(1, MAX_PAGE)), read).await?;
        found.unwrap_or_else(|| Err(corrupt("a part of the list of users without a page")))
    }

    async fn account_by_username(&self, username: &Username) -> Result<Option<Account>, StoreError> {
        self.one(named(username)).await?.map(Account::try_from).transpose()
    }

    async fn account_by_id(&self, id: UserId) -> Result<Option<Account>, StoreError> {
        self.one(active(id)).await?.map(Account::try_from).transpose()
    }

    async fn rename(&self, id: UserId, display_name: &DisplayName) -> Result<Option<User>, StoreError> {
        let mut change = counted_change();
        change.extend(named_for_others(display_name));
        change.insert("updated_at", "$$NOW");
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
            change.extend(named_for_others(display_name));
        }
        self.change(filter, vec![doc! {"$set": change}]).await?.map(Account::try_from).transpose()
    }

    async fn replace_hash(&self, id: UserId, old_hash: &str, new_hash: &str) -> Result<(), StoreError> {
        let mut filter = active(id);
        filter.insert("password_hash", old_hash);
        self.change(filter, vec![doc! {"$set": {"password_hash": literal(new_hash)}}]).await.map(drop)
    }

    async fn begin_deletion(&self, id: UserId) -> Result<bool, StoreError> {
        let mut change = next_version();
        change.extend(doc! {"state": "deleting", "erase_after": "$$NOW"});
        Ok(self.change(active(id), vec![doc! {"$set": change}]).await?.is_some())
    }

    /// For a user who is already deleted it only notes that the entries were erased again.
    async fn finish_deletion(&self, id: UserId) -> Result<(), StoreError> {
        let later = doc! {"$add": ["$$NOW", APPEND_GRACE_MS]};
        let is_first = doc! {"$eq": ["$state", "deleting"]};
        let erase_after = doc! {"$cond": [is_first, later, "$$REMOVE"]};
        let mut gone = counted_change();
        gone.extend(doc! {
            "username": "", "display_name": "", "folded_display": "", "password_hash": "", "folded": "$$REMOVE",
            "updated_at": "$$NOW", "state": "deleted", "erase_after": erase_after, "claim": "$$REMOVE",
        });
        let filter = doc! {"_id": key(id), "state": {"$in": ["deleting", "deleted"]}};
        self.change(filter, vec![doc! {"$set": gone}]).await.map(drop)
    }

    async fn due_deletions(&self) -> Result<Vec<UserId>, StoreError> {
        let found = self.many(due(doc! {"$lte": [claimed_until(), "$$NOW"]}), doc! {"_id": 1}, 0).await?;
        Ok(found.iter().map(UserDocument::user_id).collect())
    }

    async fn claim_deletion(&self, id: UserId, claim: ClaimId) -> Result<bool, StoreError> {
        let by = Uuid::from_bytes(claim.0.into_bytes());
        let is_free = doc! {"$or": [{"$lte": [claimed_until(), "$$NOW"]}, {"$eq": ["$claim.by", by]}]};
        let mut filter = due(is_free);
        filter.insert("_id", key(id));
        let until = doc! {"$add": ["$$NOW", DELETION_CLAIM_TIMEOUT.as_millis() as i64]};
        let claimed = doc! {"$set": {"claim": {"by": by, "until": until}}};
        Ok(self.change(filter, vec![claimed]).await?.is_some())
    }

    async fn release_deletion(&self, id: UserId, claim: ClaimId) -> Result<(), StoreError> {
        let filter = doc! {"_id": key(id), "claim.by": Uuid::from_bytes(claim.0.into_bytes())};
        self.change(filter, vec![doc! {"$unset": "claim"}]).await.map(drop)
    }

    async fn ping(&self) -> Result<(), StoreError> {
        limited(self.database.run_command(doc! {"ping": 1})).await.map(drop)
    }
}

impl Mongo {
    /// A part of the list of users.
    async fn list(&self, after: Option<UserId>, limit: u32) -> Result<Arc<UserPage>, StoreError> {
        let mut filter = doc! {"state": "active"};
        if let Some(after) = after {
            filter.insert("_id", doc! {"$gt": key(after)});
        }
        let finding = self.for_clients.users.find(filter).sort(doc! {"_id": 1}).limit(i64::from(limit) + 1);
        let reading = async { finding.await?.try_collect::<Vec<_>>().await };
        let users = limited(Box::pin(reading)).await?.into_iter().map(User::from).collect();
        Ok(Arc::new(UserPage::of(users, limit)))
    }
}

/// When the claim of a user's deletion ends; the present time if there is none.
fn claimed_until() -> Document {
    doc! {"$ifNull": ["$claim.until", "$$NOW"]}
}

/// Matches users with a deletion whose next step is due, if an expression about the claim is true. An index finds
/// each part: nobody else is looked at. A release that set no `erase_after` may have begun a deletion.
fn due(claim: Document) -> Document {
    let is_time = doc! {"$lte": [{"$ifNull": ["$erase_after", "$$NOW"]}, "$$NOW"]};
    doc! {
        "$or": [{"state": "deleting"}, {"erase_after": {"$exists": true}}],
        "$expr": {"$and": [is_time, claim]},
    }
}

fn named(username: &Username) -> Document {
    doc! {"folded": username.folded(), "state": "active"}
}

fn named_for_others(name: &DisplayName) -> Document {
    doc! {"display_name": literal(name.as_str()), "folded_display": literal(&name.folded())}
}

fn literal(text: &str) -> Document {
    doc! {"$literal": text}
}
