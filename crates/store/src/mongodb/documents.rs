//! How users and entries lie in MongoDB.

use mongodb::bson::{DateTime, Uuid};
use serde::{Deserialize, Serialize};

use crate::{
    Account, Entry, Kind, NewEntry, NewUser, RoomId, Sender, SessionEnd, State, StoreError, Timestamp,
    TokenStatus, User, UserId,
};

/// A document of `users`. `folded` is absent once the user is deleted, which frees the name.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct UserDocument {
    #[serde(rename = "_id")]
    pub(super) id: Uuid,
    username: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    folded: Option<String>,
    display_name: String,
    password_hash: String,
    created_at: DateTime,
    updated_at: DateTime,
    state: String,
    ver: i64,
    signed_out: Vec<SessionEndDocument>,
    changed_at: DateTime,
}

#[derive(Debug, Serialize, Deserialize)]
struct SessionEndDocument {
    sid: Uuid,
    until: DateTime,
}

/// A document of `entries`. Erasing makes `sender` and `text` null and keeps `sender_id`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct EntryDocument {
    pub(super) room: String,
    pub(super) seq: i64,
    kind: String,
    pub(super) id: String,
    pub(super) sender_id: Uuid,
    sender: Option<SenderDocument>,
    text: Option<String>,
    sent_at: DateTime,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct SenderDocument {
    username: String,
    display_name: String,
}

/// A user's id as MongoDB keeps it.
pub(super) fn key(id: UserId) -> Uuid {
    Uuid::from_bytes(id.0.into_bytes())
}

/// A moment as MongoDB keeps it.
pub(super) fn date(moment: Timestamp) -> DateTime {
    DateTime::from_millis(moment.as_millis())
}

/// A moment as the traits tell it.
pub(super) fn moment(date: DateTime) -> Timestamp {
    Timestamp::from_millis(date.timestamp_millis())
}

/// A user's id as the traits tell it.
pub(super) fn user_id(key: Uuid) -> UserId {
    UserId(uuid::Uuid::from_bytes(key.bytes()))
}

pub(super) fn corrupt(what: &str) -> StoreError {
    StoreError::Corrupt(what.to_owned())
}

impl EntryDocument {
    /// A new message under its number.
    pub(super) fn new(seq: u64, new: &NewEntry) -> Self {
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
}

impl EntryDocument {
    /// Whose it is, also when erased.
    pub(super) fn sender(&self) -> UserId {
        user_id(self.sender_id)
    }
}

impl TryFrom<EntryDocument> for Entry {
    type Error = StoreError;

    fn try_from(document: EntryDocument) -> Result<Self, StoreError> {
        let id = user_id(document.sender_id);
        let named = |SenderDocument { username, display_name }| Sender { id, username, display_name };
        Ok(Self {
            room: RoomId::parse(&document.room).ok_or_else(|| corrupt("a room of no known name"))?,
            seq: document.seq.cast_unsigned(),
            kind: Kind::parse(&document.kind),
            id: document.id,
            sender: document.sender.map(named),
            text: document.text,
            sent_at: moment(document.sent_at),
        })
    }
}

impl UserDocument {
    /// Somebody who just signed up.
    pub(super) fn new(new: &NewUser, now: Timestamp) -> Self {
        Self {
            id: key(UserId::new()),
            username: new.username.as_str().to_owned(),
            folded: Some(new.username.folded().to_owned()),
            display_name: new.display_name.as_str().to_owned(),
            password_hash: new.password_hash.clone(),
            created_at: date(now),
            updated_at: date(now),
            state: State::Active.as_str().to_owned(),
            ver: 1,
            signed_out: Vec::new(),
            changed_at: date(now),
        }
    }

    pub(super) fn user_id(&self) -> UserId {
        user_id(self.id)
    }

    /// The token status that lies in it.
    pub(super) fn token_status(&self) -> Result<TokenStatus, StoreError> {
        let end = |end: &SessionEndDocument| SessionEnd {
            sid: uuid::Uuid::from_bytes(end.sid.bytes()),
            until: moment(end.until),
        };
        Ok(TokenStatus {
            ver: u32::try_from(self.ver).map_err(|_| corrupt("a version beyond its bounds"))?,
            signed_out: self.signed_out.iter().map(end).collect(),
            state: State::parse(&self.state).ok_or_else(|| corrupt("a user in no known state"))?,
            changed_at: moment(self.changed_at),
        })
    }
}

impl From<UserDocument> for User {
    fn from(document: UserDocument) -> Self {
        Self {
            id: document.user_id(),
            username: document.username,
            display_name: document.display_name,
            created_at: moment(document.created_at),
            updated_at: moment(document.updated_at),
        }
    }
}

impl TryFrom<UserDocument> for Account {
    type Error = StoreError;

    fn try_from(document: UserDocument) -> Result<Self, StoreError> {
        let (token_status, password_hash) = (document.token_status()?, document.password_hash.clone());
        Ok(Self { user: document.into(), password_hash, token_status })
    }
}
