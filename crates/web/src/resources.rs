//! Users and entries as clients of both services see them in JSON.
//!
//! The types borrow, so writing an entry copies none of its texts. What a store keeps has no JSON form of its own.

use std::fmt::Display;

use serde::{Serialize, Serializer};
use store::{RoomId, Timestamp, UserId};
use utoipa::ToSchema;

/// A user as everybody may see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct User<'a> {
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = Uuid)]
    id: UserId,
    username: &'a str,
    display_name: &'a str,
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime, example = "2026-03-01T09:30:00.250Z")]
    created_at: Timestamp,
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime, example = "2026-03-01T09:30:00.250Z")]
    updated_at: Timestamp,
}

/// An entry of a room's log. An erased entry has `"erased": true`, and null for `sender` and `text`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entry<'a> {
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, example = "lobby")]
    room: RoomId,
    /// 1, 2, 3 … in each room, without a gap.
    seq: u64,
    /// Clients ignore kinds that they do not know, but count their numbers.
    #[schema(example = "message")]
    kind: &'a str,
    /// Unique for its sender in the room.
    id: &'a str,
    #[schema(required = true)]
    sender: Option<Sender<'a>>,
    #[schema(required = true)]
    text: Option<&'a str>,
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime, example = "2026-03-01T09:30:00.250Z")]
    sent_at: Timestamp,
    #[serde(skip_serializing_if = "is_false")]
    erased: bool,
    /// The users whom the text mentions by `@` and the user name, if any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mentions: Vec<Mention<'a>>,
}

/// A user whom a text mentions.
#[derive(Debug, Serialize, ToSchema)]
pub struct Mention<'a> {
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = Uuid)]
    id: UserId,
    username: &'a str,
}

/// The author of an entry, with the display name at the time of sending.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sender<'a> {
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = Uuid)]
    id: UserId,
    username: &'a str,
    display_name: &'a str,
}

impl<'a> From<&'a store::User> for User<'a> {
    fn from(user: &'a store::User) -> Self {
        let &store::User { id, ref username, ref display_name, created_at, updated_at } = user;
        Self { id, username, display_name, created_at, updated_at }
    }
}

impl<'a> From<&'a store::Entry> for Entry<'a> {
    fn from(entry: &'a store::Entry) -> Self {
        Self {
            room: entry.room,
            seq: entry.seq,
            kind: entry.kind.as_str(),
            id: &entry.id,
            sender: entry.sender.as_ref().map(Sender::from),
            text: entry.text.as_deref(),
            sent_at: entry.sent_at,
            erased: entry.is_erased(),
            mentions: entry.mentions.iter().map(Mention::from).collect(),
        }
    }
}

impl<'a> From<&'a store::Sender> for Sender<'a> {
    fn from(sender: &'a store::Sender) -> Self {
        Self { id: sender.id, username: &sender.username, display_name: &sender.display_name }
    }
}

impl<'a> From<&'a store::Mention> for Mention<'a> {
    fn from(mention: &'a store::Mention) -> Self {
        Self { id: mention.id, username: &mention.username }
    }
}

/// Writes an id or a time in its text form.
///
/// # Errors
/// Those of the serializer.
pub fn as_text<S: Serializer>(value: &impl Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

fn is_false(value: &bool) -> bool {
    !value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(value: impl Serialize) -> String {
        serde_json::to_string(&value).unwrap()
    }

    #[test]
    fn a_user_has_its_five_fields_in_their_order() {
        let user = store::User {
            id: UserId::parse("01980000-0000-7000-8000-000000000001").unwrap(),
            username: "ada".into(),
            display_name: "Ada \"L.\"".into(),
            created_at: Timestamp::from_millis(0),
            updated_at: Timestamp::from_millis(1_772_357_400_250),
        };
        assert_eq!(
            json(User::from(&user)),
            r#"{"id":"01980000-0000-7000-8000-000000000001","username":"ada","display_name":"Ada \"L.\"","created_at":"1970-01-01T00:00:00.000Z","updated_at":"2026-03-01T09:30:00.250Z"}"#
        );
    }

    #[test]
    fn an_entry_has_erased_only_when_it_is() {
        let sender = store::Sender {
            id: UserId::parse("01980000-0000-7000-8000-000000000001").unwrap(),
            username: "ada".into(),
            display_name: "Ada".into(),
        };
        let mut entry = store::Entry {
            room: RoomId::LOBBY,
            seq: 7,
            kind: store::Kind::Message,
            id: "a-1".into(),
            sender: Some(sender),
            text: Some("hello".into()),
            mentions: Vec::new(),
            sent_at: Timestamp::from_millis(0),
        };
        assert_eq!(
            json(Entry::from(&entry)),
            r#"{"room":"lobby","seq":7,"kind":"message","id":"a-1","sender":{"id":"01980000-0000-7000-8000-000000000001","username":"ada","display_name":"Ada"},"text":"hello","sent_at":"1970-01-01T00:00:00.000Z"}"#
        );
        (entry.sender, entry.text) = (None, None);
        assert_eq!(
            json(Entry::from(&entry)),
            r#"{"room":"lobby","seq":7,"kind":"message","id":"a-1","sender":null,"text":null,"sent_at":"1970-01-01T00:00:00.000Z","erased":true}"#
        );
    }
}
