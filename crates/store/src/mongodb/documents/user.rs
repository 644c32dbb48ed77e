//! The documents of `users`: an account with its token status.

use mongodb::bson::{DateTime, Document, Uuid, serialize_to_document};
use serde::{Deserialize, Serialize};

use super::{corrupt, date, key, timestamp, user_id};
use crate::contents::StoredUser;
use crate::name::fold;
use crate::{Account, NewUser, SessionEnd, State, StoreError, TokenStatus, User, UserId};

/// A document of `users`. `folded` is absent once the user is deleted, so that the name is free.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::mongodb) struct UserDocument {
    #[serde(rename = "_id")]
    pub(in crate::mongodb) id: Uuid,
    username: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    folded: Option<String>,
    display_name: String,
    /// Finds members by the name that others see. Absent in what an earlier release stores while it still runs beside this one.
    #[serde(default)]
    folded_display: String,
    password_hash: String,
    created_at: DateTime,
    updated_at: DateTime,
    state: String,
    ver: i64,
    signed_out: Vec<SessionEndDocument>,
    /// Absent until the first change, and in what an earlier release stored.
    #[serde(default)]
    changes: i64,
    changed_at: DateTime,
}

#[derive(Debug, Serialize, Deserialize)]
struct SessionEndDocument {
    sid: Uuid,
    until: DateTime,
}

impl UserDocument {
    /// A new account, without its times: the server's clock stamps it.
    pub(in crate::mongodb) fn new(new: &NewUser) -> Self {
        let now = DateTime::from_millis(0);
        Self {
            id: key(UserId::new()),
            username: new.username.as_str().to_owned(),
            folded: Some(new.username.folded().to_owned()),
            display_name: new.display_name.as_str().to_owned(),
            folded_display: new.display_name.folded(),
            password_hash: new.password_hash.clone(),
            created_at: now,
            updated_at: now,
            state: State::Active.as_str().to_owned(),
            ver: 1,
            signed_out: Vec::new(),
            changes: 0,
            changed_at: now,
        }
    }

    /// An account that another store has.
    pub(in crate::mongodb) fn of_stored(stored: &StoredUser) -> Self {
        let StoredUser { account: Account { user, password_hash, token_status }, folded } = stored;
        let end = |end: &SessionEnd| SessionEndDocument {
            sid: Uuid::from_bytes(end.sid.into_bytes()),
            until: date(end.until),
        };
        Self {
            id: key(user.id),
            username: user.username.clone(),
            folded: folded.clone(),
            display_name: user.display_name.clone(),
            folded_display: fold(&user.display_name),
            password_hash: password_hash.clone(),
            created_at: date(user.created_at),
            updated_at: date(user.updated_at),
            state: token_status.state.as_str().to_owned(),
            ver: token_status.version.into(),
            signed_out: token_status.signed_out.iter().map(end).collect(),
            changes: token_status.changes.cast_signed(),
            changed_at: date(token_status.changed_at),
        }
    }

    /// The account as another store takes it.
    pub(in crate::mongodb) fn into_stored(self) -> Result<StoredUser, StoreError> {
        let folded = self.folded.clone();
        Ok(StoredUser { account: self.try_into()?, folded })
    }

    /// Its form in the collection.
    pub(in crate::mongodb) fn to_document(&self) -> Result<Document, StoreError> {
        serialize_to_document(self).map_err(|_| corrupt("not a document"))
    }

    pub(in crate::mongodb) fn user_id(&self) -> UserId {
        user_id(self.id)
    }

    /// The token status.
    pub(in crate::mongodb) fn token_status(&self) -> Result<TokenStatus, StoreError> {
        let end = |end: &SessionEndDocument| SessionEnd {
            sid: uuid::Uuid::from_bytes(end.sid.bytes()),
            until: timestamp(end.until),
        };
        Ok(TokenStatus {
            version: u32::try_from(self.ver).map_err(|_| corrupt("a version out of range"))?,
            signed_out: self.signed_out.iter().map(end).collect(),
            state: State::parse(&self.state).ok_or_else(|| corrupt("not the state of an account"))?,
            changes: self.changes.cast_unsigned(),
            changed_at: timestamp(self.changed_at),
        })
    }
}

impl From<UserDocument> for User {
    fn from(document: UserDocument) -> Self {
        Self {
            id: document.user_id(),
            username: document.username,
            display_name: document.display_name,
            created_at: timestamp(document.created_at),
            updated_at: timestamp(document.updated_at),
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
