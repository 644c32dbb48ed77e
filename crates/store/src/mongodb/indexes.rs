//! The indexes on which the promises stand. Both unique ones of the log begin with the room, so that a cluster
//! sharded by `{room: 1}` can enforce them.

use std::time::Duration;

use mongodb::IndexModel;
use mongodb::bson::{Document, doc};
use mongodb::error::Result;
use mongodb::options::IndexOptions;

use super::Mongo;

/// Unique (room, sender, id); its name tells a resend from a race.
pub(super) const BY_ID: &str = "entries_by_id";
/// What a node reported is swept so long after it died.
const SWEPT_AFTER: Duration = Duration::from_secs(60);

/// Makes what is missing; what is there is left as it is.
pub(super) async fn make(store: &Mongo) -> Result<()> {
    let entries = [
        unique("entries_by_seq", doc! {"room": 1, "seq": 1}),
        unique(BY_ID, doc! {"room": 1, "sender_id": 1, "id": 1}),
    ];
    let named = doc! {"folded": {"$exists": true}};
    let users = [
        partial(unique("users_by_name", doc! {"folded": 1}), named),
        plain("users_by_change", doc! {"changed_at": 1}),
        partial(plain("users_being_deleted", doc! {"state": 1}), doc! {"state": "deleting"}),
    ];
    store.entries.create_indexes(entries).await?;
    store.users.create_indexes(users).await?;
    let swept = expiring("nodes_by_report", doc! {"at": 1}, SWEPT_AFTER);
    store.nodes.create_index(swept).await?;
    Ok(())
}

fn plain(name: &str, keys: Document) -> IndexModel {
    IndexModel::builder().keys(keys).options(IndexOptions::builder().name(name.to_owned()).build()).build()
}

fn unique(name: &str, keys: Document) -> IndexModel {
    let options = IndexOptions::builder().name(name.to_owned()).unique(true).build();
    IndexModel::builder().keys(keys).options(options).build()
}

fn expiring(name: &str, keys: Document, after: Duration) -> IndexModel {
    let options = IndexOptions::builder().name(name.to_owned()).expire_after(after).build();
    IndexModel::builder().keys(keys).options(options).build()
}

fn partial(mut index: IndexModel, filter: Document) -> IndexModel {
    index.options.get_or_insert_default().partial_filter_expression = Some(filter);
    index
}
