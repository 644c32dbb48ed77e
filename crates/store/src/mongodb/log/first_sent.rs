//! Looking up what the logs already have of a batch, to recognize resends and to settle lost answers.

use std::collections::HashMap;

use futures_util::TryStreamExt;
use mongodb::bson::{Document, doc};

use super::super::Mongo;
use super::super::client::limited;
use super::super::documents::{EntryDocument, key};
use crate::{AppendOutcome, Entry, NewEntry, RoomId, StoreError, UserId};

/// Entries that the logs have, by (room, sender, id).
#[derive(Default)]
pub(super) struct FirstSent(HashMap<(RoomId, UserId, String), Entry>);

impl FirstSent {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The outcome of a message whose key is among the entries.
    pub(super) fn outcome_of(&self, new: &NewEntry) -> Option<AppendOutcome> {
        let first = self.0.get(&(new.room, new.sender.id, new.id.as_str().to_owned()))?;
        Some(new.sent_before(first.clone()))
    }
}

impl Mongo {
    /// The entries that a majority has for the keys of some messages. It is one query for any number of messages and rooms.
    pub(super) async fn sent_before<'a>(
        &self,
        wanted: impl Iterator<Item = &'a NewEntry>,
    ) -> Result<FirstSent, StoreError> {
        let mut ids: HashMap<(RoomId, UserId), Vec<&str>> = HashMap::new();
        for new in wanted {
            ids.entry((new.room, new.sender.id)).or_default().push(new.id.as_str());
        }
        let of_each: Vec<Document> = ids
            .into_iter()
            .map(|((room, sender), ids)| {
                doc! {"room": room.to_string(), "sender_id": key(sender), "id": {"$in": ids}}
            })
            .collect();
        let reading = async {
            self.entries.find(doc! {"$or": of_each}).await?.try_collect::<Vec<EntryDocument>>().await
        };
        let found = limited(Box::pin(reading)).await?.into_iter().map(|document| {
            // An erased entry has a sender only in its document.
            let (sender, entry) = (document.sender(), Entry::try_from(document)?);
            Ok(((entry.room, sender, entry.id.clone()), entry))
        });
        found.collect::<Result<_, StoreError>>().map(FirstSent)
    }
}
