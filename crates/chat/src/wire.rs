//! What clients see of the log, of rooms and of people in JSON, besides entries ([`web::resources`]).
//!
//! The types borrow what they show.

pub(crate) mod rooms;

use serde::{Serialize, Serializer};
use store::{LogPage, RoomId, UserId};
use utoipa::ToSchema;
pub(crate) use web::resources::{Entry, User, as_text};

/// A part of a log, newest entry last.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryPage<'a> {
    messages: Vec<Entry<'a>>,
    /// The entries from `after` to here, or from here to `before`, are complete.
    covered_to: u64,
    /// The number of the newest entry; 0 for an empty log.
    last_seq: u64,
}

/// A user who is in a room.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Person<'a> {
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = Uuid)]
    id: UserId,
    username: &'a str,
    display_name: &'a str,
    /// Whether none of the user's windows has attention.
    away: bool,
}

/// `tip`: where a log ends.
#[derive(Debug, Serialize)]
pub(crate) struct Tip {
    #[serde(serialize_with = "as_text")]
    pub(crate) room: RoomId,
    pub(crate) last_seq: u64,
}

impl<'a> From<&'a LogPage> for HistoryPage<'a> {
    fn from(page: &'a LogPage) -> Self {
        Self {
            messages: page.messages.iter().map(Entry::from).collect(),
            covered_to: page.covered_to,
            last_seq: page.last_seq,
        }
    }
}

impl<'a> From<&'a store::Person> for Person<'a> {
    fn from(person: &'a store::Person) -> Self {
        let &store::Person { id, ref username, ref display_name, away } = person;
        Self { id, username, display_name, away }
    }
}

/// Writes a list of people.
pub(crate) fn people<S: Serializer>(
    people: &impl AsRef<[store::Person]>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(people.as_ref().iter().map(Person::from))
}
