//! Erasing one sender's entries in MongoDB, piece by piece: room by room, in the order of the index by sender. A piece is a
//! range of the index with a bounded number of keys, so that neither erased entries nor others' cost more than that.

use async_trait::async_trait;
use futures_util::TryStreamExt;
use mongodb::bson::{Bson, Document, doc};
use mongodb::options::Hint;

use super::super::client::OPERATION_TIMEOUT;
use super::super::documents::{ENTRIES_BY_MENTION, corrupt, key};
use super::super::{Mongo, limited};
use super::by_sender;
use crate::{Erasing, MAX_ERASED_PIECE, StoreError, UserId};

/// Maximum number of entries that one write takes the user out of.
const MAX_MENTIONING_PIECE: i64 = MAX_ERASED_PIECE as i64;

/// Where the erasing is: after this room and id, of one sender.
pub(super) struct MongoErasing {
    mongo: Mongo,
    sender: UserId,
    room: String,
    /// The last id that was looked at in the room; `None` when the room is done.
    after: Option<String>,
    /// Whether others' entries are being looked at, which mention the user.
    is_at_mentions: bool,
}

impl MongoErasing {
    pub(super) fn new(mongo: Mongo, sender: UserId) -> Self {
        Self { mongo, sender, room: String::new(), after: None, is_at_mentions: false }
    }

    /// Goes to the next room that the sender wrote in. False when there is none.
    async fn next_room(&mut self) -> Result<bool, StoreError> {
        // With the range of rooms and the hint, the server skips from room to room.
        let filter = doc! {"room": {"$gt": &self.room}, "sender_id": key(self.sender)};
        let Some(room) = self.first_key(filter, 0, "room").await? else { return Ok(false) };
        (self.room, self.after) = (room, Some(String::new()));
        Ok(true)
    }

    /// One field of the key that comes this number of keys after the first one, from the index alone.
    async fn first_key(
        &self,
        filter: Document,
        skip: u64,
        field: &str,
    ) -> Result<Option<String>, StoreError> {
        let keys = self.mongo.entries.clone_with_type::<Document>();
        let finding = keys
            .find_one(filter)
            .hint(by_sender())
            .sort(doc! {"room": 1, "sender_id": 1, "id": 1})
            .skip(skip)
            .projection(doc! {"_id": 0, field: 1})
            .max_time(OPERATION_TIMEOUT);
        let text = |found: Document| found.get_str(field).map(str::to_owned);
        limited(finding).await?.map(text).transpose().map_err(|_| corrupt("an entry without room or id"))
    }
}

impl MongoErasing {
    /// Takes the user out of the mentions of some entries. Returns whether there may be more.
    async fn take_out_mentions(&self) -> Result<bool, StoreError> {
        let mentioning = doc! {"mentions.id": key(self.sender)};
        let keys = self.mongo.entries.clone_with_type::<Document>();
        let finding = keys
            .find(mentioning.clone())
            .hint(Hint::Name(ENTRIES_BY_MENTION.to_owned()))
            .projection(doc! {"_id": 1})
            .limit(MAX_MENTIONING_PIECE)
            .max_time(OPERATION_TIMEOUT);
        let reading = async { finding.await?.try_collect::<Vec<Document>>().await };
        let found = limited(Box::pin(reading)).await?;
        let keys: Vec<_> = found.into_iter().filter_map(|mut found| found.remove("_id")).collect();
        let count = keys.len();
        let pull = doc! {"$pull": {"mentions": {"id": key(self.sender)}}};
        let these = doc! {"_id": {"$in": keys}};
        limited(self.mongo.entries.update_many(these, pull)).await?;
        Ok(count as i64 == MAX_MENTIONING_PIECE)
    }
}

#[async_trait]
impl Erasing for MongoErasing {
    async fn erase_some(&mut self) -> Result<bool, StoreError> {
        if self.is_at_mentions || (self.after.is_none() && !self.next_room().await?) {
            self.is_at_mentions = true;
            return self.take_out_mentions().await;
        }
        let mut ids = doc! {"$gt": self.after.as_deref().unwrap_or_default()};
        let piece = |ids: &Document| doc! {"room": &self.room, "sender_id": key(self.sender), "id": ids};
        let last = self.first_key(piece(&ids), MAX_ERASED_PIECE as u64 - 1, "id").await?;
        if let Some(last) = &last {
            ids.insert("$lte", last);
        }
        let mut filter = piece(&ids);
        filter.insert("sender", doc! {"$ne": Bson::Null});
        let blank = doc! {"$set": {"sender": Bson::Null, "text": Bson::Null}, "$unset": {"mentions": true}};
        limited(self.mongo.entries.update_many(filter, blank).hint(by_sender())).await?;
        self.after = last;
        Ok(true)
    }
}
