//! The documents of `rooms`.

use mongodb::bson::{DateTime, Document, Uuid, serialize_to_document};
use serde::{Deserialize, Serialize};

use super::{corrupt, date, key, timestamp, user_id};
use crate::{Room, RoomId, RoomKind, RoomName, StoreError, Topic, UserId};

/// A document of `rooms`. `folded` is there only for a public room.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::mongodb) struct RoomDocument {
    #[serde(rename = "_id")]
    id: String,
    kind: String,
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    folded: Option<String>,
    topic: String,
    created_by: Option<Uuid>,
    owners: Vec<Uuid>,
    people: Vec<Uuid>,
    archived: bool,
    changes: i64,
    changed_at: DateTime,
}

impl RoomDocument {
    pub(in crate::mongodb) fn new(room: &Room) -> Self {
        let keys = |users: &[UserId]| users.iter().copied().map(key).collect();
        Self {
            id: room.id.to_string(),
            kind: room.kind.as_str().to_owned(),
            name: room.name.as_ref().map(|name| name.as_str().to_owned()),
            folded: folded(room).map(str::to_owned),
            topic: room.topic.as_str().to_owned(),
            created_by: room.created_by.map(key),
            owners: keys(&room.owners),
            people: keys(&room.people),
            archived: room.is_archived,
            changes: room.changes.cast_signed(),
            changed_at: date(room.changed_at),
        }
    }

    /// Its form in the collection.
    pub(in crate::mongodb) fn to_document(&self) -> Result<Document, StoreError> {
        serialize_to_document(self).map_err(|_| corrupt("not a document"))
    }
}

/// The name that must be unique.
pub(in crate::mongodb) fn folded(room: &Room) -> Option<&str> {
    let is_public = room.kind == RoomKind::Public;
    room.name.as_ref().filter(|_| is_public).map(RoomName::folded)
}

impl TryFrom<RoomDocument> for Room {
    type Error = StoreError;

    fn try_from(document: RoomDocument) -> Result<Self, StoreError> {
        let name = document.name.map(|name| RoomName::parse(&name)).transpose();
        let ids = |keys: Vec<Uuid>| keys.into_iter().map(user_id).collect();
        Ok(Self {
            id: RoomId::parse(&document.id).ok_or_else(|| corrupt("not the id of a room"))?,
            kind: RoomKind::parse(&document.kind).ok_or_else(|| corrupt("not the kind of a room"))?,
            name: name.map_err(|_| corrupt("not the name of a room"))?,
            topic: Topic::parse(&document.topic).map_err(|_| corrupt("not a topic"))?,
            created_by: document.created_by.map(user_id),
            owners: ids(document.owners),
            people: ids(document.people),
            is_archived: document.archived,
            changes: document.changes.cast_unsigned(),
            changed_at: timestamp(document.changed_at),
        })
    }
}
