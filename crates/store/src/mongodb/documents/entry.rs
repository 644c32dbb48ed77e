//! The documents of `entries`.

use mongodb::bson::{DateTime, Uuid};
use serde::{Deserialize, Serialize};

use super::{corrupt, date, key, timestamp, user_id};
use crate::{Entry, Kind, NewEntry, RoomId, Sender, StoreError, UserId};

/// A document of `entries`. Erasing sets `sender` and `text` to null and keeps `sender_id`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::mongodb) struct EntryDocument {
    pub(in crate::mongodb) room: String,
    pub(in crate::mongodb) seq: i64,
    kind: String,
    pub(in crate::mongodb) id: String,
    pub(in crate::mongodb) sender_id: Uuid,
    sender: Option<SenderDocument>,
    text: Option<String>,
    sent_at: DateTime,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct SenderDocument {
    username: String,
    display_name: String,
}

impl EntryDocument {
    /// A message with its number.
    pub(in crate::mongodb) fn new(seq: u64, new: &NewEntry) -> Self {
        let sender = SenderDocument {
            username: new.sender.username.clone(),
            display_name: new.sender.display_name.clone(),
        };
        Self {
            room: new.room.to_string(),
            seq: seq.cast_signed(),
            kind: Kind::Message.as_str().to_owned(),
            id: new.id.as_str().to_owned(),
            sender_id: key(new.sender.id),
            sender: Some(sender),
            text: Some(new.text.as_str().to_owned()),
            sent_at: date(new.sent_at),
        }
    }

    /// The sender's id, which an erased entry keeps.
    pub(in crate::mongodb) fn sender(&self) -> UserId {
        user_id(self.sender_id)
    }
}

impl TryFrom<EntryDocument> for Entry {
    type Error = StoreError;

    fn try_from(document: EntryDocument) -> Result<Self, StoreError> {
        let id = user_id(document.sender_id);
        let named = |SenderDocument { username, display_name }| Sender { id, username, display_name };
        Ok(Self {
            room: RoomId::parse(&document.room).ok_or_else(|| corrupt("not the id of a room"))?,
            seq: document.seq.cast_unsigned(),
            kind: Kind::parse(&document.kind),
            id: document.id,
            sender: document.sender.map(named),
            text: document.text,
            sent_at: timestamp(document.sent_at),
        })
    }
}
