//! How ids, times and states are written in columns.

#[cfg(test)]
mod tests;

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use uuid::Uuid;

use crate::{Mention, Notify, RoomId, RoomKind, RoomName, State, Timestamp, Topic, UserId};

/// A user's id is a BLOB of 16 bytes.
impl ToSql for UserId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

impl FromSql for UserId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Uuid::column_result(value).map(Self)
    }
}

/// A room's id is its text form.
impl ToSql for RoomId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.to_string().into())
    }
}

impl FromSql for RoomId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::parse(value.as_str()?).ok_or_else(|| unreadable("not the id of a room"))
    }
}

/// A time is a number of milliseconds since the epoch.
impl ToSql for Timestamp {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.as_millis().into())
    }
}

impl FromSql for Timestamp {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(Self::from_millis)
    }
}

/// A state is its name.
impl ToSql for State {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.as_str().into())
    }
}

impl FromSql for State {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::parse(value.as_str()?).ok_or_else(|| unreadable("not the state of an account"))
    }
}

/// The kind of a room is its name.
impl ToSql for RoomKind {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.as_str().into())
    }
}

impl FromSql for RoomKind {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::parse(value.as_str()?).ok_or_else(|| unreadable("not the kind of a room"))
    }
}

/// The name of a room is as typed.
impl ToSql for RoomName {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.as_str().into())
    }
}

impl FromSql for RoomName {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::parse(value.as_str()?).map_err(|_| unreadable("not the name of a room"))
    }
}

impl ToSql for Topic {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.as_str().into())
    }
}

impl FromSql for Topic {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::parse(value.as_str()?).map_err(|_| unreadable("not a topic"))
    }
}

/// A setting is its name.
impl ToSql for Notify {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.as_str().into())
    }
}

impl FromSql for Notify {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::parse(value.as_str()?).ok_or_else(|| unreadable("not a setting"))
    }
}

/// Users' ids one after the other.
pub(super) struct UserIds(pub(super) Vec<UserId>);

impl ToSql for UserIds {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.iter().flat_map(|user| user.0.into_bytes()).collect::<Vec<_>>().into())
    }
}

impl FromSql for UserIds {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let (ids, []) = value.as_blob()?.as_chunks() else { return Err(unreadable("not ids of users")) };
        Ok(Self(ids.iter().map(|id| UserId(Uuid::from_bytes(*id))).collect()))
    }
}

/// The id of an entry. Most clients make UUIDs, which need half of the place as bytes: 16 are the form with hyphens, and 17,
/// the last one 0, the form without. Both are in lower case; each other id is text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct StoredId<T>(pub(super) T);

impl ToSql for StoredId<&str> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let Ok(uuid) = Uuid::try_parse(self.0) else { return Ok(self.0.into()) };
        let mut form = Uuid::encode_buffer();
        let bytes = if uuid.hyphenated().encode_lower(&mut form) == self.0 {
            uuid.as_bytes().to_vec()
        } else if uuid.simple().encode_lower(&mut form) == self.0 {
            [uuid.as_bytes().as_slice(), &[WITHOUT_HYPHENS]].concat()
        } else {
            return Ok(self.0.into());
        };
        Ok(bytes.into())
    }
}

/// What follows the bytes of a UUID whose text form has no hyphens.
const WITHOUT_HYPHENS: u8 = 0;

impl FromSql for StoredId<String> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let ValueRef::Blob(bytes) = value else { return value.as_str().map(|text| Self(text.to_owned())) };
        let form = match bytes {
            [uuid @ .., WITHOUT_HYPHENS] if bytes.len() == 17 => {
                Uuid::from_slice(uuid).map(|uuid| uuid.simple().to_string())
            }
            uuid => Uuid::from_slice(uuid).map(|uuid| uuid.hyphenated().to_string()),
        };
        form.map(Self).map_err(|_| unreadable("not the id of an entry"))
    }
}

/// The mentions of an entry: JSON, `[[id, username], …]`. None are NULL.
pub(super) struct StoredMentions<T>(pub(super) T);

impl ToSql for StoredMentions<&[Mention]> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        if self.0.is_empty() {
            return Ok(ToSqlOutput::Borrowed(ValueRef::Null));
        }
        let mentions: Vec<_> = self.0.iter().map(|mention| (mention.id.0, &mention.username)).collect();
        let json = serde_json::to_string(&mentions);
        json.map(ToSqlOutput::from).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
    }
}

impl FromSql for StoredMentions<Vec<Mention>> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let mentions: Vec<(Uuid, String)> =
            serde_json::from_str(value.as_str()?).map_err(|_| unreadable("not a list of mentions"))?;
        let mention = |(id, username)| Mention { id: UserId(id), username };
        Ok(Self(mentions.into_iter().map(mention).collect()))
    }
}

/// The error for a value that this program never writes.
pub(super) fn unreadable(what: &str) -> FromSqlError {
    FromSqlError::Other(what.into())
}
