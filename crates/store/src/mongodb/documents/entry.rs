//! The documents of `entries`.

use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{DateTime, RawArrayBuf, RawBinaryRef, RawBsonRef, RawDocumentBuf, Uuid, cstr};
use serde::Deserialize;

use super::{corrupt, date, timestamp, user_id};
use crate::contents::StoredEntry;
use crate::{Entry, Kind, Mention, NewEntry, RoomId, Sender, StoreError, Timestamp, UserId};

/// A document of `entries`. Erasing sets `sender` and `text` to null, removes
/// `mentions` and keeps `sender_id`.
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
    /// Absent when there are none.
    #[serde(default)]
    mentions: Vec<MentionDocument>,
}

#[derive(Debug, Clone, Deserialize)]
struct MentionDocument {
    id: Uuid,
    username: String,
}

#[derive(Debug, Clone, Deserialize)]
struct SenderDocument {
    username: String,
    display_name: String,
}

/// The parts of a document of `entries`.
struct Parts<'a> {
    room: RoomId,
    seq: u64,
    kind: &'a str,
    id: &'a str,
    sender_id: UserId,
    sender: Option<&'a Sender>,
    text: Option<&'a str>,
    sent_at: Timestamp,
    mentions: &'a [Mention],
}

/// The document of a message with its key and its number, in the form that MongoDB takes: every message passes here.
pub(in crate::mongodb) fn entry_document(key: [u8; 16], seq: u64, new: &NewEntry) -> RawDocumentBuf {
    let (id, sender, text) = (new.id.as_str(), Some(&new.sender), Some(new.text.as_str()));
    let (kind, sender_id) = (Kind::Message.as_str(), new.sender.id);
    let (sent_at, mentions) = (new.sent_at, new.mentions.as_slice());
    document(key, Parts { room: new.room, seq, kind, id, sender_id, sender, text, sent_at, mentions })
}

/// The document of an entry that another store has, with its key.
pub(in crate::mongodb) fn stored_entry_document(key: [u8; 16], stored: &StoredEntry) -> RawDocumentBuf {
    let &StoredEntry { ref entry, sender_id } = stored;
    let &Entry { room, seq, ref kind, ref id, ref sender, ref text, ref mentions, sent_at } = entry;
    let (sender, text, kind) = (sender.as_ref(), text.as_deref(), kind.as_str());
    document(key, Parts { room, seq, kind, id, sender_id, sender, text, sent_at, mentions })
}

fn document(key: [u8; 16], parts: Parts<'_>) -> RawDocumentBuf {
    let binary = |subtype, bytes| RawBinaryRef { subtype, bytes };
    let mut document = RawDocumentBuf::new();
    document.append(cstr!("_id"), binary(BinarySubtype::Generic, &key[..]));
    document.append(cstr!("room"), parts.room.to_string());
    document.append(cstr!("seq"), parts.seq.cast_signed());
    document.append(cstr!("kind"), parts.kind);
    document.append(cstr!("id"), parts.id);
    document.append(cstr!("sender_id"), binary(BinarySubtype::Uuid, &parts.sender_id.0.as_bytes()[..]));
    match parts.sender {
        Some(sender) => document.append(cstr!("sender"), sender_document(sender)),
        None => document.append(cstr!("sender"), RawBsonRef::Null),
    }
    match parts.text {
        Some(text) => document.append(cstr!("text"), text),
        None => document.append(cstr!("text"), RawBsonRef::Null),
    }
    document.append(cstr!("sent_at"), date(parts.sent_at));
    if !parts.mentions.is_empty() {
        document.append(cstr!("mentions"), mention_documents(parts.mentions));
    }
    document
}

fn mention_documents(mentions: &[Mention]) -> RawArrayBuf {
    let mention = |mention: &Mention| {
        let (subtype, bytes) = (BinarySubtype::Uuid, &mention.id.0.as_bytes()[..]);
        let mut document = RawDocumentBuf::new();
        document.append(cstr!("id"), RawBinaryRef { subtype, bytes });
        document.append(cstr!("username"), mention.username.as_str());
        document
    };
    mentions.iter().map(mention).collect()
}

fn sender_document(sender: &Sender) -> RawDocumentBuf {
    let mut document = RawDocumentBuf::new();
    document.append(cstr!("username"), sender.username.as_str());
    document.append(cstr!("display_name"), sender.display_name.as_str());
    document
}

impl From<MentionDocument> for Mention {
    fn from(document: MentionDocument) -> Self {
        Self { id: user_id(document.id), username: document.username }
    }
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
            mentions: document.mentions.into_iter().map(Mention::from).collect(),
        })
    }
}
