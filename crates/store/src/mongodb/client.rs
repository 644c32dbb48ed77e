//! The driver's options, whatever the URI says, and the time limit of an operation.

use std::time::Duration;

use mongodb::error::ErrorKind;
use mongodb::options::{
    Acknowledgment, ClientOptions, ReadConcern, ReadPreference, SelectionCriteria, WriteConcern,
};
use tokio::time::{Instant, timeout, timeout_at};

use super::errors::{self, OpenError};
use crate::StoreError;

/// Timeout for finding a server and for connecting to it.
const SERVER_SELECTION_TIMEOUT: Duration = Duration::from_secs(2);
/// Connections to each server, for the node's own work and as many for what clients read, unless the URI names another
/// number. The driver's own maximum of 10 is less than what a batch for many rooms and the change stream take together, and
/// the poll of token statuses must not wait.
const MAX_POOL_SIZE: u32 = 32;
/// Timeout for one operation.
pub(super) const OPERATION_TIMEOUT: Duration = Duration::from_secs(5);

/// The options for a URI: durable writes, and reads from the primary of what a majority has.
pub(super) async fn options(uri: &str) -> Result<ClientOptions, OpenError> {
    let mut options = ClientOptions::parse(uri).await.map_err(|error| match error.kind.as_ref() {
        ErrorKind::DnsResolve { .. } => OpenError::Away(errors::describe(&error)),
        _ => OpenError::Uri(errors::describe(&error)),
    })?;
    options.app_name.get_or_insert_with(|| "natter".to_owned());
    options.max_pool_size.get_or_insert(MAX_POOL_SIZE);
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

/// Runs one operation within its time limit.
pub(super) async fn limited<T>(
    operation: impl IntoFuture<Output = mongodb::error::Result<T>>,
) -> Result<T, StoreError> {
    match timeout(OPERATION_TIMEOUT, operation.into_future()).await {
        Ok(done) => done.map_err(|error| errors::store_error(&error)),
        Err(_) => {
            Err(StoreError::Unavailable(format!("MongoDB did not answer within {OPERATION_TIMEOUT:?}")))
        }
    }
}

/// Runs what must not begin after a deadline and not go on after it. `None` if it did not end before.
pub(super) async fn before<T>(deadline: Instant, work: impl Future<Output = T>) -> Option<T> {
    // A timeout polls once even after the deadline, which would begin an insert and drop it.
    if Instant::now() >= deadline {
        return None;
    }
    timeout_at(deadline, work).await.ok()
}

/// As [`limited`], for the write of one document. `None` when its key is a duplicate.
///
/// # Errors
/// Those of [`limited`].
pub(super) async fn unless_duplicate<T>(
    write: impl IntoFuture<Output = mongodb::error::Result<T>>,
) -> Result<Option<T>, StoreError> {
    let written = async {
        match write.await {
            Err(error) if errors::is_duplicate(&error) => Ok(None),
            written => written.map(Some),
        }
    };
    limited(Box::pin(written)).await
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
