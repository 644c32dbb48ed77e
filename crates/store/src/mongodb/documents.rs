//! How what is stored looks in MongoDB, and the forms of ids and times.

mod entry;
mod entry_keys;
mod membership;
mod room;
mod user;

use mongodb::bson::{DateTime, Uuid};

pub(super) use entry::{EntryDocument, entry_document, stored_entry_document};
pub(super) use entry_keys::{EntryKeys, ProcessKey};
pub(super) use membership::{MembershipDocument, MembershipKey, membership_key};
pub(super) use room::{RoomDocument, folded};
pub(super) use user::UserDocument;

use crate::{StoreError, Timestamp, UserId};

/// The unique index (room, seq) of `entries`.
pub(super) const ENTRIES_BY_SEQ: &str = "entries_by_seq";
/// The unique index (room, sender, id) of `entries`. An error that names it is caused by a resend.
pub(super) const ENTRIES_BY_ID: &str = "entries_by_id";
/// The index of `entries` by the users whom they mention.
pub(super) const ENTRIES_BY_MENTION: &str = "entries_by_mention";

/// A user's id in a document.
pub(super) fn key(id: UserId) -> Uuid {
    Uuid::from_bytes(id.0.into_bytes())
}

/// The user's id that a document has.
pub(super) fn user_id(key: Uuid) -> UserId {
    UserId(uuid::Uuid::from_bytes(key.bytes()))
}

/// A time in a document.
pub(super) fn date(time: Timestamp) -> DateTime {
    DateTime::from_millis(time.as_millis())
}

/// The time that a document has.
pub(super) fn timestamp(date: DateTime) -> Timestamp {
    Timestamp::from_millis(date.timestamp_millis())
}

/// The error for a value that this program never writes.
pub(super) fn corrupt(what: &str) -> StoreError {
    StoreError::Corrupt(what.to_owned())
}
