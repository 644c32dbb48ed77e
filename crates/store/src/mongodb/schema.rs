//! The indexes, and the version of everything that is stored. Both unique ones of `entries` begin with the room, so that a cluster sharded by `{room: 1}` can enforce
//! them.

mod version;

use std::time::Duration;

use mongodb::IndexModel;
use mongodb::bson::{Document, doc};
use mongodb::error::Result;
use mongodb::options::IndexOptions;

use super::documents::{ENTRIES_BY_ID, ENTRIES_BY_MENTION, ENTRIES_BY_SEQ};
use super::log::WRITER_TIMEOUT;
use super::{Mongo, OpenError};

/// The server removes a node's report this long after the last update, and a request for a turn this long after its end.
const REPORT_TIMEOUT: Duration = Duration::from_secs(60);

pub(super) use version::SchemaDocument;

/// Creates the indexes that are missing, and upgrades what an earlier release stored.
///
/// # Errors
/// Inside an [`OpenError`], when the database is one of a later release.
pub(super) async fn prepare(store: &Mongo) -> Result<std::result::Result<(), OpenError>> {
    let is_earlier = match version::is_earlier(store).await? {
        Ok(is_earlier) => is_earlier,
        Err(later) => return Ok(Err(later)),
    };
    if is_earlier {
        version::drop_earlier_index(store).await?;
    }
    create_indexes(store).await?;
    if is_earlier {
        version::upgrade(store).await.map(|upgraded| upgraded.map_err(OpenError::from))
    } else {
        Ok(Ok(()))
    }
}

/// Creates the indexes that are missing.
async fn create_indexes(store: &Mongo) -> Result<()> {
    let mentions = doc! {"mentions.id": 1, "room": 1, "seq": 1};
    let entries = [
        unique(ENTRIES_BY_SEQ, doc! {"room": 1, "seq": 1}),
        unique(ENTRIES_BY_ID, doc! {"room": 1, "sender_id": 1, "id": 1}),
        partial(plain(ENTRIES_BY_MENTION, mentions), doc! {"mentions.id": {"$exists": true}}),
    ];
    let named = doc! {"folded": {"$exists": true}};
    let users = [
        partial(unique("users_by_name", doc! {"folded": 1}), named),
        plain("users_by_change", doc! {"changed_at": 1}),
        partial(plain("users_being_deleted", doc! {"state": 1}), doc! {"state": "deleting"}),
        sparse(plain("users_to_erase", doc! {"erase_after": 1})),
        sparse(plain("users_by_display_name", doc! {"folded_display": 1})),
    ];
    store.entries.create_indexes(entries).await?;
    store.users.create_indexes(users).await?;
    create_room_indexes(store).await?;
    let reports = [
        expiring("nodes_by_time", doc! {"at": 1}, REPORT_TIMEOUT),
        sparse(plain(version::EARLIER_INDEX, doc! {version::REASON: 1})),
    ];
    store.nodes.create_indexes(reports).await?;
    let requests = expiring("turns_by_end", doc! {"until": 1}, REPORT_TIMEOUT);
    store.turns.collection().create_index(requests).await?;
    let registered = expiring("writers_by_time", doc! {"at": 1}, WRITER_TIMEOUT);
    store.writers.collection().create_index(registered).await?;
    Ok(())
}

async fn create_room_indexes(store: &Mongo) -> Result<()> {
    let public = doc! {"folded": {"$exists": true}};
    let rooms = [
        partial(unique("rooms_by_name", doc! {"folded": 1}), public),
        plain("rooms_by_change", doc! {"changed_at": 1}),
        plain("rooms_by_maker", doc! {"created_by": 1, "archived": 1}),
    ];
    let memberships = [
        plain("memberships_by_user", doc! {"_id.user": 1, "is_in": 1, "_id.room": 1}),
        plain("memberships_by_room", doc! {"_id.room": 1, "is_in": 1, "_id.user": 1}),
        plain("memberships_by_change", doc! {"changed_at": 1}),
        sparse(plain("memberships_by_read", doc! {"read_at": 1})),
    ];
    store.rooms.create_indexes(rooms).await?;
    store.memberships.create_indexes(memberships).await?;
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

fn sparse(mut index: IndexModel) -> IndexModel {
    index.options.get_or_insert_default().sparse = Some(true);
    index
}

fn partial(mut index: IndexModel, filter: Document) -> IndexModel {
    index.options.get_or_insert_default().partial_filter_expression = Some(filter);
    index
}
