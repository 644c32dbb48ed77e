//! The target of a move: inserts in order what is copied, and reads it back.

use async_trait::async_trait;
use futures_util::TryStreamExt;
use mongodb::Collection;
use mongodb::bson::{Document, RawDocumentBuf, doc};
use mongodb::options::ReturnDocument;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::client::OPERATION_TIMEOUT;
use super::documents::{
    EntryDocument, MembershipDocument, RoomDocument, UserDocument, key, membership_key, user_id,
};
use super::{Mongo, OpenError, limited};
use crate::contents::{Contents, Cursor, MAX_COPIED, Page, StoredEntry, StoredUser, Totals};
use crate::{Membership, NodeId, Nodes, Retention, Room, RoomId, StoreError};

/// The key of the document that marks a move.
const MOVE: &str = "from the embedded store";
/// Collections whose documents are no data.
const NO_DATA: [&str; 6] = ["nodes", "claims", "turns", "writers", "moves", "schema"];

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
                Cursor::Users(limited(last_of(&self.mongo.users)).await?.map(|last| user_id(last.id)))
            }
            Cursor::Rooms(_) => {
                let last = limited(last_of(&self.mongo.rooms)).await?;
                Cursor::Rooms(last.map(Room::try_from).transpose()?.map(|room| room.id))
            }
            Cursor::Memberships(_) => {
                let last = limited(last_of(&self.mongo.memberships)).await?;
                let last = last.map(Membership::try_from).transpose()?;
                Cursor::Memberships(last.map(|last| (last.room, last.user)))
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
            Page::Rooms(rooms) => {
                let documents: Vec<_> = rooms.iter().map(RoomDocument::new).collect();
                limited(self.mongo.rooms.insert_many(&documents).ordered(true)).await.map(drop)
            }
            Page::Memberships(memberships) => {
                let documents: Vec<_> = memberships.iter().map(MembershipDocument::new).collect();
                limited(self.mongo.memberships.insert_many(&documents).ordered(true)).await.map(drop)
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

    /// The next rooms or memberships by their keys.
    async fn sorted<D, T>(&self, of: &Collection<D>, filter: Option<Document>) -> Result<Vec<T>, StoreError>
    where
        D: DeserializeOwned + Send + Sync,
        T: TryFrom<D, Error = StoreError>,
    {
        let reading = async {
            let found = of.find(filter.unwrap_or_default()).sort(doc! {"_id": 1}).limit(MAX_COPIED as i64);
            found.max_time(OPERATION_TIMEOUT).await?.try_collect::<Vec<D>>().await
        };
        limited(Box::pin(reading)).await?.into_iter().map(T::try_from).collect()
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
            Cursor::Rooms(after) => {
                let filter = after.map(|after| doc! {"_id": {"$gt": after.to_string()}});
                self.sorted(&self.mongo.rooms, filter).await.map(Page::Rooms)
            }
            Cursor::Memberships(after) => {
                let filter = after.map(|(room, user)| doc! {"_id": {"$gt": membership_key(room, user)}});
                self.sorted(&self.mongo.memberships, filter).await.map(Page::Memberships)
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

/// The document with the last key.
async fn last_of<D: DeserializeOwned + Send + Sync>(of: &Collection<D>) -> mongodb::error::Result<Option<D>> {
    of.find_one(doc! {}).sort(doc! {"_id": -1}).max_time(OPERATION_TIMEOUT).await
}

/// Whether a database may be used, once it is open.
pub(super) async fn check(mongo: &Mongo) -> mongodb::error::Result<Result<(), OpenError>> {
    let database = mongo.database.name().to_owned();
    Ok(if mongo.is_half_moved().await? { Err(OpenError::HalfMoved(database)) } else { Ok(()) })
}
