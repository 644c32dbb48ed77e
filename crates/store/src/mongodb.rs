//! The store on MongoDB, for as many nodes as needed: standalone, a replica set or a sharded cluster.
//!
//! Every write is acknowledged by a majority and journalled, whatever the URI says, and every read of a log sees only
//! such writes. Filters are made of typed values alone, so no operator of a client's can reach the database.

mod diagnosis;
mod documents;
mod failure;
mod follow;
mod indexes;
mod log;
mod nodes;
mod sent;
mod users;

use std::sync::Arc;
use std::time::Duration;

use mongodb::error::ErrorKind;
use mongodb::options::{
    Acknowledgment, ClientOptions, ReadConcern, ReadPreference, SelectionCriteria, WriteConcern,
};
use mongodb::{Client, Collection, Database};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::{StoreError, Stores};
use documents::{EntryDocument, UserDocument};
use log::LogEnds;
use nodes::NodeDocument;

/// The database when the URI names none.
const DATABASE: &str = "natter";
/// Timeout for finding a server.
const SERVER_SELECTION_TIMEOUT: Duration = Duration::from_secs(2);
/// Timeout for one operation.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(5);

/// Why the store on MongoDB cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URI is not one of MongoDB's, or does not suit the server that it names. Its text, which may hold a password, is
    /// not told.
    #[error("MONGODB_URI cannot be used: {0}")]
    Uri(String),
    /// The database answers, but does not let the indexes be made on which the promises stand.
    #[error("the indexes cannot be made in MongoDB: {0}")]
    Indexes(String),
    /// Nobody answers yet.
    #[error("MongoDB is away: {0}")]
    Away(String),
}

/// All traits' implementation; its parts are in `users.rs`, `log.rs` and `nodes.rs`.
struct Mongo {
    database: Database,
    users: Collection<UserDocument>,
    entries: Collection<EntryDocument>,
    nodes: Collection<NodeDocument>,
    log_ends: LogEnds,
    /// The turns of [`sent`]'s sorting.
    sorting: Semaphore,
}

/// Connects to MongoDB and makes the indexes that are missing.
///
/// # Errors
/// [`OpenError`]; after [`OpenError::Away`] it may be tried again.
pub async fn open(uri: &str) -> Result<Stores, OpenError> {
    let options = options(uri).await?;
    let name = options.default_database.clone().unwrap_or_else(|| DATABASE.to_owned());
    let client =
        Client::with_options(options.clone()).map_err(|error| OpenError::Uri(failure::describe(&error)))?;
    let database = client.database(&name);
    let store = Mongo {
        users: database.collection("users"),
        entries: database.collection("entries"),
        nodes: database.collection("nodes"),
        log_ends: LogEnds::default(),
        sorting: Semaphore::new(sent::MAX_CONCURRENT_SORTS),
        database,
    };
    if let Err(error) = indexes::make(&store).await {
        return Err(diagnosis::of(&error, &options, &name).await);
    }
    let store = Arc::new(store);
    Ok(Stores { users: Arc::clone(&store) as _, log: Arc::clone(&store) as _, nodes: Some(store) })
}

async fn options(uri: &str) -> Result<ClientOptions, OpenError> {
    let mut options = ClientOptions::parse(uri).await.map_err(|error| match error.kind.as_ref() {
        ErrorKind::DnsResolve { .. } => OpenError::Away(failure::describe(&error)),
        _ => OpenError::Uri(failure::describe(&error)),
    })?;
    options.app_name.get_or_insert_with(|| "natter".to_owned());
    options.server_selection_timeout = Some(SERVER_SELECTION_TIMEOUT);
    options.connect_timeout = Some(SERVER_SELECTION_TIMEOUT);
    options.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
    options.read_concern = Some(ReadConcern::majority());
    let durable = WriteConcern::builder()
        .w(Acknowledgment::Majority)
        .journal(true)
        .w_timeout(OPERATION_TIMEOUT)
        .build();
    options.write_concern = Some(durable);
    Ok(options)
}

/// One operation within its limit, in the words of the traits.
async fn limited<T>(operation: impl IntoFuture<Output = mongodb::error::Result<T>>) -> Result<T, StoreError> {
    match timeout(OPERATION_TIMEOUT, operation.into_future()).await {
        Ok(done) => done.map_err(|error| failure::store_error(&error)),
        Err(_) => {
            Err(StoreError::Unavailable(format!("MongoDB did not answer within {OPERATION_TIMEOUT:?}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn writes_are_durable_and_reads_of_a_majority_whatever_the_uri_says() {
        let uri = "mongodb://localhost/?w=1&journal=false&readConcernLevel=local&readPreference=nearest";
        let options = options(uri).await.unwrap();
        let writes = options.write_concern.unwrap();
        assert_eq!((writes.w, writes.journal), (Some(Acknowledgment::Majority), Some(true)));
        assert_eq!(options.read_concern, Some(ReadConcern::majority()));
        let primary = SelectionCriteria::ReadPreference(ReadPreference::Primary);
        assert_eq!(options.selection_criteria, Some(primary));
    }
}
