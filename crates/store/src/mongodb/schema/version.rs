//! The version of the database's layout: a document that each start reads, and changes when it has upgraded the rest.
//!
//! Releases before this document do not look for it. They create an index at every start, so another index of that name
//! stops them. Their nodes that already run are not stopped.

use futures_util::{StreamExt, TryStreamExt};
use mongodb::bson::{Document, doc};
use mongodb::error::{ErrorKind, Result};
use serde::Deserialize;

use super::super::{Mongo, OpenError, errors};
use crate::StoreError;
use crate::name::fold;

/// The version that this program makes. Version 1 had no document.
const VERSION: i64 = 2;
/// The key of the document in the collection `schema`.
const DOCUMENT: &str = "layout";
/// The index that releases before version 2 create. In a database of a later one it has other keys.
pub(super) const EARLIER_INDEX: &str = "nodes_by_report";
/// The only key of that index. No document has such a field. An operator finds it where the start of an earlier release
/// fails.
pub(super) const REASON: &str =
    "this database was upgraded by a later release of Natter, which earlier ones cannot use";
/// Maximum number of users that one command changes.
const MAX_CHANGED: usize = 1_000;
/// The server's codes for an index or a collection that is not there.
const NOT_FOUND: [i32; 2] = [26, 27];

/// The document.
#[derive(Deserialize)]
pub(in crate::mongodb) struct SchemaDocument {
    version: i64,
}

/// The names of a user that are to be folded.
#[derive(Deserialize)]
struct Named {
    #[serde(rename = "_id")]
    id: mongodb::bson::Uuid,
    display_name: String,
}

/// Whether the database has still to be upgraded.
///
/// # Errors
/// [`OpenError::TooNew`] inside when a later release has upgraded it.
pub(super) async fn is_earlier(store: &Mongo) -> Result<std::result::Result<bool, OpenError>> {
    let found = store.schema.find_one(doc! {"_id": DOCUMENT}).await?.map_or(0, |found| found.version);
    let database = || store.database.name().to_owned();
    Ok(match found > VERSION {
        true => Err(OpenError::TooNew { database: database(), found, known: VERSION }),
        false => Ok(found < VERSION),
    })
}

/// Makes place for the index that stops earlier releases.
pub(super) async fn drop_earlier_index(store: &Mongo) -> Result<()> {
    match store.nodes.drop_index(EARLIER_INDEX).await {
        Err(error) if is_not_found(error.kind.as_ref()) => Ok(()),
        dropped => dropped,
    }
}

fn is_not_found(kind: &ErrorKind) -> bool {
    matches!(kind, ErrorKind::Command(command) if NOT_FOUND.contains(&command.code))
}

/// Upgrades what the documents hold. An upgrade that was interrupted is repeated by the next start.
pub(super) async fn upgrade(store: &Mongo) -> Result<std::result::Result<(), StoreError>> {
    let users = store.users.clone_with_type::<Named>();
    let unfolded = users.find(doc! {"folded_display": {"$exists": false}}).sort(doc! {"_id": 1});
    let mut parts =
        unfolded.projection(doc! {"display_name": 1}).await?.try_ready_chunks(MAX_CHANGED).boxed();
    let mut is_reported = false;
    while let Some(part) = parts.next().await {
        if !is_reported {
            tracing::info!("the database is changed for this release, which earlier ones cannot use");
            is_reported = true;
        }
        let updates = part.map_err(|error| error.1)?.iter().map(folded).collect();
        if let Err(error) = store.update_all(store.users.name(), updates).await {
            return Ok(Err(error));
        }
    }
    set_version(store).await.map(Ok)
}

/// A name that was changed in the meantime was folded by that change.
fn folded(named: &Named) -> Document {
    let Named { id, display_name } = named;
    doc! {
        "q": {"_id": id, "display_name": display_name, "folded_display": {"$exists": false}},
        "u": {"$set": {"folded_display": fold(display_name)}},
    }
}

async fn set_version(store: &Mongo) -> Result<()> {
    let earlier = doc! {"_id": DOCUMENT, "version": {"$lt": VERSION}};
    match store.schema.update_one(earlier, doc! {"$set": {"version": VERSION}}).upsert(true).await {
        // Another node was faster.
        Err(error) if errors::is_duplicate(&error) => Ok(()),
        set => set.map(drop),
    }
}
