//! The store on MongoDB, for any number of nodes: standalone, a replica set or a sharded cluster.
//!
//! Whatever the URI says, a majority acknowledges and journals every write, and reads return only such writes. Filters
//! consist of typed values, so no operator from a client reaches the database.

mod accounts;
mod bulk;
mod client;
mod diagnosis;
mod documents;
mod entries_by_sender;
mod errors;
mod log;
pub(crate) mod moving;
mod nodes;
mod retention;
mod rooms;
mod schema;
mod tokens;

use std::sync::Arc;

use mongodb::options::ClientOptions;
use mongodb::{Client, Collection, Database};
use parking_lot::Mutex;
use tokio::sync::{Semaphore, watch};

use client::limited;
use documents::{EntryDocument, EntryKeys, MembershipDocument, RoomDocument, UserDocument};
pub use errors::OpenError;
use log::{LogEnds, NewestPages, Turns, Unsettled, Writers};
use moving::MoveDocument;
use nodes::NodeDocument;
use retention::ClaimDocument;
use schema::SchemaDocument;

use crate::shared_reads::SharedReads;
use crate::{StoreError, Stores, Timestamp, User, UserId, UserPage};

/// The name of the database if the URI names none.
const DEFAULT_DATABASE: &str = "natter";

/// The collections, over the connections of the node's own work: appends, deliveries, token statuses, reports, changes of
/// accounts. All users stand on these, so what clients ask to read has other connections ([`ClientReads`]): clients that
/// read as much as they can wait for each other, and for nobody else. It implements the trait of each aggregate in the file of the same name. Clones share everything.
#[derive(Clone)]
struct Mongo {
    database: Database,
    users: Collection<UserDocument>,
    rooms: Collection<RoomDocument>,
    memberships: Collection<MembershipDocument>,
    entries: Collection<EntryDocument>,
    nodes: Collection<NodeDocument>,
    for_clients: ClientReads,
    /// See [`tokens`].
    majority_date: Arc<Mutex<Option<Timestamp>>>,
    claims: Collection<ClaimDocument>,
    moves: Collection<MoveDocument>,
    schema: Collection<SchemaDocument>,
    log_ends: LogEnds,
    turns: Turns,
    entry_keys: EntryKeys,
    writers: Writers,
    unsettled: Unsettled,
    /// Whether another node was alive when this one last looked; true before that.
    has_other_nodes: watch::Sender<bool>,
    newest: NewestPages,
    users_by_id: SharedReads<UserId, User>,
    user_pages: SharedReads<(Option<UserId>, u32), Result<Arc<UserPage>, StoreError>>,
    /// Permits for sorting ([`entries_by_sender`]).
    sorting: Arc<Semaphore>,
}

/// The collections over the connections for what clients read.
#[derive(Clone)]
struct ClientReads {
    users: Collection<UserDocument>,
    rooms: Collection<RoomDocument>,
    memberships: Collection<MembershipDocument>,
    entries: Collection<EntryDocument>,
}

/// Connects to MongoDB, creates the indexes that are missing, and upgrades what an earlier release stored.
///
/// # Errors
/// [`OpenError`]. After [`OpenError::Away`] a retry makes sense.
pub async fn open(uri: &str) -> Result<Stores, OpenError> {
    let (store, options, name) = connect(uri).await?;
    match moving::check(&store).await {
        Ok(usable) => usable?,
        Err(error) => return Err(diagnosis::of(&error, &options, &name).await),
    }
    let store = Arc::new(store);
    Ok(Stores {
        accounts: Arc::clone(&store) as _,
        tokens: Arc::clone(&store) as _,
        rooms: Arc::clone(&store) as _,
        log: Arc::clone(&store) as _,
        entries_by_sender: Arc::clone(&store) as _,
        retention: Arc::clone(&store) as _,
        nodes: Some(store),
    })
}

/// Connects, also to a database that is half-moved, and prepares it. Returns the options and the database's name too.
async fn connect(uri: &str) -> Result<(Mongo, ClientOptions, String), OpenError> {
    let options = client::options(uri).await?;
    let name = options.default_database.clone().unwrap_or_else(|| DEFAULT_DATABASE.to_owned());
    let connect = || {
        let client = Client::with_options(options.clone());
        client.map(|client| client.database(&name)).map_err(|error| OpenError::Uri(errors::describe(&error)))
    };
    let (database, reading) = (connect()?, connect()?);
    let store = Mongo::of(database, &reading);
    match schema::prepare(&store).await {
        Ok(usable) => usable?,
        Err(error) => return Err(diagnosis::of(&error, &options, &name).await),
    }
    Ok((store, options, name))
}

impl Mongo {
    /// The collections of a database over two clients: for the node's own work, and for what clients read.
    fn of(database: Database, reading: &Database) -> Self {
        let entry_keys = EntryKeys::generate();
        Self {
            users: database.collection("users"),
            rooms: database.collection("rooms"),
            memberships: database.collection("memberships"),
            entries: database.collection("entries"),
            nodes: database.collection("nodes"),
            for_clients: ClientReads {
                users: reading.collection("users"),
                rooms: reading.collection("rooms"),
                memberships: reading.collection("memberships"),
                entries: reading.collection("entries"),
            },
            majority_date: Arc::default(),
            claims: database.collection("claims"),
            moves: database.collection("moves"),
            schema: database.collection("schema"),
            log_ends: LogEnds::default(),
            turns: Turns::new(&database),
            writers: Writers::new(&database, entry_keys.process()),
            unsettled: Unsettled::default(),
            entry_keys,
            has_other_nodes: watch::Sender::new(true),
            newest: NewestPages::default(),
            users_by_id: SharedReads::default(),
            user_pages: SharedReads::default(),
            sorting: Arc::new(Semaphore::new(entries_by_sender::MAX_CONCURRENT_SORTS)),
            database,
        }
    }
}
