//! Many updates of a collection by one command. MongoDB's drivers have a call for that only from MongoDB 8 on.

use mongodb::bson::{Document, doc};

use super::client::OPERATION_TIMEOUT;
use super::{Mongo, limited};
use crate::StoreError;

impl Mongo {
    /// Runs updates (`{q: filter, u: change}`) in any order, as durable as every write. After an error any number of them is
    /// done.
    pub(super) async fn update_all(
        &self,
        collection: &str,
        updates: Vec<Document>,
    ) -> Result<(), StoreError> {
        let limit = OPERATION_TIMEOUT.as_millis() as i64;
        let command = doc! {
            "update": collection,
            "updates": updates,
            "ordered": false,
            "writeConcern": {"w": "majority", "j": true, "wtimeout": limit},
            "maxTimeMS": limit,
        };
        let answer = limited(self.database.run_command(command)).await?;
        match ["writeErrors", "writeConcernError"].into_iter().find(|error| answer.contains_key(error)) {
            Some(error) => Err(StoreError::Unavailable(format!("not all updates were done: {error}"))),
            None => Ok(()),
        }
    }
}
