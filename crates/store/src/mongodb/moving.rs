//! The target of a move: inserts in order what is copied, and reads it back.

use async_trait::async_trait;
use futures_util::TryStreamExt;
use mongodb::bson::{Document, RawDocumentBuf, doc};
use mongodb::options::ReturnDocument;
use serde::{Deserialize, Serialize};

use super::client::OPERATION_TIMEOUT;
use super::documents::{EntryDocument, UserDocument, key, user_id};
use super::{Mongo, OpenError, limited};
use crate::contents::{Contents, Cursor, MAX_COPIED, Page, StoredEntry, StoredUser, Totals};
use crate::{NodeId, Nodes, Retention, RoomId, StoreError};

/// The key of the document that marks a move.
const MOVE: &str = "from the embedded store";
/// Collections whose documents are no data.
const NO_DATA: [&str; 5] = ["nodes", "claims", "turns", "writers", "moves"];

/// The document of `moves`.
#[derive(Serialize, Deserialize)]
pub(super) struct MoveDocument {
    #[serde(rename = "_id")]
    id: String,
    /// The sum over the embedded store.
    source: String,
    is_done: bool,
}

/// How a move begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Began {
    /// In an empty database.
    New,
    /// Where an earlier run of the same move stopped.
    Resumed,
    /// An earlier run moved all.
    Done,
}

/// A database that an embedded store is moved to.
pub(crate) struct Target {
    mongo: Mongo,
}

impl Mongo {
    /// Whether a move into this database has begun and not ended.
    pub(super) async fn is_half_moved(&self) -> mongodb::error::Result<bool> {
        let begun = doc! {"_id": MOVE, "is_done": false};
        Ok(self.moves.find_one(begun).max_time(OPERATION_TIMEOUT).await?.is_some())
    }

    /// A collection that has data.
    async fn collection_with_data(&self) -> Result<Option<String>, StoreError> {
        let names = limited(self.database.list_collection_names()).await?;
        let mut names: Vec<_> = names.into_iter().filter(|name| !name.starts_with("system.")).collect();
        names.retain(|name| !NO_DATA.contains(&name.as_str()));
        for name in names {
            let found = self.database.collection::<Document>(&name);
            if limited(found.find_one(doc! {}).max_time(OPERATION_TIMEOUT)).await?.is_some() {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }
}

impl Target {
    /// Connects, and makes the indexes.
    pub(crate) async fn open(uri: &str) -> Result<Self, OpenError> {
        super::connect(uri).await.map(|(mongo, ..)| Self { mongo })
    }

    /// The name of the database.
    pub(crate) fn database(&self) -> &str {
        self.mongo.database.name()
    }

    /// Marks the database as the target of this move, if it is empty or marked so already.
    pub(crate) async fn begin(&self, source: &Totals) -> Result<Began, OpenError> {
        let database = || self.database().to_owned();
        if let Some(begun) = limited(self.mongo.moves.find_one(doc! {"_id": MOVE})).await? {
            return match begun {
                MoveDocument { source: other, .. } if other != source.sum => {
                    Err(OpenError::OtherMove(database()))
                }
                MoveDocument { is_done: true, .. } => Ok(Began::Done),
                MoveDocument { .. } => Ok(Began::Resumed),
            };
        }
        if !self.mongo.others(NodeId::new(), &Default::default()).await?.is_empty() {
            return Err(OpenError::Running(database()));
        }
        if let Some(collection) = self.mongo.collection_with_data().await? {
            return Err(OpenError::NotEmpty { database: database(), collection });
        }
        let mark = MoveDocument { id: MOVE.to_owned(), source: source.sum.clone(), is_done: false };
        limited(self.mongo.moves.insert_one(&mark)).await?;
        Ok(Began::New)
    }

    /// Marks the move as done: Natter starts on the database from now on.
    pub(crate) async fn finish(&self) -> Result<(), StoreError> {
        let done = doc! {"$set": {"is_done": true}};
        let marking = self.mongo.moves.find_one_and_update(doc! {"_id": MOVE}, done);
        let marking = marking.return_document(ReturnDocument::After).max_time(OPERATION_TIMEOUT);
        let marked = limited(marking).await?.is_some_and(|mark| mark.is_done);
        if marked { Ok(()) } else { Err(StoreError::Corrupt("the mark of the move is gone".to_owned())) }
    }

    /// The cursor after the last of the users, or of a room's entries, that a majority has.
    pub(crate) async fn end(&self, of: Cursor) -> Result<Cursor, StoreError> {
        Ok(match of {
            Cursor::Users(_) => {
                let last = self.mongo.users.find_one(doc! {}).sort(doc! {"_id": -1});
                Cursor::Users(limited(last.max_time(OPERATION_TIMEOUT)).await?.map(|last| user_id(last.id)))
            }
            Cursor::Entries(room, _) => Cursor::Entries(room, self.mongo.last_seq(room).await?),
        })
    }

    /// Inserts a page in its order. After an error a beginning of it is there.
    pub(crate) async fn insert(&self, page: &Page) -> Result<(), StoreError> {
        match page {
            Page::Users(users) => {
                let documents: Vec<_> = users.iter().map(UserDocument::of_stored).collect();
                limited(self.mongo.users.insert_many(&documents).ordered(true)).await.map(drop)
            }
            Page::Entries(entries) => {
                let keys = &self.mongo.entry_keys;
                let documents: Vec<RawDocumentBuf> = entries
                    .iter()
                    .map(|stored| super::documents::stored_entry_document(keys.next(), stored))
                    .collect();
                let entries = self.mongo.entries.clone_with_type::<RawDocumentBuf>();
                limited(entries.insert_many(&documents).ordered(true)).await.map(drop)
            }
        }
    }

    async fn users(&self, filter: Document) -> Result<Vec<StoredUser>, StoreError> {
        let found = self.mongo.many(filter, doc! {"_id": 1}, MAX_COPIED as i64).await?;
        found.into_iter().map(UserDocument::into_stored).collect()
    }

    async fn entries(&self, filter: Document) -> Result<Vec<StoredEntry>, StoreError> {
        let reading = async {
            let found = self.mongo.entries.find(filter).sort(doc! {"seq": 1}).limit(MAX_COPIED as i64);
            found.max_time(OPERATION_TIMEOUT).await?.try_collect::<Vec<EntryDocument>>().await
        };
        let found = limited(Box::pin(reading)).await?;
        let stored = |document: EntryDocument| {
            Ok(StoredEntry { sender_id: document.sender(), entry: document.try_into()? })
        };
        found.into_iter().map(stored).collect()
    }
}

#[async_trait]
impl Contents for Target {
    async fn page(&self, after: Cursor) -> Result<Page, StoreError> {
        match after {
            Cursor::Users(None) => self.users(doc! {}).await.map(Page::Users),
            Cursor::Users(Some(after)) => {
                self.users(doc! {"_id": {"$gt": key(after)}}).await.map(Page::Users)
            }
            Cursor::Entries(room, after) => {
                let filter = doc! {"room": room.to_string(), "seq": {"$gt": after.cast_signed()}};
                self.entries(filter).await.map(Page::Entries)
            }
        }
    }

    async fn next_room(&self, after: Option<RoomId>) -> Result<Option<RoomId>, StoreError> {
        Retention::next_room(&self.mongo, after).await
    }
}

/// Whether a database may be used, once it is open.
pub(super) async fn check(mongo: &Mongo) -> mongodb::error::Result<Result<(), OpenError>> {
    let database = mongo.database.name().to_owned();
    Ok(if mongo.is_half_moved().await? { Err(OpenError::HalfMoved(database)) } else { Ok(()) })
}
