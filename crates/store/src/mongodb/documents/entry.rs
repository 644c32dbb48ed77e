//! The documents of `entries`.

use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{DateTime, RawBinaryRef, RawDocumentBuf, Uuid, cstr};
use serde::Deserialize;

use super::{corrupt, date, timestamp, user_id};
use crate::{Entry, Kind, NewEntry, RoomId, Sender, StoreError, UserId};

/// A document of `entries`. Erasing sets `sender` and `text` to null and keeps `sender_id`.
#[derive(Debug, Clone, Deserialize)]
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

#[derive(Debug, Clone, Deserialize)]
struct SenderDocument {
    username: String,
    display_name: String,
}

/// The document of a message with its key and its number, in the form that MongoDB takes: every message passes here.
pub(in crate::mongodb) fn entry_document(key: [u8; 16], seq: u64, new: &NewEntry) -> RawDocumentBuf {
    let binary = |subtype, bytes| RawBinaryRef { subtype, bytes };
    let mut sender = RawDocumentBuf::new();
    sender.append(cstr!("username"), new.sender.username.as_str());
    sender.append(cstr!("display_name"), new.sender.display_name.as_str());
    let mut document = RawDocumentBuf::new();
    document.append(cstr!("_id"), binary(BinarySubtype::Generic, &key[..]));
    document.append(cstr!("room"), new.room.to_string());
    document.append(cstr!("seq"), seq.cast_signed());
    document.append(cstr!("kind"), Kind::Message.as_str());
    document.append(cstr!("id"), new.id.as_str());
    document.append(cstr!("sender_id"), binary(BinarySubtype::Uuid, &new.sender.id.0.as_bytes()[..]));
    document.append(cstr!("sender"), sender);
    document.append(cstr!("text"), new.text.as_str());
    document.append(cstr!("sent_at"), date(new.sent_at));
    document
}

impl EntryDocument {
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
